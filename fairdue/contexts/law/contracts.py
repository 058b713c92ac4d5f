"""What the law hands to other rooms: frozen values, no models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from fairdue.engine.law.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One contact that is asked for."""

    person_id: int
    channel: str
    contact_point_id: int | None
    purpose: str
    content_sha256: str
    mode: str = "interactive"
    account_ids: Sequence[int] = ()
    """The debts it is about; none: all that are open."""
    staff_count: int = 1
    """Of a visit: how many go."""
    enters_premises: bool = False
    grounds: str = ""
    """Special reason for a call, such as `active_litigation`."""
    staff_ref: str = ""
    """Who at the agency speaks, by its own number."""
    sender_account: str = "institution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """The answer to asking for a contact: a permit and a counted contact if allowed, else only the verdict."""

    permit_id: int | None
    contact_id: int | None
    verdict: Verdict
    expires_at: datetime | None = None
    """Until when the permit can be used."""

    @property
    def is_allowed(self) -> bool:
        """Whether a permit was issued."""
        return self.permit_id is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelVerdict:
    """The gate's answer for one way of reaching a person, with the tightest cap and how much of it is used."""

    channel: str
    contact_point_id: int | None
    value_masked: str
    owner: str
    mode: str
    verdict: Verdict
    used: int
    cap: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCard:
    """One contact as it counts."""

    contact_id: int
    person_id: int
    contact_point_id: int | None
    institution_group: str
    made_by: str
    channel: str
    mode: str
    direction: str
    purpose: str
    result: str
    occurred_at: datetime
    permit_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCard:
    """One hold, open or lifted."""

    hold_id: int
    person_id: int
    account_id: int | None
    kind: str
    reason: str
    permitted_purposes: tuple[str, ...]
    started_at: datetime
    ended_at: datetime | None
    placed_by: str
    ended_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitCard:
    """A permit as it was issued."""

    permit_id: int
    chain: int
    position: int
    person_id: int
    contact_point_id: int | None
    channel: str
    purpose: str
    content_sha256: str
    issued_at: datetime
    expires_at: datetime
    issued_to: str
    verdict: dict[str, object]
    key_id: int
    used_at: datetime | None
    """When it was consumed by its send; None if it never was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainFault:
    """One place where a permit chain is broken."""

    chain: int
    position: int
    permit_id: int | None
    kind: str
    """`altered`, `removed`, `inserted`, `unsigned` or `misused`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """What a verification of all permit chains found."""

    permits: int
    chains: int
    faults: tuple[ChainFault, ...]

    @property
    def is_intact(self) -> bool:
        """Whether nothing was altered, removed, inserted, left unsigned or used for something else."""
        return not self.faults


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleReport:
    """What an exported bundle of permits holds."""

    path: Path
    permits: int
    chains: int
    packs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RulebookEntry:
    """One check as a page shows it."""

    rule_id: str
    part: str
    title_zh: str
    title_en: str
    yields: str
    message_zh: str
    message_en: str
    citation: str
    evidence: str
    rank: str
    effective_from: date
    effective_to: date | None
    parameters: dict[str, object]
    applies_to: object
    exceptions: tuple[tuple[str, str], ...]
    """Labels of the exceptions, zh and en."""
    test_count: int
    pack: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMark:
    """A place in a text of what may not be said: `subject[start:end]` or `text[start:end]`."""

    part: str
    start: int
    end: int
    quote: str
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFinding:
    """One rule that a text breaks."""

    rule_id: str
    outcome: str
    """`refuse`; `review` for a rule that awaits confirmation."""
    message_zh: str
    message_en: str
    citation: str
    evidence: str
    pack: str
    version: str
    missing: tuple[str, ...]
    marks: tuple[TextMark, ...]

    def as_reason(self) -> dict[str, object]:
        """Return the finding in the form of a gate's reason; places instead of words, which may name somebody."""
        places = ", ".join(f"{mark.part} {mark.start}-{mark.end} {mark.topic}" for mark in self.marks)
        return {
            "rule_id": self.rule_id, "outcome": self.outcome, "message_zh": self.message_zh,
            "message_en": self.message_en, "citation": self.citation, "pack": self.pack, "version": self.version,
            "evidence": self.evidence, "facts": {"places": places} if places else {}, "retry_after": None,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReport:
    """What the content pack says of one text."""

    outcome: str
    """`allow`, `review` or `refuse`."""
    findings: tuple[TextFinding, ...]
    version: str
    sha256: str
    """Of the content pack."""

    @property
    def is_refused(self) -> bool:
        """Whether the text may not be said as it stands."""
        return self.outcome == "refuse"

    def as_verdict(self) -> dict[str, object]:
        """Return the report in the form of a gate's verdict."""
        return {
            "outcome": self.outcome,
            "reasons": [finding.as_reason() for finding in self.findings],
            "retry_after": None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRuleCard:
    """One rule on texts as a page shows it."""

    rule_id: str
    pack: str
    title_zh: str
    title_en: str
    citation: str
    rank: str
    evidence: str
    effective_from: date
    effective_to: date | None
    version: str
    topics: tuple[tuple[str, str], ...]
    """What it forbids, zh and en."""
    elements: tuple[tuple[str, str], ...]
    """What it wants said, zh and en."""
    sentence_count: int
    """Sentences that prove its patterns at every loading."""
