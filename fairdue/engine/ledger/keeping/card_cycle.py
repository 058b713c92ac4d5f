"""The cycle of a card: on which days statements are made, when each falls due, and how long it may be paid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from fairdue.engine.ledger.allocation.statements import statement_ref
from fairdue.engine.ledger.products.card import CardAgreement
from fairdue.engine.ledger.products.moving import moved
from fairdue.engine.ledger.products.terms import ProductTerms
from fairdue.kernel.day_counts import add_months

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """One statement's days.

    1. The statement is made at the beginning of `statement_date`: what counts for that day is on the next one.
    2. It falls due on `due_date`; up to and including `final_date` it is paid in time (容时).
    """

    ref: str
    statement_date: date
    due_date: date
    final_date: date


def cycles(terms: ProductTerms, agreed: CardAgreement, opened_date: date) -> Iterator[Cycle]:
    """Yield the cycles of a card without end, the first after the day on which it was opened.

    1. The statement day is clipped to the month; the name is its date, `s:2026-04-05`.
    2. A due day is the first such day after the statement, clipped; or so many days after the statement.
    3. A due date that is no working day moves as the product says; the days of grace follow it.
    """
    month = opened_date.replace(day=1)
    while True:
        statement_date = add_months(month, 0, day=agreed.statement_day)
        month = add_months(month, 1)
        if statement_date > opened_date:
            yield _cycle(terms, agreed, statement_date)


def _cycle(terms: ProductTerms, agreed: CardAgreement, statement_date: date) -> Cycle:
    due_date = moved(_due_date(agreed, statement_date), terms.holidays)
    return Cycle(
        ref=statement_ref(statement_date),
        statement_date=statement_date,
        due_date=due_date,
        final_date=due_date + timedelta(days=terms.delinquency.grace_days),
    )


def _due_date(agreed: CardAgreement, statement_date: date) -> date:
    if agreed.due_days is not None:
        return statement_date + timedelta(days=agreed.due_days)
    first = statement_date.replace(day=1)
    same = add_months(first, 0, day=agreed.due_day)
    return same if same > statement_date else add_months(first, 1, day=agreed.due_day)
