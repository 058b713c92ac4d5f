"""Early settlement in full: what interest is earned by a day, and what the debt then takes to settle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from fairdue.engine.ledger.life.position import Position
from fairdue.engine.ledger.products.scheduling import ScheduledRow
from fairdue.engine.ledger.products.terms import ProductTerms
from fairdue.kernel.day_counts import round_to

ONE = Fraction(1)
EARNED_PREFIX = "e"


def instalment_ref(row: ScheduledRow) -> str:
    """Return the name of an instalment's due item."""
    return f"i:{row.number}"


def earned_part(row: ScheduledRow, day: date, terms: ProductTerms) -> int:
    """Return the interest of a row that is earned by a day: the days gone of its period over all its days.

    Of what principal repaid within the period saves, the days gone since then.
    """
    if day >= row.agreed_date:
        return row.interest
    if day <= row.from_date:
        return 0
    whole = row.interest + sum(saved.interest for saved in row.saved)
    exact = whole * Fraction((day - row.from_date).days, (row.agreed_date - row.from_date).days)
    for saved in row.saved:
        if day > saved.from_date:
            gone, ahead = (day - saved.from_date).days, (row.agreed_date - saved.from_date).days
            exact -= saved.interest * Fraction(gone, ahead)
    return int(round_to(exact, ONE, terms.rounding.mode))


def earned_interest(rows: Sequence[ScheduledRow], day: date, terms: ProductTerms) -> int:
    """Return the scheduled interest earned by a day over all rows."""
    return sum(earned_part(row, day, terms) for row in rows)


def unearned_interest(rows: Sequence[ScheduledRow], day: date, terms: ProductTerms) -> int:
    """Return the interest that an early settlement on a day saves, as the product says."""
    if terms.prepayment is None or terms.prepayment.unearned_interest != "waived":
        return 0
    return sum(row.interest - earned_part(row, day, terms) for row in rows if row.due_date > day)


def payoff(position: Position, rows: Sequence[ScheduledRow], day: date, terms: ProductTerms) -> int:
    """Return what settles the debt on a day: all that is unpaid, less the interest not earned, less money held."""
    return position.outstanding - unearned_interest(rows, day, terms) - position.held


def settled_rows(
    rows: Sequence[ScheduledRow], day: date, terms: ProductTerms
) -> tuple[tuple[ScheduledRow, ...], tuple[ScheduledRow, ...]]:
    """Return the rows of a debt settled early on a day, and rows for the interest earned by then.

    1. An instalment due later keeps its principal and asks no interest.
    2. What of its interest is earned falls due on the day of the settlement, under a name of its own.
    """
    kept, earned = [], []
    for row in rows:
        part = earned_part(row, day, terms)
        if row.due_date <= day or not row.interest:
            kept.append(row)
            continue
        kept.append(replace(row, interest=0))
        if part:
            earned.append(replace(row, principal=0, interest=part, due_date=day))
    return tuple(kept), tuple(earned)
