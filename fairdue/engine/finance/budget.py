"""What somebody can afford: a monthly budget, and an offer to each creditor in proportion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from fairdue.kernel.day_counts import round_half_up

TIMES_PER_YEAR = {
    "week": 52, "fortnight": 26, "four_weeks": 13, "half_month": 24, "month": 12, "quarter": 4, "year": 1,
}  # fmt: skip


def monthly(items: Sequence[tuple[Fraction, str]]) -> Fraction:
    """Return the sum of (amount, rhythm) pairs a month, each rounded half up to the cent."""
    return sum((round_half_up(amount * TIMES_PER_YEAR[every] / 12) for amount, every in items), Fraction(0))


def pro_rata_offers(available: Fraction, debts: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Return each debt's share of what is available, rounded half up to the cent.

    The sum may differ from `available` by a cent or so; where nothing is owed, nothing is offered.
    """
    total = sum(debts.values(), Fraction(0))
    return {name: round_half_up(available * debt / total) if total else total for name, debt in debts.items()}
