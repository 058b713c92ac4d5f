"""Deadlines of the demonstration: one that ends soon, one extended, one that waits for an extension, one missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law import facade as law
from fairdue.journeys.seed_demo import staff_by_role
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import HOUSE_ZONE, business_date


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What a borrower of the demonstration asked for, so many days ago."""

    kind: str
    channel: str
    days_ago: int
    summary: str


SAID = (
    _Said(kind="complaint", channel="call", days_ago=13, summary="称违约金重复收取，要求退还"),
    _Said(kind="complaint", channel="regulator", days_ago=10, summary="称未办理过该笔分期，要求核查"),
    _Said(kind="complaint", channel="letter", days_ago=8, summary="称还款已到账但仍被催收"),
    _Said(kind="hardship", channel="call", days_ago=24, summary="失业，申请延长还款期限"),
    _Said(kind="bureau_objection", channel="bureau", days_ago=3, summary="称2026年8月的逾期记录有误"),
    _Said(kind="hardship", channel="portal", days_ago=2, summary="住院治疗，申请降低每期还款额"),
)
NEAR, EXTENDED, WAITING, MISSED, OBJECTION, CALM = range(len(SAID))
APPROVAL = "情况复杂，须向商户调取签购单"
RECEIVED = time(10, 30)


@transaction.atomic
def seed_deadlines(*, actor: Actor, now: datetime) -> int:
    """This function will let some borrowers with open work ask for something, and return how many did; once."""
    if law.deadlines(actor=actor, now=now, state="all", limit=1).rows:
        return 0
    staff = {role: card.staff_id for role, card in staff_by_role(actor).items()}
    by_role = {role: found for role in staff if (found := identity.actor_by_id(staff[role])) is not None}
    rows = cases.queue(actor=actor, limit=len(SAID) * 3).rows
    person_ids = list(dict.fromkeys(row.person_id for row in rows))[: len(SAID)]
    if len(person_ids) < len(SAID) or not {"collector", "supervisor", "compliance"} <= by_role.keys():
        return 0
    taken = [
        _ask(said, person_id, by_role["collector"], now)
        for said, person_id in zip(SAID, person_ids, strict=True)
    ]
    _extend(taken[EXTENDED], by_role, now, is_decided=True)
    _extend(taken[WAITING], by_role, now, is_decided=False)
    annotation = next(card for card in taken[OBJECTION].deadlines if card.kind == "bureau_annotation")
    law.meet_deadline(
        deadline_id=annotation.deadline_id, note="已在征信系统标注，回执0821", actor=by_role["compliance"], now=now,
        occurred_at=annotation.started_at + timedelta(hours=2),
    )  # fmt: skip
    law.sweep_deadlines(now, actor=actor)
    return len(taken)


def _ask(said: _Said, person_id: int, collector: Actor, now: datetime) -> law.RequestTaken:
    day = business_date(now) - timedelta(days=said.days_ago)
    return law.record_request(
        person_id=person_id, kind=said.kind, channel=said.channel, summary=said.summary,
        received_at=datetime.combine(day, RECEIVED, HOUSE_ZONE), actor=collector, now=now,
        facts={"complexity": "simple"} if said.kind == "complaint" else None,
    )  # fmt: skip


def _extend(taken: law.RequestTaken, by_role: dict[str, Actor], now: datetime, *, is_decided: bool) -> None:
    asked = law.request_extension(
        deadline_id=taken.deadlines[0].deadline_id, reason=APPROVAL, actor=by_role["supervisor"], now=now
    )
    if is_decided:
        law.decide_extension(
            extension_id=asked.extension_id, is_approved=True, reason="", actor=by_role["compliance"], now=now
        )  # fmt: skip
