"""What parties tells other rooms: masked cards, never a value in clear."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

RevealField = Literal["name", "id_number", "contact"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCard:
    """A person as every list shows one."""

    person_id: int
    name_masked: str
    id_masked: str
    home_zone: str
    locale: str
    preferred_channel: str
    is_deceased: bool
    birth_year: int | None
    sex: str
    birth_date: date | None = field(default=None, repr=False)
    """For the law's question of age; screens show the year."""
    residence: str = ""
    """Jurisdiction in which the person lives, if its packs bind beside those of the debts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPointCard:
    """A way to reach a person, masked."""

    contact_point_id: int
    person_id: int
    medium: str
    owner: str
    relation: str
    value_masked: str
    zone: str
    rank: int
    status: str
    is_opted_out: bool
    verified_at: datetime | None
    place: str = ""
    """`home`, `work` or empty if unknown."""
    jurisdiction: str = ""
    """Of the address or the number's area."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentCard:
    """The latest statement of one kind, on one channel or contact point."""

    consent_id: int
    contact_point_id: int | None
    channel: str
    kind: str
    detail: dict[str, Any] = field(default_factory=dict)
    source: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PartiesLanded:
    """What became of the rows of one batch of a file.

    `notes` counts what is accepted but worth a look, by reason code.
    """

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    notes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCode:
    """A one-time code on its way out; it is shown to nobody but its recipient."""

    code_id: int
    code: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAnswer:
    """What came of trying a one-time code: whose it was, or why not (`wrong`, `too_soon`, `spent`, `expired`)."""

    person_id: int | None = None
    contact_point_id: int | None = None
    refused: str = ""
