"""Whether instalments and plans are kept, missed or broken: rules without a database.

1. Up to `tolerance` may be missing of an instalment, never more than a tenth of it: one yuan does not keep it.
2. An instalment is in time up to its due date and days of grace, by the day on which the money took effect.
3. A plan is broken once so many due dates in a row, or the last one, stay unpaid after their days of grace.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What came in for an instalment, and the day from which nothing of it was missing."""

    minor: int
    settled_date: date | None


def is_settled(amount_minor: int, paid_minor: int, tolerance_minor: int) -> bool:
    """Tell whether what came in settles an instalment."""
    return paid_minor >= amount_minor - min(tolerance_minor, amount_minor // 10)


def state_of(due_date: date, settled_date: date | None, as_of: date, grace_days: int) -> str:
    """Return the state of an instalment on a day."""
    last_day = due_date + timedelta(days=grace_days)
    if settled_date is not None:
        if settled_date > last_day:
            return "late"
        return "early" if settled_date < due_date else "paid"
    if as_of <= due_date:
        return "due"
    return "late" if as_of <= last_day else "missed"


def plan_state(
    instalments: Iterable[tuple[date, str, bool]], missed_in_a_row: int
) -> Literal["running", "kept", "breached"]:
    """Return the state of a plan from its instalments: (due date, state, whether settled)."""
    days: dict[date, list[tuple[str, bool]]] = {}
    for due_date, state, settled in instalments:
        days.setdefault(due_date, []).append((state, settled))
    if all(settled for each in days.values() for _, settled in each):
        return "kept"
    ordered = sorted(days)
    missed = [any(state == "missed" for state, _ in days[day]) for day in ordered]
    return "breached" if missed[-1] or _longest(missed) >= missed_in_a_row else "running"


def _longest(missed: Sequence[bool]) -> int:
    longest = run = 0
    for each in missed:
        run = run + 1 if each else 0
        longest = max(longest, run)
    return longest
