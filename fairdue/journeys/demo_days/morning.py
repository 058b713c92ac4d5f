"""The demo date's own morning: who is away, who has too much, who rests after a hard call."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.outreach import facade as outreach
from fairdue.journeys.demo_days.calls import Desk
from fairdue.kernel.actor import Actor, system
from fairdue.kernel.clock import business_date

AWAY, LADEN, TIRED = "zhao.xue", "sun.hao", "li.qiang"
"""Collectors of the demonstration by what a supervisor sees of them."""
MORE_THAN_LIMIT = 14
REST_MINUTES = 60
SAMPLE = 3
"""Recordings that compliance listens to."""


def send_away(*, actor: Actor, now: datetime) -> None:
    """This function will let one collector be away for three days from today, once, so that the night gives nobody new there."""
    today, staff_id = business_date(now), _staff(actor)[AWAY]
    if staff_id not in away(today):
        cases.record_absence(
            staff_id=staff_id, first_date=today, final_date=today + timedelta(days=2), actor=actor, now=now
        )


def away(today: date) -> frozenset[int]:
    """Return the collectors who are absent on a day."""
    return frozenset(card.staff_id for card in cases.collectors_on(today) if card.is_absent)


def at_work(desk: Desk) -> Desk:
    """Return the desk with those collectors only who are there today."""
    absent = away(business_date(desk.now()))
    there = [actor for actor in desk.collectors if actor.id not in absent]
    return replace(desk, collectors=there)


def overload(*, actor: Actor, now: datetime) -> int:
    """This function will give one collector more cases by hand than the collector takes, and another one a rest."""
    staff = _staff(actor)
    cases.start_cool_down(staff_id=staff[TIRED], reason="abuse", minutes=REST_MINUTES, actor=actor, now=now)
    limits = {card.staff_id: card.max_cases or 0 for card in cases.collectors_on(business_date(now))}
    rows = cases.queue(actor=actor, limit=400).rows
    free = list(dict.fromkeys(row.case_id for row in rows if not row.assigned_to))
    return cases.assign(
        case_ids=free[: limits[staff[LADEN]] + MORE_THAN_LIMIT], staff_id=staff[LADEN], actor=actor, now=now
    )


def listen(desk: Desk) -> int:
    """This function will let compliance listen to a few of this morning's calls, as a sample, and count them."""
    (card, *_others) = identity.staff_cards(actor=system("demo"), role="compliance")
    actor = identity.actor_by_id(card.staff_id)
    if actor is None:
        return 0
    heard = desk.spoken[-SAMPLE:]
    for call_id in heard:
        with outreach.recording(call_id=call_id, actor=actor, now=desk.now()) as pieces:
            sum(len(piece) for piece in pieces)
    return len(heard)


def _staff(actor: Actor) -> dict[str, int]:
    return {card.username: card.staff_id for card in identity.staff_cards(actor=actor)}
