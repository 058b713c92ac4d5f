"""Allowed time of one person: a week or a month, way by way, with the rule behind every closed hour."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.contexts.parties import facade as parties
from fairdue.kernel import clock
from fairdue.web.workbench import words
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.moments import asked_day
from fairdue.web.workbench.office_words import EVIDENCE, PURPOSES
from fairdue.web.workbench.time_picture import (
    WEEKDAYS,
    day_heads,
    letter_of,
    month_days,
    open_words,
    other_clocks,
    parts_of,
    picture,
    strip,
    window_words,
)
from fairdue.web.workbench.words import say

VIEWS = ("week", "month")
EARLIEST, LATEST = date(2000, 1, 3), date(2099, 12, 1)
MONTH_STEP = 5
"""Minutes from one judged moment of a month to the next; a week is judged minute by minute."""


@staff_page("cases.view")
def allowed_time(request: DeskRequest, case_id: int) -> HttpResponse:
    """Show when the person of a case may be contacted, by what, and what stands against the rest."""
    try:
        card = cases.case_card(case_id=case_id, actor=request.actor)
    except cases.NotInScope as error:
        raise Http404 from error
    now = clock.now()
    person = parties.person_cards([card.person_id])[card.person_id]
    shown, first, purpose = _asked(request, now.astimezone(ZoneInfo(person.home_zone)).date())
    days = [first + timedelta(days=at) for at in range(7)] if shown == "week" else month_days(first)
    calendar = law.contact_calendar(
        person_id=card.person_id, days=days, now=now, actor=request.actor, purpose=purpose,
        step=1 if shown == "week" else MONTH_STEP,
    )  # fmt: skip
    return render(
        request,
        "workbench/allowed_time.html",
        _context(request, calendar, shown, first, person) | {"case_id": case_id},
    )


def _asked(request: DeskRequest, today: date) -> tuple[str, date, str]:
    """Return what is asked for, or this week for collection where the address cannot be read."""
    shown = request.GET.get("view", "week")
    day = asked_day(request.GET.get("from", "")) or today
    if not EARLIEST <= day <= LATEST:
        day = today
    purpose = request.GET.get("purpose", "collect")
    shown = shown if shown in VIEWS else "week"
    first = day if shown == "week" else day.replace(day=1)
    return shown, first, purpose if purpose in PURPOSES else "collect"


def _context(
    request: DeskRequest, calendar: law.ContactCalendar, shown: str, first: date, person: Any
) -> dict[str, Any]:
    now_there = calendar.now.astimezone(ZoneInfo(calendar.zone))
    way = _chosen(calendar, request.GET.get("way", ""))
    heads = day_heads(calendar.days, calendar.zone, now_there.date())
    whys = _whys(calendar, way)
    return {
        "person": person, "calendar": calendar, "shown": shown, "heads": heads, "chosen": way,
        "chosen_word": _way_word(way), "ways": [_line(calendar, each, way) for each in calendar.ways],
        "rows": _rows(calendar, way) if shown == "week" else [], "weeks": _weeks(calendar, way, heads, first),
        "weekdays": [_(name) for name in WEEKDAYS], "whys": whys, "caps": _caps(way, shown),
        "cap_heads": [head for head in heads if head.day >= now_there.date()],
        "clocks": [zone for zone, _shown in other_clocks(calendar, _zones(way))], "zones": way.zones,
        "holds": [say(words.HOLD_KINDS, hold.kind) for hold in calendar.holds],
        "purposes": [(code, say(PURPOSES, code), code == calendar.purpose) for code in PURPOSES],
        "is_other_zone": calendar.zone != clock.HOUSE_ZONE.key, "is_past": not whys and calendar.days[-1] < now_there.date(),
        "before": _step(first, shown, -1), "after": _step(first, shown, 1), "first": first,
    }  # fmt: skip


def _step(first: date, shown: str, by: int) -> str:
    if shown == "week":
        return (first + timedelta(days=7 * by)).isoformat()
    return (first - timedelta(days=1) if by < 0 else first + timedelta(days=32)).replace(day=1).isoformat()


def _chosen(calendar: law.ContactCalendar, key: str) -> law.CalendarWay:
    """Return the way that is asked for; else the debtor's own that opens soonest, a call before others."""
    named = next((way for way in calendar.ways if way.key == key), None)
    latest = datetime.max.replace(tzinfo=calendar.now.tzinfo)
    return named or min(
        calendar.ways, key=lambda way: (way.owner != "debtor", way.opens_at or latest, *_usual(way))
    )


