"""How late an account was on each day, and how it is classified: frozen answers, no models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fairdue.engine.ledger.standing.levels import Classification
from fairdue.engine.ledger.standing.levels import Reason as ClassificationReason
from fairdue.kernel.money import Money

__all__ = [
    "BucketStay",
    "Classification",
    "ClassificationReason",
    "CureCard",
    "DpdHistory",
    "DpdSpan",
    "InstalmentDelinquency",
    "MonthStatus",
    "MonthStatusChange",
    "PersonDpdHistory",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DpdSpan:
    """Days on which an account was equally late by the rules: one oldest due date, one bucket."""

    account_id: int
    from_date: date
    to_date: date
    """Both ends are included."""
    oldest_unpaid_due_date: date | None
    """Empty while nothing is past due."""
    first_days_past_due: int
    final_days_past_due: int
    first_delinquent_days: int
    """Days past due without paused days and grace; the bucket holds these."""
    final_delinquent_days: int
    bucket: str
    overdue: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketStay:
    """That an account was in a bucket from one day to another, both included."""

    bucket: str
    entered_date: date
    left_date: date | None
    """First day in another bucket; empty while it lasts."""
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CureCard:
    """That nothing was past due any more: the first such day, and what it ended."""

    cured_date: date
    late_since: date
    worst_bucket: str
    worst_days_past_due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DpdHistory:
    """How late an account was on each day from its opening to `as_of`, as known at `known_at`."""

    account_id: int
    as_of: date
    known_at: datetime | None
    spans: tuple[DpdSpan, ...]
    stays: tuple[BucketStay, ...]
    cures: tuple[CureCard, ...]
    worst_bucket: str
    worst_days_past_due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDpdHistory:
    """How late a person was on each day: each span is that of the worst account then."""

    person_id: int
    as_of: date
    known_at: datetime | None
    spans: tuple[DpdSpan, ...]
    stays: tuple[BucketStay, ...]
    cures: tuple[CureCard, ...]
    worst_bucket: str
    worst_days_past_due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalmentDelinquency:
    """How late one unpaid instalment is on a day."""

    account_id: int
    due_ref: str
    due_date: date
    unpaid: Money
    days_past_due: int
    paused_days: int
    """Pause days within the instalment's own overdue span."""
    delinquent_days: int
    bucket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthStatus:
    """What a credit bureau is told of one month: the state at its end."""

    month: str
    """Such as 2026-05."""
    status_date: date
    """The month's last day, or the day asked about in the running month."""
    code: str
    days_past_due: int
    overdue: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthStatusChange:
    """A month whose status is another by what is known now than it was by what was known then."""

    month: str
    before: MonthStatus | None
    after: MonthStatus | None
