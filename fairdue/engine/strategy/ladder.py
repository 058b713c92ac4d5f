"""The reminder ladder of one person: which level is due, drafted or sent. A pure state machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Literal

Status = Literal["none", "draft", "sent"]
ZERO = Fraction(0)


class RunOutOfOrder(ValueError):
    """A run is dated before an earlier one; nothing was changed."""

    code = "run_out_of_order"


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderPolicy:
    """Ages in days at which levels 1, 2, … are reached, and what a reminder needs before it is raised."""

    ages: tuple[int, ...]
    min_amount: Fraction = ZERO
    min_count: int = 1
    max_attempts: int | None = None
    min_gap_days: int = 0
    is_last_repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """What is still open of one debt, and since when."""

    due_date: date
    open_amount: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Where a person stands: the level, whether its reminder is drafted or sent, how many were sent."""

    policy: LadderPolicy
    debts: Mapping[str, Debt] = field(default_factory=dict)
    level: int = 0
    status: Status = "none"
    sent_count: int = 0
    latest_sent_date: date | None = None
    latest_run_date: date | None = None
    is_blocked: bool = False

    def with_debt(self, debt_id: str, debt: Debt) -> Ladder:
        """Return the ladder with one more debt."""
        return replace(self, debts={**self.debts, debt_id: debt})

    def paid(self, debt_id: str, amount: Fraction) -> Ladder:
        """Return the ladder after a payment; when nothing is open any more it starts anew."""
        debt = self.debts[debt_id]
        left = replace(debt, open_amount=max(debt.open_amount - amount, ZERO))
        debts = {**self.debts, debt_id: left}
        if any(debt.open_amount for debt in debts.values()):
            return replace(self, debts=debts)
        return replace(self, debts=debts, level=0, status="none", sent_count=0, latest_sent_date=None)

    def sent(self, on: date) -> Ladder:
        """Return the ladder after its draft was sent; without a draft nothing changes."""
        if self.status != "draft":
            return self
        return replace(self, status="sent", sent_count=self.sent_count + 1, latest_sent_date=on)

    def blocked(self, is_blocked: bool) -> Ladder:
        """Return the ladder blocked, so that runs do nothing, or freed."""
        return replace(self, is_blocked=is_blocked)

    def run(self, on: date) -> Ladder:
        """Return the ladder after the run of a day: at most one level higher, with a draft.

        1. It looks at debts with an open amount that are due on or before the day.
        2. It does nothing while blocked, while a draft waits, below the minimum amount or count, after
           the last allowed attempt, or too soon after the last sending (an equal gap is enough).
        3. A level is reached when the earliest of those due dates is old enough; none is skipped.

        :raises RunOutOfOrder: if an earlier run has a later date
        """
        if self.latest_run_date is not None and on < self.latest_run_date:
            raise RunOutOfOrder(f"a run of {self.latest_run_date} came before the one of {on}")
        moved = replace(self, latest_run_date=on)
        due = [debt for debt in self.debts.values() if debt.open_amount > 0 and debt.due_date <= on]
        level = self._next_level()
        if not due or level is None or self._must_wait(due, on):
            return moved
        age = (on - min(debt.due_date for debt in due)).days
        return replace(moved, level=level, status="draft") if age >= self.policy.ages[level - 1] else moved

    def _next_level(self) -> int | None:
        if self.level < len(self.policy.ages):
            return self.level + 1
        return self.level if self.policy.is_last_repeated else None

    def _must_wait(self, due: list[Debt], on: date) -> bool:
        policy = self.policy
        is_too_soon = (
            self.latest_sent_date is not None and (on - self.latest_sent_date).days < policy.min_gap_days
        )
        return (
            self.is_blocked
            or self.status == "draft"
            or sum(debt.open_amount for debt in due) < policy.min_amount
            or len(due) < policy.min_count
            or (policy.max_attempts is not None and self.sent_count >= policy.max_attempts)
            or is_too_soon
        )
