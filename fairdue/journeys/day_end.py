"""Close the day: the report of one creditor."""

from __future__ import annotations

from datetime import date

from fairdue.contexts.payments.contracts import DayEnd
from fairdue.kernel.actor import Actor


def day_end(*, creditor_code: str, business_date: date, actor: Actor) -> DayEnd:
    """Return the day-end report of a creditor."""
    raise NotImplementedError
