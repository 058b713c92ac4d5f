"""The terms of one debt as its life needs them: instalments, order of payment, day counting, rounding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from typing import Literal, get_args

from fairdue.engine.finance.interest import Origin
from fairdue.engine.finance.schedule import Row, Terms, schedule
from fairdue.kernel.day_counts import RoundingMode
from fairdue.kernel.money import MAX_MINOR

PRINCIPAL = "principal"
INTEREST = "interest"
FEE = "fee"
PENALTY = "penalty"
COMPONENTS = (PENALTY, FEE, INTEREST, PRINCIPAL)
"""The usual components, in the usual order of payment; a rule may order others."""

DueClass = Literal["past_due", "due", "in_advance"]
DUE_CLASSES: tuple[DueClass, ...] = get_args(DueClass)
Style = Literal["horizontal", "vertical"]
InAdvance = Literal["next", "last"]


class TermsInvalid(ValueError):
    """The terms of a debt contradict themselves."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in the order of payment: a class of due items and a component."""

    due_class: DueClass
    component: str


def usual_order(components: Sequence[str] = COMPONENTS) -> tuple[Slot, ...]:
    """Return the order that takes past due, due and in advance in turn, each by component."""
    return tuple(Slot(due_class, component) for due_class, component in product(DUE_CLASSES, components))


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRule:
    """In which order money settles what is owed.

    1. `order` names every component once in each of the three classes.
    2. `horizontal` finishes a row before the next, `vertical` a component over all rows before the next.
    3. `in_advance`: whether money ahead of time goes to the next future row first, or to the last.
    4. `chargeback_order`: which components of the returned payment fall due again first; without it
       everything returns as principal.
    """

    order: tuple[Slot, ...] = field(default_factory=usual_order)
    style: Style = "horizontal"
    in_advance: InAdvance = "next"
    chargeback_order: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.order) != len(set(self.order)) or set(self.order) != set(usual_order(self.components)):
            raise TermsInvalid("the order of payment must name each component once in each class")
        if missing := {PRINCIPAL, INTEREST, *self.chargeback_order} - set(self.components):
            raise TermsInvalid(f"the order of payment lacks {', '.join(sorted(missing))}")

    @property
    def components(self) -> tuple[str, ...]:
        """Every component that is ordered, in order of first appearance."""
        return tuple(dict.fromkeys(slot.component for slot in self.order))


@dataclass(frozen=True, slots=True)
class DayRange:
    """A bucket: the delinquent days from `first` to `final`, both included; None leaves it open."""

    name: str
    first: int
    final: int | None

    def holds(self, days: int) -> bool:
        """Tell whether so many delinquent days fall in this bucket."""
        return self.first <= days and (self.final is None or days <= self.final)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Days that are no working days: `weekend` (Monday is 0) and `holidays`."""

    weekend: frozenset[int] = frozenset()
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.weekend) >= 7:
            raise TermsInvalid("a week without working days")

    def following(self, day: date) -> date:
        """Return the day itself, or the first working day after it."""
        while day.weekday() in self.weekend or day in self.holidays:
            day += timedelta(days=1)
        return day


@dataclass(frozen=True, slots=True, kw_only=True)
class DelinquencyRule:
    """How days past due are counted; `grace_days` are taken off the loan, `instalment_grace_days` off a row."""

    origin: Origin = "due_plus_1"
    grace_days: int = 0
    instalment_grace_days: int | None = None
    buckets: tuple[DayRange, ...] = ()
    calendar: Calendar = field(default_factory=Calendar)

    @property
    def row_grace_days(self) -> int:
        """The grace days of a row; those of the loan unless given."""
        return self.grace_days if self.instalment_grace_days is None else self.instalment_grace_days

    def bucket(self, days: int) -> str | None:
        """Return the name of the bucket of so many delinquent days, or None."""
        return next((bucket.name for bucket in self.buckets if bucket.holds(days)), None)


@dataclass(frozen=True, slots=True)
class Instalment:
    """One row of the contract, in minor units."""

    due_date: date
    principal: int
    interest: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.principal <= MAX_MINOR and 0 <= self.interest <= MAX_MINOR):
            raise TermsInvalid(f"instalment due {self.due_date}: an amount below zero or beyond 2^53")


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtTerms:
    """Everything that was agreed about one debt. Amounts are integer minor units of one currency.

    `share_multiple`: shares of a re-age or re-amortisation are rounded to a multiple of it.
    """

    disbursed_date: date
    instalments: tuple[Instalment, ...]
    rounding: RoundingMode = "half_even"
    share_multiple: int = 1
    allocation: AllocationRule = field(default_factory=AllocationRule)
    delinquency: DelinquencyRule = field(default_factory=DelinquencyRule)

    def __post_init__(self) -> None:
        if not self.instalments:
            raise TermsInvalid("a debt without instalments")
        if self.share_multiple < 1:
            raise TermsInvalid("shares are rounded to a multiple of at least one minor unit")
        ordered = tuple(sorted(self.instalments, key=lambda row: row.due_date))
        object.__setattr__(self, "instalments", ordered)

    @property
    def principal(self) -> int:
        """The principal lent."""
        return sum(row.principal for row in self.instalments)


def instalments_of(terms: Terms) -> tuple[Instalment, ...]:
    """Return the instalments of a loan whose amounts, unit and multiple are given in minor units.

    :raises TermsInvalid: if an amount of the schedule is no whole number of minor units
    :raises fairdue.engine.finance.schedule.NeverRepaid: if the instalment does not repay the principal
    """
    return tuple(_instalment(row) for row in schedule(terms))


def _instalment(row: Row) -> Instalment:
    return Instalment(row.due_date, _whole(row.principal), _whole(row.interest))


def _whole(amount: Fraction) -> int:
    if amount.denominator != 1:
        raise TermsInvalid(f"{amount} is no whole number of minor units")
    return amount.numerator
