"""What the gate answers: an outcome with every reason, never a bare yes or no."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

Outcome = Literal["allow", "review", "defer", "hold", "refuse"]

OUTCOMES: tuple[Outcome, ...] = ("allow", "review", "defer", "hold", "refuse")
"""Mildest first: the position is the rank by which the strictest outcome wins."""

RANK: dict[str, int] = {outcome: rank for rank, outcome in enumerate(OUTCOMES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One broken rule: what it says here, where it is written, which facts it used.

    `retry_after` is the first moment at which this rule alone would be kept; None if waiting does not help.
    """

    rule_id: str
    outcome: str
    message_zh: str
    message_en: str
    citation: str
    pack: str
    version: str
    evidence: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    retry_after: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the reason as plain JSON values."""
        document = asdict(self)
        document["retry_after"] = self.retry_after.isoformat() if self.retry_after else None
        return document


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer of all rules together; the strictest wins and every broken rule is a reason.

    `retry_after` comes with `defer`: the first whole minute at which all rules together would allow.
    `requires` are conditions of an allowed contact, `flags` remarks that leave the outcome as it is.
    """

    outcome: str
    reasons: tuple[Reason, ...] = ()
    retry_after: datetime | None = None
    requires: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    """Ids of all rules that were in force at that moment, broken or kept."""

    @property
    def is_allowed(self) -> bool:
        """Whether the contact may be made as proposed."""
        return self.outcome == "allow"

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """The ids of the broken rules, each once, strictest first."""
        return tuple(dict.fromkeys(reason.rule_id for reason in self.reasons))

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as plain JSON values."""
        return {
            "outcome": self.outcome,
            "reasons": [reason.as_json() for reason in self.reasons],
            "retry_after": self.retry_after.isoformat() if self.retry_after else None,
            "requires": list(self.requires),
            "flags": list(self.flags),
            "asked": list(self.asked),
        }