def _usual(way: law.CalendarWay) -> tuple[bool, int]:
    """Return how far down the list of channels a way stands."""
    channels = list(words.CHANNELS)
    return way.channel not in channels, channels.index(way.channel) if way.channel in channels else 0


def _zones(way: law.CalendarWay) -> list[str]:
    return [*way.zones, clock.HOUSE_ZONE.key]


def _way_word(way: law.CalendarWay) -> str:
    owner = "" if way.owner == "debtor" else say(words.OWNER_WORDS, way.owner)
    return " ".join(filter(None, (say(words.CHANNELS, way.channel), way.value_masked, owner)))


def _line(calendar: law.ContactCalendar, way: law.CalendarWay, chosen: law.CalendarWay) -> dict[str, Any]:
    """Return one way over all days: what it says now, when it opens, each day's open hours."""
    days = [(day, parts_of(calendar, way, day)) for day in calendar.days]
    return {
        "way": way, "word": _way_word(way), "icon": words.CHANNEL_ICONS.get(way.channel, "note"),
        "is_chosen": way.key == chosen.key, "answer": say(words.GATE_WORDS, way.verdict.outcome),
        "tone": words.GATE_TONES[way.verdict.outcome], "mark": words.GATE_ICONS[way.verdict.outcome],
        "days": [_day_cell(way, day, parts) for day, parts in days] if len(days) == 7 else [],
    }  # fmt: skip


def _day_cell(way: law.CalendarWay, day: date, parts: Any) -> dict[str, Any]:
    text = open_words(parts)
    if not text:
        text = _("past") if not parts else _("never")
    letters = list(dict.fromkeys(part.letter for part in parts if part.letter))
    return {"text": text, "is_open": any(part.outcome == "allow" for part in parts), "letters": letters,
            "is_next": any(part.is_next for part in parts), "strip": strip(way, day, title=text)}  # fmt: skip


def _rows(calendar: law.ContactCalendar, way: law.CalendarWay) -> list[dict[str, Any]]:
    clocks = other_clocks(calendar, _zones(way))
    return [
        {"hour": f"{hour:02d}:00", "clocks": [shown[hour] for _zone, shown in clocks], "blocks": blocks}
        for hour, blocks in enumerate(picture(calendar, way))
    ]


def _weeks(calendar: law.ContactCalendar, way: law.CalendarWay, heads: Any, first: date) -> list[Any]:
    if len(calendar.days) == 7:
        return []
    cells = [
        {"head": head, "is_other_month": head.day.month != first.month}
        | _day_cell(way, head.day, parts_of(calendar, way, head.day))
        for head in heads
    ]
    return [cells[at : at + 7] for at in range(0, len(cells), 7)]


def _whys(calendar: law.ContactCalendar, way: law.CalendarWay) -> list[dict[str, Any]]:
    """Return the reasons that stand against some of the chosen way's time, under their letters."""
    used = sorted({span.why for span in way.spans if span.why is not None})
    return [
        {
            "letter": letter_of(at), "verdict": calendar.whys[at], "moment": calendar.why_moments[at],
            "word": say(words.GATE_WORDS, calendar.whys[at].outcome), "tone": words.GATE_TONES[calendar.whys[at].outcome],
            "icon": words.GATE_ICONS[calendar.whys[at].outcome],
            "reasons": [(reason, say(EVIDENCE, reason.evidence)) for reason in calendar.whys[at].reasons],
        }
        for at in used
    ]  # fmt: skip


def _caps(way: law.CalendarWay, shown: str) -> list[dict[str, Any]]:
    return [
        {"cap": cap, "window": window_words(cap), "days": cap.days if shown == "week" else cap.days[:1]}
        for cap in way.caps
        if cap.days
    ]
