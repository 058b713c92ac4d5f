"""What an explanation reads: postings, events and due items of one account on one day, as known at one instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from fairdue.engine.ledger.allocation.rules import AllocationRule, DueClass, Stage, Way
from fairdue.kernel.money import Money

RECEIVABLE = "receivable:"
INCOME = "income:"
OPENING = "opening"
CREDIT_BALANCE = "credit_balance"
RECOVERY = "recovery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One posting."""

    id: int
    transaction_id: int | None
    kind: str
    debit: str
    credit: str
    due_item_id: int | None
    amount: int
    effective_date: date
    recorded_at: datetime

    def moves(self, code: str) -> int:
        """Return by how much it raises the debit balance of an account."""
        return self.amount * ((self.debit == code) - (self.credit == code))

    @property
    def settles(self) -> int:
        """By how much it settles or gives up what is owed; negative when that comes back, 0 where debt is made."""
        makes = any(code == OPENING or code.startswith(INCOME) for code in (self.debit, self.credit))
        return (
            0
            if makes
            else self.amount * (self.credit.startswith(RECEIVABLE) - self.debit.startswith(RECEIVABLE))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One event of the account as recorded."""

    id: int
    kind: str
    component: str
    amount: int
    effective_date: date
    recorded_at: datetime
    source: str
    external_ref: str
    reverses_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One component of one instalment: what was asked first, and what is still asked."""

    id: int
    ref: str
    due_date: date
    component: str
    amount: int
    unpaid: int
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A pause: the days after `from_date` up to and including `to_date` do not count."""

    from_date: date
    to_date: date
    transaction_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRule:
    """How days past due are counted for this account."""

    origin: str
    grace_days: int = 0
    counted_due_date: Mapping[date, date] = field(default_factory=dict)
    """Due dates that a holiday moves, with the day that they move to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earning:
    """The interest of one instalment, earned evenly over its period."""

    ref: str
    from_date: date
    due_date: date
    interest: int
    earned: int
    rounding: str = "half_even"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accrual:
    """An amount that a kept contract has earned and not posted yet, with its arithmetic."""

    component: str
    amount: int
    effective_date: date
    why: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that is known of an account for its explanation."""

    as_of: date
    currency: str
    days_past_due: int
    lines: tuple[Line, ...]
    happenings: Mapping[int, Happening]
    dues: tuple[Due, ...]
    rule: AllocationRule
    late: LateRule
    pauses: tuple[Span, ...] = ()
    earnings: tuple[Earning, ...] = ()
    """Of a fed account: the interest of its instalments."""
    accruals: tuple[Accrual, ...] | None = None
    """Of a kept account: what its contract has earned and not posted yet; None for a fed one."""
    item_grounds: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    """Of a kept account: why its contract asks for each due item, by the item's id."""
    days_at_receipt: Mapping[int, int] = field(default_factory=dict)
    """Days past due of the account on the day of each receipt, before it."""
    settling_order: Mapping[tuple[int, int | None, str], int] = field(default_factory=dict)
    """By (receipt, due item, component), the place in which the receipt settled it."""

    def money(self, amount: int) -> Money:
        """Return an amount in the account's currency."""
        return Money(amount, self.currency)

    judged_from: date | None = None
    """The day of a judgment, from which its own order of payment may hold."""

    def way(self, happening: Happening) -> Way:
        """Return the order of payment that held on the day of a receipt."""
        is_judged = self.judged_from is not None and self.judged_from <= happening.effective_date
        return self.rule.way_on(self.days_at_receipt.get(happening.id, 0), is_judged=is_judged)

    def citation(self, happening: Happening) -> Mapping[str, str]:
        """Return on what the order of payment rested on the day of a receipt."""
        way = self.way(happening)
        return (way.citation if isinstance(way, Stage) else {}) or self.rule.citation

    @cached_property
    def dues_by_id(self) -> Mapping[int, Due]:
        """The due items by their ids."""
        return {due.id: due for due in self.dues}

    @cached_property
    def components(self) -> tuple[str, ...]:
        """The components that the postings know, in the order of payment, others after them."""
        sides = (code for line in self.lines for code in (line.debit, line.credit))
        found = {code.removeprefix(RECEIVABLE) for code in sides if code.startswith(RECEIVABLE)}
        known = [component for component in self.rule.components if component in found]
        return (*known, *sorted(found - set(known)))

    def owed(self, component: str) -> int:
        """Return what the postings of a component come to; negative when it was paid ahead of its charge."""
        return sum(line.moves(RECEIVABLE + component) for line in self.lines)

    def lines_of(self, transaction_id: int) -> list[Line]:
        """Return the postings of an event."""
        return [line for line in self.lines if line.transaction_id == transaction_id]


def class_of(due_date: date | None, on: date) -> DueClass:
    """Return whether an item is past due, due or in advance on the day that money counts for."""
    if due_date is None or due_date > on:
        return "in_advance"
    return "due" if due_date == on else "past_due"


def late_days(due_date: date, as_of: date, origin: str) -> int:
    """Return the calendar days past due before anything is taken off, not below zero."""
    return max((as_of - due_date).days + (origin == "due_date"), 0)


def overlap(span: Span, first: date, final: date) -> int:
    """Return how many days from `first` to `final`, both included, a pause stops."""
    start = max(span.from_date, first - timedelta(days=1))
    return max((min(span.to_date, final) - start).days, 0)


def latest(lines: Iterable[Line]) -> datetime | None:
    """Return when the last of some postings was recorded."""
    return max((line.recorded_at for line in lines), default=None)
