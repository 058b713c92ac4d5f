"""A challenger for the demonstration: the gentler strategy decides beside the live one every night and touches nobody."""

from __future__ import annotations

from datetime import datetime

from fairdue.contexts.decisions import facade as decisions
from fairdue.kernel.actor import Actor

LIVE, GENTLE = "reminders-cn", "reminders-gentle"
VERSION = "gentle-1"


def seed_challenger(*, actor: Actor, now: datetime) -> int | None:
    """Save the tables of the gentler strategy as a version of the live one, check it and start its shadow.

    Nothing is done where a version of that name exists; its id is returned otherwise.
    """
    if any((card.code, card.version) == (LIVE, VERSION) for card in decisions.strategies()):
        return None
    tables = decisions.published_strategy(GENTLE).content
    document = {**tables, "code": LIVE, "version": VERSION}
    draft = decisions.save_draft(code=LIVE, document=document, actor=actor, now=now)
    decisions.check_version(strategy_id=draft.strategy_id, acknowledge=True, actor=actor, now=now)
    return decisions.start_shadow(strategy_id=draft.strategy_id, actor=actor, now=now).strategy_id
