"""A calendar picture of one person: when each way is allowed, by which rule not, and what each cap leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from fairdue.engine.law.timetable import timetable
from fairdue.kernel.actor import Actor

from ..calendar_contracts import CalendarWay, ContactCalendar
from ..facts import Known, Proposal, gather
from ..rows import candidate_row
from ..rules import rulebook_of
from .cards import open_holds
from .next_allowed import opens_at
from .preview import ways_of

MOST_DAYS = 42


class CalendarSpanWrong(ValueError):
    """A calendar shows between one day and six weeks."""

    code = "law.calendar.span"


def contact_calendar(
    *,
    person_id: int,
    days: Sequence[date],
    now: datetime,
    actor: Actor,
    purpose: str = "collect",
    account_ids: Sequence[int] = (),
    known: Known | None = None,
    step: int = 1,
) -> ContactCalendar:
    """This function will say of every way of reaching a person when it is allowed on some days, and why not else.

    1. Days are those of the person's home zone; every `step`-th minute is judged as the gate would judge it, with the
    facts of now: contacts, holds, consents and states of numbers as they stand, nothing else happening meanwhile.
    2. A moment is allowed only if every zone in which the recipient may be allows it. 3. Nothing is written.

    :raises CalendarSpanWrong: if there is no day, or more than `MOST_DAYS`
    :raises PersonUnknown: if there is no such person
    """
    if not 1 <= len(days) <= MOST_DAYS:
        raise CalendarSpanWrong(f"a calendar shows 1 to {MOST_DAYS} days, not {len(days)}")
    facts = gather(person_id=person_id, now=now, actor=actor, account_ids=account_ids, known=known)
    ways, rulebook = ways_of(facts), rulebook_of(facts.jurisdictions)
    proposals = [
        Proposal(channel=channel, contact_point_id=point.contact_point_id if point else None, purpose=purpose)
        for channel, point in ways
    ]
    times = timetable(
        [candidate_row(facts, proposal, rulebook.special) for proposal in proposals], rulebook,
        days=days, zone=facts.person.home_zone, now=now, step=step,
    )  # fmt: skip
    return ContactCalendar(
        person_id=person_id, now=now, purpose=purpose, zone=times.zone, days=times.days, step=times.step,
        ways=tuple(
            CalendarWay(
                channel=channel, contact_point_id=point.contact_point_id if point else None,
                value_masked=point.value_masked if point else "", owner=point.owner if point else "debtor",
                verdict=found.verdict, opens_at=opens_at(found.verdict, now), zones=found.zones, spans=found.spans,
                caps=found.caps,
            )
            for (channel, point), found in zip(ways, times.ways, strict=True)
        ),
        whys=times.whys, why_moments=times.why_moments, holds=open_holds(person_id), packs=rulebook.identities,
    )  # fmt: skip
