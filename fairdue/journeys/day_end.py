"""Close the day: the report of one creditor."""

from __future__ import annotations

from datetime import date

from fairdue.contexts.book import facade as book
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.contracts import DayEnd
from fairdue.kernel.actor import Actor


def day_end(*, creditor_code: str, business_date: date, actor: Actor) -> DayEnd:
    """Return the day-end report of a creditor (see payments.facade.day_end).

    :raises CreditorUnknown: if there is no such creditor
    """
    creditor = book.creditor_by_code(creditor_code)
    return payments.day_end(creditor_id=creditor.creditor_id, business_date=business_date, actor=actor)
