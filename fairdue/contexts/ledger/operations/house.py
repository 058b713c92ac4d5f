"""Book money that reached the creditor before anybody knows whose debt it pays."""

from __future__ import annotations

from datetime import date, datetime

from fairdue.kernel.money import Money


def book_incoming(
    *, incoming_payment_id: int, creditor_id: int, amount: Money, effective_date: date, now: datetime
) -> None:
    """This function will book money that arrived: cash against suspense, once per incoming payment."""
    raise NotImplementedError


def return_incoming(
    *, incoming_payment_id: int, creditor_id: int, amount: Money, effective_date: date, now: datetime
) -> None:
    """This function will book money that was sent back to its payer: suspense against cash."""
    raise NotImplementedError
