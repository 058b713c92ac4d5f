"""The demonstration's loans: some persons of the demo book borrow under products that are kept here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from fairdue.contexts.book import facade as book
from fairdue.contexts.ledger import facade as ledger
from fairdue.journeys.open_loan import open_loan
from fairdue.kernel.actor import Actor
from fairdue.kernel.day_counts import add_months
from fairdue.kernel.money import Money

LOANS = 40
MONTHS_AGO = 7
"""Loans were lent so many months before the demo date, one day of the month after the other."""
PRODUCTS: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("cn-loan-equal-instalment", 1_200_000, {"rate": "0.108", "instalments": 12}),
    ("cn-loan-equal-principal", 3_000_000, {"rate": "0.03", "instalments": 24}),
    ("cn-loan-interest-only", 5_000_000, {"rate": "0.072", "instalments": 12}),
    ("cn-loan-flat", 600_000, {"rate": "0.072", "instalments": 12}),
    ("cn-purchase-down-payment", 800_000, {"rate": "0.06", "instalments": 6, "down_payment_minor": 200_000}),
)
LATENESS = (0, 0, 12, 40, 75, 100, 0, 25)
"""For how many days a borrower has not paid what fell due; 0 pays everything in time."""
LATE_NEWS = timedelta(days=20)


@dataclass(frozen=True, slots=True)
class _Loan:
    account_id: int
    person_id: int
    ref: str
    late_days: int


def lend_in_demo(
    *, references: Sequence[str], creditor_code: str, demo_date: date, actor: Actor, now: datetime
) -> int:
    """This function will open loans of some debtors of the demo book, land what they paid, and keep them.

    1. `references` are account numbers of the book; each one's debtor gets one loan.
    2. Some pay in time, some stopped; what one of them had paid becomes known after the charges for it, so
       that a correction can be seen.
    3. Repeating changes nothing. Returns the number of loans.
    """
    creditor = book.creditor_by_code(creditor_code)
    chosen = pl.Series("account_ref", list(references)[:LOANS], dtype=pl.String)
    debtors = book.account_ids_by_reference(chosen, creditor_id=creditor.creditor_id).sort("account_ref")
    loans = [
        _lend(number, person_id, creditor_code, demo_date, actor, now)
        for number, person_id in enumerate(debtors["person_id"])
    ]
    _land([row for loan in loans for row in _paid(loan, demo_date)], now)
    ledger.keep_contracts(until=demo_date, now=now)
    latest = max(loans, key=lambda loan: loan.late_days, default=None)
    if latest is not None and latest.late_days > LATE_NEWS.days:
        _land([_late_news(latest, demo_date)], now)
        ledger.keep_contracts(until=demo_date, now=now, account_ids=[latest.account_id])
    return len(loans)


def _lend(
    number: int, person_id: int, creditor_code: str, demo_date: date, actor: Actor, now: datetime
) -> _Loan:
    code, amount, agreed = PRODUCTS[number % len(PRODUCTS)]
    lent = add_months(demo_date, -MONTHS_AGO) + timedelta(days=number % 28)
    ref = f"LOAN-{number + 1:03d}"
    opened = open_loan(
        creditor_code=creditor_code,
        person_id=person_id,
        product_code=code,
        account_ref=ref,
        principal=Money(amount),
        disbursed_date=lent,
        details=agreed | {"first_due_date": add_months(lent, 1).isoformat()},
        actor=actor,
        now=now,
        kept_until=lent,
    )
    return _Loan(opened.account_id, person_id, ref, LATENESS[number % len(LATENESS)])


def _paid(loan: _Loan, demo_date: date) -> list[dict[str, Any]]:
    """Return a payment of each instalment that fell due before the borrower stopped, on its due date."""
    until = demo_date - timedelta(days=loan.late_days)
    due: dict[date, int] = {}
    for card in ledger.account_dues(loan.account_id, demo_date):
        if (
            card.due_date < until
            and card.component != "penalty_interest"
            and not card.due_ref.startswith("charge")
        ):
            due[card.due_date] = due.get(card.due_date, 0) + card.amount.minor
    return [_payment(loan, day, amount, str(day)) for day, amount in due.items()]


def _late_news(loan: _Loan, demo_date: date) -> dict[str, Any]:
    return _payment(loan, demo_date - LATE_NEWS, 30_000, "late-news")


def _payment(loan: _Loan, day: date, amount: int, name: str) -> dict[str, Any]:
    return {
        "account_id": loan.account_id,
        "person_id": loan.person_id,
        "external_ref": f"{loan.ref}-{name}",
        "kind": "payment",
        "component": "",
        "amount_minor": amount,
        "currency": "CNY",
        "effective_date": day,
        "reverses_ref": "",
    }


def _land(rows: list[dict[str, Any]], now: datetime) -> None:
    if rows:
        ledger.land_transactions(pl.DataFrame(rows), batch_id=0, now=now)
