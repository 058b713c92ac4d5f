"""The live board: what each collector has and does today, and the promises that fall due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from fairdue.contexts.cases.models import CollectorProfile
from fairdue.contexts.cases.operations.cool_down import resting
from fairdue.contexts.cases.policies import scope_sql
from fairdue.contexts.cases.queries.collectors import _away
from fairdue.contexts.cases.reference import outcome_codes
from fairdue.contexts.identity import facade as identity
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import HOUSE_ZONE

IDLE_AFTER = timedelta(minutes=30)
OVERLOAD = 1.5
"""More open cases than this many times the team's mean, or than the collector takes, is too much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCounts:
    """Calls of a day: dialled, answered by anybody, reached the debtor, and promises recorded."""

    dialled: int = 0
    answered: int = 0
    reached: int = 0
    promises: int = 0

    @property
    def connect_rate(self) -> float | None:
        """Answered / dialled."""
        return self.answered / self.dialled if self.dialled else None

    @property
    def rpc_rate(self) -> float | None:
        """Reached / dialled."""
        return self.reached / self.dialled if self.dialled else None

    @property
    def promise_rate(self) -> float | None:
        """Promises / reached."""
        return self.promises / self.reached if self.reached else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectorLine:
    """One collector now; `state` is `away`, `resting`, `idle`, `overloaded`, `off_shift` or `at_work`."""

    staff_id: int
    name: str
    team_id: int | None
    open_cases: int
    max_cases: int | None
    done_today: int
    calls: CallCounts
    kept: int
    broken: int
    latest_at: datetime | None
    state: str
    until: datetime | None

    @property
    def kept_rate(self) -> float | None:
        """Kept / (kept + broken), of promises that ended in 30 days."""
        ended = self.kept + self.broken
        return self.kept / ended if ended else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePromise:
    """An open promise whose day is near or over."""

    case_id: int
    person_id: int
    amount_minor: int
    currency: str
    promised_date: date
    deadline_date: date
    received_minor: int
    assigned_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The team at a moment."""

    at: datetime
    collectors: tuple[CollectorLine, ...]
    calls: CallCounts
    kept: int
    broken: int
    promises_due: tuple[DuePromise, ...]


_STAFF = """
SELECT staff.id,
       (SELECT count(*) FROM cases_case c WHERE c.status = 'open' AND c.assigned_to_id = staff.id AND {scope}),
       (SELECT count(*) FROM cases_outcome o JOIN cases_case c ON c.id = o.case_id
         WHERE o.recorded_by_id = staff.id AND o.recorded_at >= %s AND o.channel = 'call' AND {scope}),
       (SELECT count(*) FROM cases_outcome o JOIN cases_case c ON c.id = o.case_id
         WHERE o.recorded_by_id = staff.id AND o.recorded_at >= %s AND o.channel = 'call' AND o.code = ANY(%s) AND {scope}),
       (SELECT count(*) FROM cases_outcome o JOIN cases_case c ON c.id = o.case_id
         WHERE o.recorded_by_id = staff.id AND o.recorded_at >= %s AND o.channel = 'call' AND o.code = ANY(%s) AND {scope}),
       (SELECT count(*) FROM cases_promisetopay p JOIN cases_case c ON c.id = p.case_id
         WHERE p.recorded_by_id = staff.id AND p.recorded_at >= %s AND p.status <> 'cancelled' AND {scope}),
       (SELECT count(*) FROM cases_promisetopay p JOIN cases_case c ON c.id = p.case_id
         WHERE p.recorded_by_id = staff.id AND p.status = 'kept' AND p.promised_date > %s AND {scope}),
       (SELECT count(*) FROM cases_promisetopay p JOIN cases_case c ON c.id = p.case_id
         WHERE p.recorded_by_id = staff.id AND p.status = 'broken' AND p.promised_date > %s AND {scope}),
       (SELECT max(o.recorded_at) FROM cases_outcome o JOIN cases_case c ON c.id = o.case_id
         WHERE o.recorded_by_id = staff.id AND o.recorded_at >= %s AND {scope}),
       (SELECT count(*) FROM cases_outcome o JOIN cases_case c ON c.id = o.case_id
         WHERE o.recorded_by_id = staff.id AND o.recorded_at >= %s AND {scope})
  FROM unnest(%s::bigint[]) AS staff(id)
