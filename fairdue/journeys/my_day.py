"""A collector's day: what was promised for today, who waits for a call, what is new, what must not be forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.care import facade as care
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.contracts import DayItem
from fairdue.contexts.law import facade as law
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import HOUSE_ZONE, business_date

NEW_DAYS = 2
"""Cases of today and yesterday are new."""
AHEAD_DAYS = 7
"""Deadlines and instalments that end within so many days."""
SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class MyDay:
    """What waits for one collector; persons of deadlines, matters and plans lead to their cases by `case_ids`."""

    promises: tuple[DayItem, ...]
    callbacks: tuple[DayItem, ...]
    new: tuple[DayItem, ...]
    deadlines: tuple[law.DeadlineCard, ...]
    matters: tuple[care.MatterCard, ...]
    instalments: tuple[arrangements.CalendarRow, ...]
    case_ids: Mapping[int, int]


def my_day(*, actor: Actor, now: datetime) -> MyDay:
    """Return somebody's day, in a number of queries that does not depend on how many cases they have.

    1. Promises due by today, on own cases, the oldest first. 2. Call backs until tonight, by the clock: noted on
    own cases, or asked for by their persons.
    3. Own cases of today and yesterday. 4. Deadlines of own cases, matters that one handles (who approves answers: also what is
    due soon or late with others), instalments of plans on own cases, within `AHEAD_DAYS`; each only for who may see such things.
    """
    today = business_date(now)
    tonight = datetime.combine(today + timedelta(days=1), time(), HOUSE_ZONE)
    since = datetime.combine(today - timedelta(days=NEW_DAYS - 1), time(), HOUSE_ZONE)
    mine = cases.person_ids_assigned(staff_id=actor.id or 0, actor=actor)
    deadlines, matters, instalments = _ahead(mine, actor, now)
    people = {*(each.person_id for each in matters), *(each.person_id for each in instalments)}
    people |= {each.person_id for each in deadlines if each.person_id}
    return MyDay(
        promises=cases.promises_due(actor=actor, until=today),
        callbacks=_callbacks(mine, tonight, actor),
        new=cases.new_cases(actor=actor, since=since, limit=SHOWN),
        deadlines=deadlines,
        matters=matters,
        instalments=instalments,
        case_ids=cases.scoped_case_ids(person_ids=people, actor=actor) if people else {},
    )


def _callbacks(mine: tuple[int, ...], until: datetime, actor: Actor) -> tuple[DayItem, ...]:
    """Return the call backs that were noted on cases and those that people asked for in a matter, by the clock."""
    noted = cases.callbacks(actor=actor, until=until)
    if not actor.may("care.view"):
        return noted
    wishes = care.callback_wishes(actor=actor, until=until, person_ids=mine)
    if not wishes:
        return noted
    case_ids = cases.scoped_case_ids(person_ids={person_id for person_id, _ in wishes}, actor=actor)
    moments = {case_ids[person_id]: at for person_id, at in reversed(wishes) if person_id in case_ids}
    asked = cases.lines_at(actor=actor, moments=moments)
    return tuple(sorted((*noted, *asked), key=lambda item: item.at or until))


def _ahead(
    mine: tuple[int, ...], actor: Actor, now: datetime
) -> tuple[tuple[law.DeadlineCard, ...], tuple[care.MatterCard, ...], tuple[arrangements.CalendarRow, ...]]:
    today, own = business_date(now), frozenset(mine)
    deadlines: tuple[law.DeadlineCard, ...] = ()
    matters: tuple[care.MatterCard, ...] = ()
    instalments: tuple[arrangements.CalendarRow, ...] = ()
    if actor.may("deadlines.view") and own:
        page = law.deadlines(actor=actor, now=now, mine=mine, due_within_days=AHEAD_DAYS, limit=SHOWN)
        deadlines = tuple(page.rows)
    if actor.may("care.view"):
        matters = care.matters_ahead(actor=actor, now=now, limit=SHOWN)
    if actor.may("plans.view") and own:
        until = today + timedelta(days=AHEAD_DAYS)
        found = arrangements.plan_calendar(actor=actor, since=today - timedelta(days=AHEAD_DAYS), until=until)
        unpaid = (row for row in found if row.instalment.state not in ("paid", "early"))
        instalments = tuple(row for row in unpaid if row.person_id in own)[:SHOWN]
    return deadlines, matters, instalments
