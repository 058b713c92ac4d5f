"""What care gives to others: frozen records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from fairdue.kernel.money import Money

MatterKind = Literal[
    "dispute", "complaint", "hardship", "vulnerability", "wrong_person", "callback", "contact_limits"
]
MatterState = Literal["open", "waiting_approval", "answered", "closed", "withdrawn"]
Tone = Literal["neutral", "amber", "red", "late", "done", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterClock:
    """How much of the time for an answer is used, for a badge that always carries words."""

    tone: Tone
    deadline_id: int | None = None
    """The law's clock behind it: its page holds extensions."""
    due_at: datetime | None = None
    """The first instant that is too late."""
    due_date: date | None = None
    """The last day that is in time."""
    days_left: int = 0
    """Calendar days, negative after the last."""
    used_percent: int = 0
    rule_id: str = ""
    citation: str = ""
    arithmetic_zh: str = ""
    arithmetic_en: str = ""
    is_extended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputedPart:
    """One component of one debt that the ledger leaves out."""

    account_id: int
    transaction_id: int
    component: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterCard:
    """One matter as a list shows it: no word of the person stands in it."""

    matter_id: int
    number: str
    kind: MatterKind
    cause: str
    state: MatterState
    person_id: int
    account_ids: tuple[int, ...]
    """Empty: all debts."""
    channel: str
    opened_at: datetime
    opened_by: str
    answer_due_at: datetime | None
    clock: MatterClock
    handler: str
    """Empty while nobody has taken it."""
    handler_id: int | None
    suggestions: tuple[str, ...]
    """Codes that the lexicon suggests from the words; a person decides."""
    outcome: str
    answered_at: datetime | None
    closed_at: datetime | None
    request_id: int | None
    """The law's record of the request, whose deadlines run."""
    hold_id: int | None
    disputed: tuple[DisputedPart, ...] = ()
    """What the ledger leaves out while it is checked."""
    correction_request_ids: tuple[int, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    is_repeated: bool = False
    """True when the same submission had been taken before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCard:
    """One thing that happened to a matter."""

    entry_id: int
    kind: str
    words: str
    by: str
    by_kind: str
    at: datetime
    is_shared: bool
    """Whether the person sees it."""
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerParts:
    """The four parts of an answer."""

    understood: str
    """What we understood."""
    found: str
    """What we looked at and found."""
    decided: str
    """What we decided, and on which grounds."""
    next_steps: str
    """What happens now, and where the person can go with it."""

    def __iter__(self) -> Iterator[str]:
        return iter((self.understood, self.found, self.decided, self.next_steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCard:
    """One answer: written, approved where the kind asks for it, given."""

    answer_id: int
    outcome: str
    parts: AnswerParts
    state: Literal["waiting", "given", "returned"]
    written_by: str
    written_by_id: int | None
    written_at: datetime
    decided_by: str
    decided_at: datetime | None
    return_reason: str
    letter_id: int | None
    """The document that holds the letter."""
    correction_minor: int | None
    """How much of what is disputed is corrected; None: all of it, if it is upheld."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCard:
    """One document of a matter, without its content."""

    document_id: int
    matter_id: int
    name: str
    media_type: str
    size: int
    kind: Literal["upload", "letter"]
    added_by: str
    added_by_kind: str
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentContent:
    """A document with its bytes, opened for somebody who may read it."""

    card: DocumentCard
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterDetail:
    """One matter with everything that belongs to it."""

    card: MatterCard
    words: str
    entries: tuple[EntryCard, ...]
    answers: tuple[AnswerCard, ...]
    documents: tuple[DocumentCard, ...]
    about_staff: tuple[int, ...]
    """Staff that a complaint is about: none of them handles it."""

    @property
    def answer(self) -> AnswerCard | None:
        """The latest answer that was given."""
        given = [each for each in self.answers if each.state == "given"]
        return given[-1] if given else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterPage:
    """One page of a queue, the nearest end first."""

    rows: tuple[MatterCard, ...]
    next_cursor: str | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterFigures:
    """What an auditor asks of a kind and cause over a time."""

    kind: str
    cause: str
    opened_count: int
    answered_count: int
    late_count: int
    """Answered after the last day, or unanswered and beyond it."""
    upheld_count: int
    """Wholly or in part."""
    median_days: float | None
    """From opening to the answer."""
    slowest_days: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A code with its words."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KindTerms:
    """What packs/reference/matters.yaml says of a kind."""

    code: MatterKind
    name: Choice
    """What the house calls it, in lists, letters and messages."""
    title: Choice
    """What the person chooses."""
    about: Choice
    """A sentence for the person who may want it."""
    is_held: bool
    """Whether contacts stop while it is open."""
    causes: tuple[Choice, ...]
    requests: Mapping[str, str]
    """Kind of the law's request by cause; "" for any other."""
    outcomes: tuple[Choice, ...]
    upheld: frozenset[str]
    needs_approval: frozenset[str]
    """Outcomes that another person approves."""
    handlers: tuple[str, ...]
    approvers: tuple[str, ...]
    is_human_first: bool
    is_short: bool
    """Whether an answer needs only what was decided."""


class CareRefused(ValueError):
    """It cannot be done so; nothing was changed, `code` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class MatterUnknown(CareRefused):
    """There is no such matter in the actor's scope; it reads like "not found"."""

    def __init__(self, message: str) -> None:
        super().__init__("care.matter.unknown", message)


class DocumentUnknown(CareRefused):
    """There is no such document in the actor's scope; it reads like "not found"."""

    def __init__(self, message: str) -> None:
        super().__init__("care.document.unknown", message)


class DocumentRefused(CareRefused):
    """The file is not taken; nothing of it is kept, `code` says why."""
