"""What a replay tells: which contacts would break which rules, whose they are, how much money stands behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedContact:
    """One contact that would not be allowed, masked, or of which a draft judges otherwise than what is in force."""

    contact_id: int
    person_id: int
    name_masked: str
    value_masked: str
    made_by: str
    channel: str
    mode: str
    result: str
    occurred_at: datetime
    had_permit: bool
    outcome: str
    """Under the packs in force."""
    draft_outcome: str
    """Under the draft; the same as `outcome` where none was given."""
    rule_ids: tuple[str, ...]
    """Broken under the draft, or in force where none was given."""
    reasons: tuple[dict[str, Any], ...]

    @property
    def is_newly_broken(self) -> bool:
        """Whether only the draft stands against it."""
        return self.outcome == "allow" != self.draft_outcome

    @property
    def is_newly_allowed(self) -> bool:
        """Whether only what is in force stands against it."""
        return self.draft_outcome == "allow" != self.outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayReport:
    """A period's contacts under the packs in force and under a draft: `contacts = judged + passed_over`."""

    since: datetime
    until: datetime
    as_if: date | None
    packs: dict[str, str]
    drafts: dict[str, str]
    contacts: int
    judged: int
    passed_over: int
    """Made by the debtor, or never left."""
    broken: int
    """Under the packs in force."""
    draft_broken: int
    newly_broken: int
    newly_allowed: int
    persons: int
    """With a contact that breaks under the draft, or in force where none was given."""
    by_rule: dict[str, int]
    by_channel: dict[str, int]
    by_maker: dict[str, int]
    balance: tuple[Money, ...]
    """That these persons owe on `money_date`, one per currency."""
    overdue: tuple[Money, ...]
    money_date: date
    rows: tuple[ReplayedContact, ...]
    """In order of time, at most so many as were asked for."""
    row_count: int
    """Of all such rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextContact:
    """From when one way of reaching a person is open, if nothing else happens meanwhile."""

    channel: str
    contact_point_id: int | None
    value_masked: str
    owner: str
    at: datetime
    is_now: bool
