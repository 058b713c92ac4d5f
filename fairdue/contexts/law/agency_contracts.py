"""What agencies ask and tell, and what they are answered. Frozen, no models."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """An agency as it stands at our door."""

    code: str
    creditor_ids: frozenset[int]
    """The creditors of its teams: whose debts are placed with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitQuestion:
    """An agency asks before it contacts."""

    request_id: str
    creditor: str
    account_ref: str
    channel: str
    contact_value: str = ""
    """The number or address; empty where the channel needs none."""
    purpose: str = "collect"
    mode: str = "interactive"
    text: str = ""
    """The very text, of a written contact."""
    subject: str = ""
    staff_ref: str = ""
    """Who would speak, by the agency's own number."""
    staff_count: int = 1
    """Of a visit: how many go."""
    sender_account: str = "institution"
    """`private` for a staff member's own telephone or account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactReport:
    """An agency tells of a contact after it happened."""

    request_id: str
    contact_ref: str
    """The agency's own number of the contact; a later report of the same one can only make its result more final."""
    creditor: str
    account_ref: str
    channel: str
    result: str
    occurred_at: datetime
    contact_value: str = ""
    permit_id: int | None = None
    purpose: str = "collect"
    mode: str = ""
    direction: str = "outbound"


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadCard:
    """What became of a file of past contacts: `rows = accepted + repeated + rejected`."""

    upload_id: int
    agency: str
    file_name: str
    rows: int
    accepted: int
    repeated: int
    rejected: int
    breaches: int
    rejections: dict[str, int]
    status: str
    uploaded_by: str
    uploaded_at: datetime
    rejected_rows: tuple[RejectedRow, ...] = ()
    """Only of the run that read the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRow:
    """A row that was not taken: its number in the file, why, and which field."""

    line: int
    code: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachCard:
    """A contact of an agency that the gate would not have allowed, masked."""

    contact_id: int
    agency: str
    contact_ref: str
    person_id: int
    account_id: int
    name_masked: str
    value_masked: str
    channel: str
    result: str
    occurred_at: datetime
    outcome: str
    upload_id: int | None
    reasons: tuple[dict[str, Any], ...] = field(default_factory=tuple)

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """The rules that it broke, each once."""
        return tuple(dict.fromkeys(str(reason["rule_id"]) for reason in self.reasons))
