"""When may this person next be contacted, and by what?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from fairdue.engine.law.verdict import Verdict
from fairdue.kernel.actor import Actor, system

from ..contracts import ChannelVerdict
from ..replay_contracts import NextContact
from .preview import preview_all


def next_allowed(
    person_id: int,
    now: datetime,
    *,
    actor: Actor | None = None,
    purpose: str = "collect",
    account_ids: Sequence[int] = (),
) -> tuple[NextContact, ...]:
    """This function will return every way of reaching a person that is or will be open, the soonest first.

    1. Ways that only the clock or a cap closes open at the gate's `retry_after`. 2. Ways that are refused, held or
    need a person's decision are left out: waiting does not open them. None at all: nobody may be contacted.
    """
    asker = actor or system("next allowed")
    answers = preview_all(person_id=person_id, now=now, actor=asker, purpose=purpose, account_ids=account_ids)
    return next_of(answers, now)


def next_of(answers: Iterable[ChannelVerdict], now: datetime) -> tuple[NextContact, ...]:
    """This function will order the ways that are or will be open by when; own contact points before others' ones."""
    found = [
        NextContact(
            channel=answer.channel, contact_point_id=answer.contact_point_id, value_masked=answer.value_masked,
            owner=answer.owner, at=at, is_now=answer.verdict.is_allowed,
        )
        for answer in answers
        if (at := opens_at(answer.verdict, now)) is not None
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: (each.at, each.owner != "debtor")))


def opens_at(verdict: Verdict, now: datetime) -> datetime | None:
    """This function will return when a way opens: now if it is open, None if waiting does not open it."""
    if verdict.is_allowed:
        return now
    return verdict.retry_after if verdict.outcome == "defer" else None
