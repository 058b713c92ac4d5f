"""Scheduled interest earned up to a day."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from fairdue.engine.ledger.life.terms import DebtTerms, Instalment
from fairdue.kernel.day_counts import round_to


def accrued_interest(terms: DebtTerms, on: date, charged_off_date: date | None = None) -> int:
    """Return the interest earned by a day, in minor units.

    1. All of an instalment's interest once it is due; before, the days gone of its period over all its
       days, rounded for each instalment; nothing before the period begins.
    2. From a charge-off on nothing more is earned.
    """
    day = on if charged_off_date is None else min(on, charged_off_date)
    start, earned = terms.disbursed_date, 0
    for row in terms.instalments:
        earned += _earned(terms, row, start, day)
        start = row.due_date
    return earned


def _earned(terms: DebtTerms, row: Instalment, start: date, day: date) -> int:
    if row.due_date <= day:
        return row.interest
    if day <= start:
        return 0
    part = Fraction((day - start).days, (row.due_date - start).days)
    return int(round_to(row.interest * part, Fraction(1), terms.rounding))
