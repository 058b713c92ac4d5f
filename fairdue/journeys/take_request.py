"""Take in what a borrower asks for at the desk: what is a matter goes to care with all that follows, the rest to the law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairdue.contexts.care import facade as care
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.journeys.care import open_matter
from fairdue.journeys.start_call import accounts_in_scope
from fairdue.kernel.actor import Actor

AT_THE_DESK = ("complaint", "dispute", "hardship", "vulnerability", "wrong_person")
"""Kinds of request that are matters when they come in at the desk; a call back and fewer contacts have forms of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was taken in: the clocks that run, and the matter if it is one."""

    deadlines: tuple[law.DeadlineCard, ...]
    is_repeated: bool
    matter: care.MatterCard | None = None


@transaction.atomic
def take_request(
    *,
    case_id: int,
    kind: str,
    channel: str,
    summary: str,
    received_at: datetime,
    actor: Actor,
    now: datetime,
    account_id: int | None = None,
    facts: Mapping[str, str] | None = None,
    is_held: bool = False,
    cause: str = "other",
) -> Taken:
    """Record a request of a case's person about all debts or one of them; its clocks run from when it came in.

    1. The same kind about the same debt at the same minute is the same request: a repetition changes nothing.
    2. A matter stops contacts as its kind says, whatever `is_held` says.

    :raises NotInScope: if the case is not in the actor's scope
    :raises law.DeadlineRefused, care.CareRefused: if the debt is not one of the case's, or it cannot be recorded so
    """
    actor.require("deadlines.record")
    case = cases.case_card(case_id=case_id, actor=actor)
    if account_id is not None and account_id not in accounts_in_scope(case.person_id, actor):
        raise law.DeadlineRefused("law.request.account", f"account {account_id} is not one of this case")
    if kind not in AT_THE_DESK:
        taken = law.record_request(
            person_id=case.person_id, kind=kind, channel=channel, summary=summary, received_at=received_at, actor=actor,
            now=now, account_id=account_id, facts=facts, is_held=is_held,
        )  # fmt: skip
        return Taken(deadlines=taken.deadlines, is_repeated=taken.is_repeated)
    if received_at > now:
        raise law.DeadlineRefused("law.deadline.in_the_future", f"{received_at} lies after {now}")
    return _as_matter(
        case.person_id, kind, channel, summary, received_at, actor, now, account_id, facts, cause
    )


def _as_matter(
    person_id: int,
    kind: str,
    channel: str,
    summary: str,
    received_at: datetime,
    actor: Actor,
    now: datetime,
    account_id: int | None,
    facts: Mapping[str, str] | None,
    cause: str,
) -> Taken:
    minute = received_at.replace(second=0, microsecond=0)
    card = open_matter(
        person_id=person_id, kind=kind, account_ids=() if account_id is None else (account_id,), words=summary,
        channel=channel, details={}, actor=actor, now=now, cause=cause if care.terms_of(kind).causes else "",
        received_at=minute, facts=facts, reference=f"desk:{kind}:{account_id or 'all'}:{minute:%Y%m%d%H%M}",
    )  # fmt: skip
    running = law.deadline_cards([card.clock.deadline_id], now) if card.clock.deadline_id else {}
    return Taken(deadlines=tuple(running.values()), is_repeated=card.is_repeated, matter=card)
