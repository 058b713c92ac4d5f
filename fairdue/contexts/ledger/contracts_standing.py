"""How late an account was on each day, and how it is classified: frozen answers, no models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fairdue.kernel.money import Money


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
class ClassificationReason:
    """Why a rule gives its value: the rule, where it is written, and the facts it was given."""

    rule: str
    citation: str
    value: str
    zh: str
    en: str
    evidence: str
    """How sure the source is: `primary`, `secondary`, `house` or `memory` (to be confirmed)."""
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """One classification of an account on a day."""

    scheme: str
    """`cn_five_grades`, `ifrs_stage` or `eu_default`."""
    value: str
    """What is reported: a grade, `1` to `3`, `performing` or `default`."""
    zh: str
    en: str
    by_rule: Mapping[str, str]
    """The value by each rule on its own; the reported one is the strictest."""
    since_date: date | None
    """First day of the present value without interruption; empty if it was so from the opening."""
    probation_until: date | None
    """First day on which a cure or probation that now holds the value will be over, if nothing happens."""
    counters: Mapping[str, int]
    """Such as `days_past_due`, `material_days`, `clean_days`."""
    reasons: tuple[ClassificationReason, ...]


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
