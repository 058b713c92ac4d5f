"""What the registry of packs hands to other rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationCard:
    """One decision about a rule's source."""

    pack: str
    rule: str
    rule_sha256: str
    pack_version: str
    evidence: str
    decision: str
    """`confirmed` or `withdrawn`."""
    source_seen: str
    decided_by: str
    role: str
    decided_at: datetime
    is_current: bool
    """The rule still says what was decided about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPack:
    """One published version of a pack."""

    code: str
    version: str
    sha256: str
    published_at: datetime

    @property
    def identity(self) -> str:
        """Version and digest as decisions name it."""
        return f"{self.version}@{self.sha256[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStanding:
    """By what a rule is in force, and who confirmed it, if anybody had to."""

    pack: str
    rule: str
    evidence: str
    basis: str
    """`law`, `house`, `house_ahead` or `unconfirmed` (loading.standing)."""
    confirmation: ConfirmationCard | None
    """The latest decision about it, be it a withdrawal or about what the rule said before."""
