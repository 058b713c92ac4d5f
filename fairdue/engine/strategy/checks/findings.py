"""What a check says: a finding, the account that shows it, and the path that leads there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class PathStep:
    """One moment on the way to a fault: the day counted from the first one, what happened, and what was decided.

    `facts` are those that the event moved (all of them in the first step); `event` is a code of the catalogue, or
    "start".
    """

    day: int
    event: str
    facts: Mapping[str, Any]
    row_id: str | None
    stage: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a strategy.

    `example` is an account, a full record of the facts, for which `decide_one` shows the fault; None where no
    account can (a row that never fires has none).
    """

    kind: str
    severity: Severity
    decision: str
    row_ids: tuple[str, ...]
    message_zh: str
    message_en: str
    example: Mapping[str, Any] | None = None
    path: tuple[PathStep, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many contacts of some channels to one person within so many days, and which rule says so.

    `channels` are `message` (texts, mails, pushes, in-app), `call`, `letter`, `visit`.
    """

    channels: tuple[str, ...]
    max_contacts: int
    days: int
    rule: str
    zh: str = ""
    en: str = ""
