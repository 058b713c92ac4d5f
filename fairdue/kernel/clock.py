"""The only source of the present moment; called by web, api, jobs and cli, never below them."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

HOUSE_ZONE = ZoneInfo("Asia/Shanghai")
"""The zone in which business dates are counted."""

OFFSET_VARIABLE = "FAIRDUE_CLOCK_OFFSET_SECONDS"
"""Shifts the clock of a demonstration so that its book stays on its own dates."""


def now() -> datetime:
    """Return the present moment in UTC, shifted by the demonstration offset if one is set."""
    return datetime.now(UTC) + timedelta(seconds=float(os.environ.get(OFFSET_VARIABLE, "0") or 0))


def business_date(moment: datetime) -> date:
    """Return the business date of a moment: its day in the house zone."""
    return moment.astimezone(HOUSE_ZONE).date()
