"""What outreach tells other rooms: cards, reports, provider words. Frozen, no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateCard:
    """One version of one text in one language for one channel."""

    template_id: int
    code: str
    channel: str
    locale: str
    version: str
    subject: str
    body: str
    placeholders: Mapping[str, str]
    purpose: str
    due_condition: str
    sha256: str
    authored_by: str
    approved_by: str
    approved_at: datetime | None
    retired_at: datetime | None

    @property
    def is_live(self) -> bool:
        """Whether messages may be rendered from this version."""
        return self.approved_at is not None and self.retired_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What loading the template files did, in numbers of template versions."""

    created: int
    unchanged: int
    approved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCard:
    """A message for the timeline; `text` is empty unless the reader may see it."""

    message_id: int
    person_id: int
    account_id: int | None
    channel: str
    contact_point_id: int | None
    template_code: str
    locale: str
    purpose: str
    round: int
    cycle_date: date | None
    status: str
    not_before: datetime
    expires_at: datetime
    sent_at: datetime | None
    settled_at: datetime | None
    read_at: datetime | None
    recorded_at: datetime
    verdict: Mapping[str, Any] | None
    permit_id: int | None
    contact_id: int | None
    dispatch_status: str
    provider: str
    error: str
    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchReport:
    """What one pass of the dispatcher did; `claimed` is the sum of all the other counts but `reconciled`."""

    claimed: int = 0
    accepted: int = 0
    failed: int = 0
    unknown: int = 0
    retried: int = 0
    deferred: int = 0
    refused: int = 0
    expired: int = 0
    reconciled: int = 0
    """Of the claimed: those that an earlier pass had left open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """What became of a message that somebody wanted sent at once."""

    message_id: int
    status: str
    verdict: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderReport:
    """A delivery report, bounce, complaint or reply in our own words, whoever sent it."""

    provider: str
    event_ref: str
    kind: str
    """`delivered`, `failed`, `bounced`, `complained` or `replied`."""
    occurred_at: datetime
    provider_ref: str = ""
    idempotency_key: str = ""
    is_permanent: bool = False
    reason: str = ""
    text: str = ""
    """Of a reply; kept sealed."""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventReceipt:
    """What recording a provider's event did: a repeated event has no effect."""

    event_id: int
    is_new: bool
    is_known_dispatch: bool
    has_effect: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalMessage:
    """What the local provider holds of one message, as its outbox page shows it."""

    local_message_id: int
    idempotency_key: str
    channel: str
    recipient_masked: str
    text: str
    accepted_at: datetime
    reported_status: str
    report_due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalBehaviour:
    """What the local provider was told to do."""

    fail_percent: int = 0
    delay_seconds: int = 1
    duplicate_callbacks: bool = False
    drop_answer_percent: int = 0
