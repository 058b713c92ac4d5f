"""The day-end report."""

from __future__ import annotations

from datetime import date

from fairdue.contexts.payments.contracts import DayEnd
from fairdue.kernel.actor import Actor


def day_end(*, creditor_id: int, business_date: date, actor: Actor) -> DayEnd:
    """Return what came in, where it went and what waits at the end of a day, held against the ledger."""
    raise NotImplementedError
