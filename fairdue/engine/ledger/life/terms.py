"""The terms of one debt as its life needs them: instalments, order of payment, day counting, rounding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from fairdue.engine.finance.interest import Origin
from fairdue.engine.finance.schedule import Row, Terms, schedule
from fairdue.engine.ledger.allocation.rules import (
    COMPONENTS,
    FEE,
    INTEREST,
    PENALTY,
    PRINCIPAL,
    AllocationRule,
    DueClass,
    InAdvance,
    RuleInvalid,
    Slot,
    Stage,
    Style,
    Way,
    usual_order,
)
from fairdue.kernel.day_counts import RoundingMode
from fairdue.kernel.money import MAX_MINOR

__all__ = [
    "COMPONENTS",
    "FEE",
    "INTEREST",
    "PENALTY",
    "PRINCIPAL",
    "AllocationRule",
    "Calendar",
    "DayRange",
    "DebtTerms",
    "DelinquencyRule",
    "DueClass",
    "InAdvance",
    "Instalment",
    "RuleInvalid",
    "Slot",
    "Stage",
    "Style",
    "TermsInvalid",
    "Way",
    "instalments_of",
    "usual_order",
]


class TermsInvalid(ValueError):
    """The terms of a debt contradict themselves."""


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
    """One row of the contract, in minor units.

    `others` are amounts of further components; `ref` is the row's name, by which its parts are known. Of its
    components, `charged` are owed from the due date only, such as a later month's fee; the others are owed already.
    """

    due_date: date
    principal: int
    interest: int = 0
    others: tuple[tuple[str, int], ...] = ()
    ref: str = ""
    charged: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        amounts = (self.principal, self.interest, *(amount for _, amount in self.others))
        if not all(0 <= amount <= MAX_MINOR for amount in amounts):
            raise TermsInvalid(f"instalment due {self.due_date}: an amount below zero or beyond 2^53")
        names = (PRINCIPAL, INTEREST, *(component for component, _ in self.others))
        if len(set(names)) != len(names):
            raise TermsInvalid(f"instalment due {self.due_date}: a component that stands twice")


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtTerms:
    """Everything that was agreed about one debt. Amounts are integer minor units of one currency.

    1. `share_multiple`: shares of a re-age or re-amortisation are rounded to a multiple of it.
    2. `unscheduled` is the balance per component that no instalment asks for, such as a card's beyond its
       minimum payment; `annual_rates` are those of its components, for rules that go by rate.
    3. `judgment_date` is the day from which a judgment orders the payments.
    """

    disbursed_date: date
    instalments: tuple[Instalment, ...]
    unscheduled: tuple[tuple[str, int], ...] = ()
    annual_rates: Mapping[str, Fraction] = field(default_factory=dict, hash=False)
    judgment_date: date | None = None
    rounding: RoundingMode = "half_even"
    share_multiple: int = 1
    allocation: AllocationRule = field(default_factory=AllocationRule)
    delinquency: DelinquencyRule = field(default_factory=DelinquencyRule)

    def __post_init__(self) -> None:
        if not self.instalments and not self.unscheduled:
            raise TermsInvalid("a debt without instalments")
        if self.share_multiple < 1:
            raise TermsInvalid("shares are rounded to a multiple of at least one minor unit")
        if not all(0 <= amount <= MAX_MINOR for _, amount in self.unscheduled):
            raise TermsInvalid("an unscheduled balance below zero or beyond 2^53")
        others = {component for row in self.instalments for component, _ in row.others}
        owed = others | {component for component, _ in self.unscheduled}
        if unknown := owed - set(self.allocation.components):
            raise TermsInvalid(f"the order of payment lacks {', '.join(sorted(unknown))}")
        ordered = tuple(sorted(self.instalments, key=lambda row: (row.due_date, row.ref)))
        object.__setattr__(self, "instalments", ordered)

    @property
    def falling_dates(self) -> list[date]:
        """The days on which money held pays what is charged only then: none where every money reaches any day."""
        if not self.allocation.has_reach:
            return []
        return sorted({row.due_date for row in self.instalments if row.charged})

    @property
    def principal(self) -> int:
        """The principal lent."""
        loose = sum(amount for component, amount in self.unscheduled if component == PRINCIPAL)
        return sum(row.principal for row in self.instalments) + loose


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
