"""What the audit context hands out: event cards, blocks and the report of a verification."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What differs between events that are recorded together."""

    subject_id: int | str
    person_id: int | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


class StateBefore(NamedTuple):
    """What stood before an event about a person."""

    person_id: int
    occurred_at: datetime
    subject_id: str
    before: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCard:
    """One recorded event as a screen shows it; the words for `code` are chosen when it is read."""

    event_id: int
    occurred_at: datetime
    code: str
    actor_kind: str
    actor_id: int | None
    actor_label: str
    gesture: uuid.UUID
    subject_type: str
    subject_id: str
    person_id: int | None
    reason: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One sealed block of the chain; keep `hash` of the newest one outside the database."""

    number: int
    sealed_at: datetime
    event_count: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it was written: its kind, the row it concerns and what was expected.

    `kind` is one of `event_altered`, `block_content`, `block_altered`, `block_missing`, `head_missing`.
    """

    kind: str
    subject: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What a verification read and found.

    `unsealed` events are checked one by one, but removing them again could not be noticed yet.
    `findings` holds the first hundred; `finding_count` counts them all.
    """

    events: int
    blocks: int
    unsealed: int
    head: str
    finding_count: int
    findings: tuple[Finding, ...]

    @property
    def is_intact(self) -> bool:
        """Whether nothing was found."""
        return self.finding_count == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionRunCard:
    """A run over everything whose time is over; `digest` is empty while it is under way."""

    run_id: int
    kind: str
    as_of: date
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    pack_versions: dict[str, str]
    summary: dict[str, Any]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCard:
    """What one transaction erased: how many records of a class, by which rules, with the digest of their ids."""

    number: int
    run_id: int
    class_code: str
    action: str
    record_count: int
    person_count: int
    ids_sha256: str
    rules: dict[str, int]
    kept_until_max: date
    erased_at: datetime
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionReport:
    """What a verification of the batches read and found."""

    batches: int
    records: int
    findings: tuple[Finding, ...]
