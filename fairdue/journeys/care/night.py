"""Each night: what is overdue is raised, holds whose time has passed end, corrections that were decided take effect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairdue.contexts.care import facade as care
from fairdue.contexts.law import facade as law
from fairdue.journeys.care.dispute_money import release_decided
from fairdue.kernel.actor import Actor, system


@dataclass(frozen=True, slots=True, kw_only=True)
class CareNight:
    """What a night did."""

    overdue_count: int
    lifted_count: int
    released_count: int


def look_after_matters(now: datetime, *, actor: Actor | None = None) -> CareNight:
    """This function will raise what is overdue, lift the holds whose quiet period has passed, and release what was decided.

    1. Each matter is its own transaction: killed at any moment, the next night goes on.
    """
    actor = actor or system("care night")
    law.sweep_deadlines(now, actor=actor)
    swept = care.sweep_matters(now, actor=actor)
    released = release_decided(actor=actor, now=now)
    return CareNight(
        overdue_count=swept.overdue_count, lifted_count=swept.lifted_count, released_count=released
    )
