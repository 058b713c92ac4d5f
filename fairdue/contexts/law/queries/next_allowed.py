"""When may this person next be contacted, and by what?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

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
            owner=answer.owner, at=now if answer.verdict.is_allowed else answer.verdict.retry_after or now,
            is_now=answer.verdict.is_allowed,
        )
        for answer in answers
        if answer.verdict.is_allowed or (answer.verdict.outcome == "defer" and answer.verdict.retry_after)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: (each.at, each.owner != "debtor")))
