"""What the identity context hands out: cards of staff and teams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCard:
    """One member of staff as a list shows them."""

    staff_id: int
    username: str
    display_name: str
    role: str
    team_id: int | None
    team_code: str
    team_name: str
    agency_code: str
    is_active: bool
    latest_login_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCard:
    """One team with its data scope; `creditor_ids` is None for every creditor."""

    team_id: int
    code: str
    name: str
    agency_code: str
    creditor_ids: frozenset[int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterReader:
    """Where and in which language a member of staff reads letters of the house."""

    address: str
    locale: str
