"""What a household can pay a month: income less what it needs, never less than the protected living costs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from fairdue.engine.finance.budget import TIMES_PER_YEAR

if TYPE_CHECKING:
    from fairdue.engine.negotiation.terms import OfferTerms

INCOME_KINDS = ("wages", "benefits", "pension", "family_support", "other_income")
OUTGOING_KINDS = (
    "housing", "utilities", "food", "transport", "health", "education", "dependants", "insurance", "other_debts",
    "other_outgoing",
)  # fmt: skip
"""Lines of an income and expenditure form, after the Standard Financial Statement's headings."""


class LineRefused(ValueError):
    """An income or outgoing cannot be meant; `rule` says why: `rhythm`, `negative` or `too_large`."""

    def __init__(self, kind: str, rule: str) -> None:
        super().__init__(f"{kind}: {rule}")
        self.kind, self.rule = kind, rule


LARGEST_MINOR = 10**12
"""No household's line is larger; above it somebody mistyped."""


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """An income or an outgoing: its kind, minor units, and how often (`engine.finance.budget.TIMES_PER_YEAR`)."""

    kind: str
    amount_minor: int
    every: str = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """Income and expenditure of the people who share a purse."""

    currency: str
    incomes: tuple[MoneyLine, ...]
    outgoings: tuple[MoneyLine, ...]
    adults: int = 1
    children: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surplus:
    """What is left, a month, in minor units; `affordable_minor` is what offers may ask at most."""

    income_minor: int
    outgoings_minor: int
    protected_minor: int
    """Living costs that are left in any case; they count where the stated outgoings are less."""
    spare_minor: int
    """Income less the larger of outgoings and protected costs; negative where the household lives beyond it."""
    affordable_minor: int
    """The share of what is spare that offers ask at most, in whole steps."""
    ceiling_minor: int
    """The share of what is spare that the borrower may propose at most, in whole steps."""


def monthly_minor(line: MoneyLine) -> int:
    """Return what a line comes to a month, rounded half up to the minor unit.

    :raises LineRefused: for an unknown rhythm, a negative amount or one that nobody has
    """
    if line.every not in TIMES_PER_YEAR:
        raise LineRefused(line.kind, "rhythm")
    if line.amount_minor < 0:
        raise LineRefused(line.kind, "negative")
    if line.amount_minor > LARGEST_MINOR:
        raise LineRefused(line.kind, "too_large")
    return (line.amount_minor * TIMES_PER_YEAR[line.every] * 2 + 12) // 24


def surplus(household: Household, terms: OfferTerms, *, is_vulnerable: bool = False) -> Surplus:
    """This function will return what a household can pay a month.

    1. Each line is turned into an amount a month (52 weeks, 26 fortnights, 4 quarters a year), rounded half up.
    2. Spare = income − the larger of stated outgoings and the protected costs of the people at home.
    3. Affordable = share × spare, rounded down to whole steps, never below nothing; the ceiling likewise.

    :raises LineRefused: for a line that cannot be meant
    """
    rules = terms.affordability
    income = sum(monthly_minor(line) for line in household.incomes)
    outgoings = sum(monthly_minor(line) for line in household.outgoings)
    protected = (
        rules.first_adult_minor
        + rules.further_adult_minor * max(household.adults - 1, 0)
        + rules.child_minor * max(household.children, 0)
    )
    spare = income - max(outgoings, protected)
    share = rules.vulnerable_share if is_vulnerable else rules.share
    return Surplus(
        income_minor=income,
        outgoings_minor=outgoings,
        protected_minor=protected,
        spare_minor=spare,
        affordable_minor=whole_steps(spare, share, rules.step_minor),
        ceiling_minor=whole_steps(spare, share if is_vulnerable else rules.ceiling, rules.step_minor),
    )


def whole_steps(amount_minor: int, share: Fraction, step_minor: int) -> int:
    """Return a share of an amount rounded down to whole steps, never below nothing."""
    return max(amount_minor, 0) * share.numerator // (share.denominator * step_minor) * step_minor
