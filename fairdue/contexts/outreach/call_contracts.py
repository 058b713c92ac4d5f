"""What outreach tells of calls and errands. Frozen, no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCallCard:
    """One call, from the permit to the recording."""

    call_id: int
    permit_id: int
    contact_id: int
    case_id: int
    person_id: int
    staff_id: int | None
    staff_name: str
    state: str
    """`by_hand`, `dialling`, `ringing`, `answered`, `busy`, `no_answer`, `failed`, `ended`, `unknown`."""
    error: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    confirmed_at: datetime | None
    confirmed_by_facts: tuple[str, ...]
    has_recording: bool
    is_open: bool
    """Its outcome is still to be recorded."""

    @property
    def seconds(self) -> int | None:
        """How long they talked; None if nobody answered, or it goes on."""
        if self.answered_at is None or self.ended_at is None:
            return None
        return int((self.ended_at - self.answered_at).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandCard:
    """A letter or a visit that somebody asked for."""

    errand_id: int
    case_id: int
    person_id: int
    account_id: int
    channel: str
    contact_point_id: int
    subject: str
    text: str
    """Of a letter; empty unless the reader may see it."""
    locale: str
    grounds: str
    staff_count: int
    enters_premises: bool
    status: str
    """`asked`, `made`, `withdrawn`."""
    verdict: Mapping[str, Any] | None
    permit_id: int | None
    contact_id: int | None
    asked_by: str
    asked_at: datetime
    settled_by: str
    settled_at: datetime | None
