"""What the facade hands out on capacity: lines as they were set, what counts on a day, who can take cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityCard:
    """One line of capacity; `amount` None is without limit, `creditor_id` None counts the debts of all."""

    capacity_id: int
    kind: str
    name: str
    creditor_id: int | None
    hour: int | None
    weekdays: tuple[int, ...]
    amount: int | None
    valid_from: date
    valid_until: date | None
    note: str
    set_by: str
    set_at: datetime
    state: str
    """`counts` on the day asked for, `later`, `replaced` by a newer line, `other_day` of the week, or `over`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityOn:
    """What there is of one thing on one day."""

    kind: str
    name: str
    creditor_id: int | None
    hour: int | None
    amount: int

    @property
    def code(self) -> str:
        """Name it in one word without blanks, as `calls:m1@10#3` (hour 10, creditor 3)."""
        hour = "" if self.hour is None else f"@{self.hour:02d}"
        creditor = "" if self.creditor_id is None else f"#{self.creditor_id}"
        return f"{self.kind}:{self.name}{hour}{creditor}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectorCard:
    """What a collector can take and when; `is_absent` on the day asked for, with the last day of the absence."""

    staff_id: int
    name: str
    team_id: int | None
    agency_code: str
    """Of whose team the collector is; empty: our own."""
    creditor_ids: frozenset[int] | None
    queues: tuple[str, ...]
    languages: tuple[str, ...]
    max_cases: int | None
    max_hard_cases: int | None
    weekdays: tuple[int, ...]
    first_hour: int
    end_hour: int
    takes_cases: bool
    is_absent: bool
    absent_until_date: date | None
    has_profile: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceCard:
    """Days on which a collector is not there."""

    absence_id: int
    staff_id: int
    name: str
    first_date: date
    final_date: date