"""


def board(*, actor: Actor, now: datetime) -> Board:
    """Return the live board of the actor's team, over cases in the actor's scope: three statements, however many there are.

    1. Idle: on shift with open cases, and nothing recorded for 30 minutes. Overloaded: more than the collector takes, or
       than one and a half times the mean. Away and resting come before both.
    2. Rates are of today, kept promises of the last 30 days.
    """
    actor.require("cases.assign")
    local = now.astimezone(HOUSE_ZONE)
    start = datetime.combine(local.date(), time.min, HOUSE_ZONE)
    staff = [card for card in identity.staff_cards(actor=actor) if card.is_active and _works(card.role)]
    ids = [card.staff_id for card in staff]
    rows = _counts(actor, ids, start, local.date() - timedelta(days=30))
    profiles, away, rests = CollectorProfile.objects.in_bulk(ids), _away(local.date()), resting(ids, now)
    mean = sum(row[1] for row in rows.values()) / len(rows) if rows else 0.0
    lines = []
    for card in staff:
        row, profile, rest = rows[card.staff_id], profiles.get(card.staff_id), rests.get(card.staff_id)
        state = _state(row, profile, card.staff_id in away, rest is not None, local, mean)
        lines.append(
            CollectorLine(
                staff_id=card.staff_id, name=card.display_name, team_id=card.team_id, open_cases=row[1],
                max_cases=profile.max_cases if profile else None, done_today=row[9],
                calls=CallCounts(dialled=row[2], answered=row[3], reached=row[4], promises=row[5]),
                kept=row[6], broken=row[7], latest_at=row[8], state=state, until=rest.until if rest else None,
            )
        )  # fmt: skip
    calls = CallCounts(
        **{
            name: sum(getattr(line.calls, name) for line in lines)
            for name in ("dialled", "answered", "reached", "promises")
        }
    )
    return Board(
        at=now, collectors=tuple(lines), calls=calls, kept=sum(line.kept for line in lines),
        broken=sum(line.broken for line in lines), promises_due=_promises_due(actor, local.date()),
    )  # fmt: skip


def _works(role: str) -> bool:
    return role != "supervisor" and "cases.work" in identity.PERMISSIONS_BY_ROLE.get(role, frozenset())


def _counts(actor: Actor, ids: list[int], start: datetime, since: date) -> dict[int, Any]:
    contacts = [code.code for code in outcome_codes("call") if code.is_contact]
    right = [code.code for code in outcome_codes("call") if code.is_right_party]
    scope, own = scope_sql(actor, "c")
    parameters: list[Any] = [
        *own, start, *own, start, contacts, *own, start, right, *own, start, *own, since, *own, since, *own,
        start, *own, start, *own, ids,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_STAFF.format(scope=scope), parameters)
        return {row[0]: row for row in cursor.fetchall()}


def _state(
    row: Any, profile: CollectorProfile | None, is_away: bool, is_resting: bool, local: datetime, mean: float
) -> str:
    if is_away:
        return "away"
    if is_resting:
        return "resting"
    limit = profile.max_cases if profile else None
    if (limit is not None and row[1] > limit) or (limit is None and row[1] > 10 and row[1] > OVERLOAD * mean):
        return "overloaded"
    first, end = (profile.first_hour, profile.end_hour) if profile else (9, 18)
    days = profile.weekdays if profile else [1, 2, 3, 4, 5]
    if local.isoweekday() not in days or not first <= local.hour < end:
        return "off_shift"
    shift_began = local.replace(hour=first, minute=0, second=0, microsecond=0)
    latest = max(row[8] or shift_began, shift_began)
    return "idle" if row[1] and local - latest > IDLE_AFTER else "at_work"


_PROMISES = """
SELECT p.case_id, p.person_id, p.amount_minor, p.currency, p.promised_date, p.promised_date + p.grace_days,
       p.received_minor, coalesce(s.display_name, '')
  FROM cases_promisetopay p JOIN cases_case c ON c.id = p.case_id
  LEFT JOIN identity_staff s ON s.id = c.assigned_to_id
 WHERE p.status = 'open' AND p.promised_date <= %s AND {scope}
 ORDER BY p.promised_date, p.id LIMIT 50
"""


def _promises_due(actor: Actor, today: date) -> tuple[DuePromise, ...]:
    scope, own = scope_sql(actor, "c")
    with connection.cursor() as cursor:
        cursor.execute(_PROMISES.format(scope=scope), [today + timedelta(days=1), *own])
        names = (
            "case_id", "person_id", "amount_minor", "currency", "promised_date", "deadline_date", "received_minor",
            "assigned_to",
        )  # fmt: skip
        return tuple(DuePromise(**dict(zip(names, row, strict=True))) for row in cursor.fetchall())
