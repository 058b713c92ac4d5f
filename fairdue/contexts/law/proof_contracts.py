"""What the proof of one permit tells: what it says, how it hangs in its chain, whether it stands when judged again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .contracts import PermitCard


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitLine:
    """One permit of a list."""

    permit_id: int
    person_id: int
    chain: int
    position: int
    channel: str
    purpose: str
    issued_at: datetime
    issued_to: str
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRule:
    """One rule that was asked and kept, as its pack said it then."""

    rule_id: str
    title_zh: str
    title_en: str
    citation: str
    evidence: str
    effective_from: date
    pack: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPack:
    """A pack as the permit names it; `is_stored` if its very text is stored here."""

    code: str
    version: str
    sha256: str
    is_stored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitProof:
    """A permit with the outcome of every check that can be made of it alone; `None` is a check that cannot be made."""

    permit: PermitCard
    inputs_sha256: str
    previous_hash: str
    hash: str
    signature: str
    chain_length: int
    facts: dict[str, Any]
    rules: tuple[AskedRule, ...]
    packs: tuple[NamedPack, ...]
    contact_id: int | None
    is_unaltered: bool
    """What it says gives its hash."""
    is_signed: bool
    """The key that it names signed the hash."""
    is_linked: bool
    """It follows the permit before it, and the one after it, or the sealed head, follows it."""
    is_use_as_permitted: bool | None
    """Its use has its text, recipient and channel and lies in its time; None if it was not used."""
    is_same_again: bool | None
    """Judged again with its facts by the pack versions that it names, it is allowed by the same rules."""

    @property
    def is_intact(self) -> bool:
        """Whether no check fails."""
        checks = (
            self.is_unaltered,
            self.is_signed,
            self.is_linked,
            self.is_use_as_permitted,
            self.is_same_again,
        )
        return all(check is not False for check in checks)
