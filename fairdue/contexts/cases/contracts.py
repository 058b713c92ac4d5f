"""What the facade of cases hands out: frozen cards, pages and codes; no model instances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCard:
    """One case as the desk shows it; `creditor_ids` are the creditors of the person's debts."""

    case_id: int
    person_id: int
    creditor_ids: frozenset[int]
    status: str
    queue: str
    team_id: int | None
    assigned_to_id: int | None
    assigned_to: str
    assigned_because: str
    """Why this collector, as a code."""
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed:
    """A case that was closed, with how much open work and how many open promises ended with it."""

    case_id: int
    closed_work_count: int
    cancelled_promise_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseCard:
    """A promise to pay with what has come in for it; `deadline_date` is the promised date plus grace."""

    promise_id: int
    case_id: int
    person_id: int
    account_id: int | None
    amount: Money
    promised_date: date
    deadline_date: date
    tolerance: Money
    grace_days: int
    received: Money
    status: str
    recorded_by: str
    recorded_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItemCard:
    """A thing to do on a case; `overdue` and `days_past_due` as of its cycle date."""

    work_item_id: int
    case_id: int
    person_id: int
    cycle_date: date
    kind: str
    queue: str
    rank: int
    reason: str
    days_past_due: int
    bucket: str
    overdue: Money
    not_before: datetime | None
    status: str
    done_at: datetime | None
    done_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One line of the queue; `assigned_to` is a name, empty if nobody has the case."""

    work_item_id: int
    case_id: int
    person_id: int
    name_masked: str
    kind: str
    queue: str
    rank: int
    reason: str
    days_past_due: int
    bucket: str
    overdue: Money
    not_before: datetime | None
    assigned_to_id: int | None
    assigned_to: str
    promise: PromiseCard | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """One page of the queue; `next_cursor` is what to pass as `after`, None on the latest page.

    `count` is exact unless `count_is_capped`: then there are more ("1,000+").
    """

    rows: tuple[QueueRow, ...]
    next_cursor: str | None
    count: int
    count_is_capped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCard:
    """One queue that the actor can see, with its number of open items in scope (capped)."""

    code: str
    count: int
    count_is_capped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectorLoad:
    """How many open cases one member of staff has (capped)."""

    staff_id: int
    case_count: int
    case_count_is_capped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """How the open cases of a scope are distributed; counts are capped."""

    unassigned_count: int
    unassigned_count_is_capped: bool
    others_count: int
    """Assigned, but to nobody among those asked for."""
    others_count_is_capped: bool
    collectors: tuple[CollectorLoad, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeCode:
    """结果码: one way a contact can end, with its consequences as data (packs/reference/outcomes.yaml)."""

    code: str
    zh: str
    en: str
    channels: frozenset[str]
    """Channels that it can be recorded for; `note` is a plain note without a contact."""
    result: str
    """What law.Contact.result becomes; empty if there is no contact."""
    is_contact: bool
    """A human being was reached."""
    is_right_party: bool
    """The debtor, verified, was reached."""
    is_third_party: bool
    asks_promise: bool
    marks_invalid: bool
    """The contact point is not the debtor's: it is marked invalid."""
    opts_out: str
    """`point` (this contact point), `channel`, `all`, or empty."""
    asks_hold: str
    """Kind of hold to place, or empty."""
    closes_work: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeCard:
    """What came of a contact, or a plain note; labels in both languages."""

    outcome_id: int
    case_id: int
    contact_id: int | None
    channel: str
    code: str
    label_zh: str
    label_en: str
    note: str
    recorded_by: str
    occurred_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A case with its open work in order, and its promises and outcomes newest first."""

    case: CaseCard
    work_items: tuple[WorkItemCard, ...]
    promises: tuple[PromiseCard, ...]
    outcomes: tuple[OutcomeCard, ...]
    changes: tuple[ChangeCard, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRules:
    """The limits of a promise, as data (packs/reference/promises.yaml)."""

    latest_days: int
    grace_days: int
    tolerance_percent: int
    tolerance_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What became of promises when receipts were counted again: numbers of changes."""

    kept: int = 0
    broken: int = 0
    reopened: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCard:
    """A change around a case that somebody made for a reason; `undone_at` if it was taken back."""

    change_id: int
    case_id: int
    kind: str
    """`handed_over`, `escalated`, `callback`, `note`, `hold`."""
    details: Mapping[str, Any]
    reason: str
    changed_by: str
    changed_by_id: int | None
    changed_at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayItem:
    """One line of somebody's day: a case with why it stands there and until when."""

    case_id: int
    person_id: int
    name_masked: str
    at: datetime | None
    """When it is to be done; None: any time today."""
    zone: str
    """The person's zone."""
    reason: str
    days_past_due: int
    bucket: str
    overdue: Money
    promise: PromiseCard | None
