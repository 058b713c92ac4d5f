"""A call back at an hour that the person chooses, among those at which a call is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fairdue.contexts.care import facade as care
from fairdue.contexts.law import facade as law
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import system

DAYS_AHEAD = 7
STEP_MINUTES = 60
NOTICE = timedelta(hours=1)
"""So much time at least before the call."""
PURPOSE = "dispute_reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackSlot:
    """An hour at which a call would be allowed, in the person's own zone."""

    starts_at: datetime
    zone: str


def callback_slots(*, person_id: int, now: datetime) -> tuple[CallbackSlot, ...]:
    """Return the hours of the next days at which the person may be called, as the gate judges them with today's facts.

    The call is an answer to the person's own wish; hours, agreed ones too, bind it nevertheless.
    """
    zone = ZoneInfo(parties.person_card(person_id).home_zone)
    today = now.astimezone(zone).date()
    calendar = law.contact_calendar(
        person_id=person_id, days=[today + timedelta(days=n) for n in range(DAYS_AHEAD)], now=now,
        actor=system("care"), purpose=PURPOSE, step=STEP_MINUTES,
    )  # fmt: skip
    calls = [way for way in calendar.ways if way.channel == "call" and way.owner == "debtor"]
    found = set()
    for way in calls:
        for span in way.spans:
            if span.outcome == "allow":
                found |= set(_hours(span, zone))
    ready = sorted(moment for moment in found if moment >= now + NOTICE)
    return tuple(CallbackSlot(starts_at=moment, zone=str(zone)) for moment in ready)


def _hours(span: law.Span, zone: ZoneInfo) -> list[datetime]:
    midnight = datetime(span.day.year, span.day.month, span.day.day, tzinfo=zone)
    first = -(-span.first // STEP_MINUTES) * STEP_MINUTES
    return [
        midnight + timedelta(minutes=minute)
        for minute in range(first, span.last - STEP_MINUTES + 1, STEP_MINUTES)
    ]


def require_lawful(*, person_id: int, wanted_at: Any, now: datetime) -> None:
    """Pass silently, or refuse an hour at which nobody may call.

    :raises CareRefused: so
    """
    try:
        moment = datetime.fromisoformat(str(wanted_at))
    except ValueError:
        raise care.CareRefused("care.callback.hour", "no hour was chosen") from None
    if moment.tzinfo is None or moment not in {
        slot.starts_at for slot in callback_slots(person_id=person_id, now=now)
    }:
        raise care.CareRefused("care.callback.hour", f"nobody may call at {moment}")
