"""What the facade hands out about deadlines, extensions and requests; and how it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

SOON_WORKING_DAYS = 2
"""So many working days before its end a deadline is near."""


class DeadlineRefused(ValueError):
    """What was asked of a deadline cannot be done; nothing was changed, `code` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class DeadlineUnknown(DeadlineRefused):
    """There is no such deadline in the actor's scope."""

    def __init__(self, message: str) -> None:
        super().__init__("law.deadline.unknown", message)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionOffer:
    """How far a deadline could still be extended, and what a request for it must say."""

    step: str
    title_zh: str
    title_en: str
    max_date: date
    needs: tuple[str, ...]
    approvers: tuple[str, ...]
    rule_id: str
    citation: str
    note_zh: str
    note_en: str
    arithmetic_zh: str
    arithmetic_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionCard:
    """One extension that was asked for."""

    extension_id: int
    deadline_id: int
    step: str
    rule_id: str
    citation: str
    from_date: date
    asked_date: date
    max_date: date
    arithmetic_zh: str
    arithmetic_en: str
    reason: str
    reference: str
    notice: str
    status: str
    requested_by_id: int
    requested_by: str
    requested_at: datetime
    decided_by: str
    decided_role: str
    decided_at: datetime | None
    decision_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineCard:
    """One deadline as it stands at a moment."""

    deadline_id: int
    kind: str
    nature: str
    title_zh: str
    title_en: str
    act_zh: str
    act_en: str
    subject_type: str
    subject_id: int
    person_id: int
    account_id: int | None
    creditor_ids: frozenset[int]
    step: str
    pack: str
    pack_version: str
    rule_id: str
    citation: str
    evidence: str
    arithmetic_zh: str
    arithmetic_en: str
    started_at: datetime
    start_date: date
    due_date: date
    due_at: datetime
    first_due_date: date
    status: str
    urgency: str
    """`missed`, `today`, `near`, `calm`; of one that has ended `done`."""
    days_left: int
    """Calendar days to the last day, negative after it."""
    working_days_left: int
    is_extended: bool
    has_open_extension: bool
    met_at: datetime | None
    missed_at: datetime | None
    closed_by: str
    closed_at: datetime | None
    note: str
    started_by: str
    started_by_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineDetail:
    """One deadline with everything that happened to it and what may still be done."""

    card: DeadlineCard
    extensions: tuple[ExtensionCard, ...]
    offer: ExtensionOffer | None
    """The next extension, if the rule has one and it is not too late."""
    request: RequestCard | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinePage:
    """One page of deadlines, the nearest end first; `next_cursor` is what to pass as `after`."""

    rows: tuple[DeadlineCard, ...]
    next_cursor: str | None
    count: int
    count_is_capped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingExtension:
    """An open extension with its deadline, and whether the actor may decide it."""

    extension: ExtensionCard
    deadline: DeadlineCard
    may_decide: bool
    why_not: str
    """`own`, `role`, `permission` or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCard:
    """What a borrower asked for or complained of."""

    request_id: int
    person_id: int
    account_id: int | None
    kind: str
    channel: str
    summary: str
    received_at: datetime
    hold_id: int | None
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestTaken:
    """A request that was recorded, and the deadlines that run because of it."""

    request: RequestCard
    deadlines: tuple[DeadlineCard, ...]
    is_repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A code with its words."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKind:
    """A kind of request that starts at least one clock for these debts."""

    code: str
    title_zh: str
    title_en: str
    hold: str
    """Kind of hold that stops contacts while it is open."""
    facts: tuple[tuple[str, str, str, tuple[Choice, ...]], ...]
    """Name, title in zh and en, and values of each fact that decides a clock's length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepReport:
    """What a sweep found: how many duties were missed, how many periods have passed."""

    missed_count: int
    passed_count: int
