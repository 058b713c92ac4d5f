"""The picture of allowed time says of every minute what the gate says of a contact in that minute."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fairdue.engine.law.candidates import CandidatesInvalid
from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.one_row import verdict_of
from fairdue.engine.law.packs import load_pack
from fairdue.engine.law.timetable import timetable

RULES = Path(__file__).parents[3] / "packs" / "rules"
MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 24, 2, 30, 20, tzinfo=UTC)
WEEK = [MONDAY + timedelta(days=at) for at in range(7)]


@cache
def book(*codes: str) -> Rulebook:
    return Rulebook(tuple(load_pack(RULES / code) for code in codes))


def row(channel: str = "call", **said):
    return {"person_id": 1, "channel": channel, "home_zone": "Asia/Shanghai", "zones": "Asia/Shanghai"} | said


def of(rows, *, days=WEEK, now=NOW, zone="Asia/Shanghai", step=1, codes=("cn", "house")):
    return timetable(rows, book(*codes), days=days, zone=zone, now=now, step=step)


def spans(found, day, way=0):
    return [(s.first, s.last, s.outcome) for s in found.ways[way].of_day(day)]


def test_a_free_day_is_open_from_eight_to_ten_at_night_and_the_past_is_not_judged():
    found = of([row()])
    assert spans(found, MONDAY) == [(0, 1440, "past")]
    assert spans(found, MONDAY + timedelta(days=1)) == [
        (0, 630, "past"), (630, 1320, "allow"), (1320, 1440, "defer"),
    ]  # fmt: skip
    assert spans(found, MONDAY + timedelta(days=2)) == [
        (0, 480, "defer"), (480, 1320, "allow"), (1320, 1440, "defer"),
    ]  # fmt: skip


def test_hours_are_the_intersection_of_all_plausible_zones():
    found = of([row(zones="Asia/Shanghai|Asia/Urumqi")])
    assert found.ways[0].zones == ("Asia/Shanghai", "Asia/Urumqi")
    assert (600, 1320, "allow") in spans(found, MONDAY + timedelta(days=3))


def test_reasons_are_told_once_with_rule_citation_and_when_it_opens():
    found = of([row(), row("sms")])
    assert {span.why for way in found.ways for span in way.spans} == {None, 0, 1}
    assert all(reason.rule_id.startswith("CN-TIME") and reason.citation for reason in found.whys[0].reasons)
    assert found.whys[0].retry_after == datetime(2026, 11, 25, 0, 0, tzinfo=UTC)


def test_a_full_cap_closes_today_and_says_what_is_left_until_when():
    spoken = [NOW - timedelta(hours=1), NOW - timedelta(minutes=50), NOW - timedelta(minutes=40)]
    found = of([row(conversations=spoken)])
    today = MONDAY + timedelta(days=1)
    assert all(outcome != "allow" for _first, _last, outcome in spans(found, today))
    cap = next(cap for cap in found.ways[0].caps if cap.rule_id == "CN-FREQ-02")
    first, second = cap.days[:2]
    assert (first.day, first.used, first.max, first.left) == (today, 3, 3, 0)
    assert first.frees_at == datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    assert (second.used, second.left, second.frees_at) == (0, 3, None)


def test_a_hold_closes_every_hour_and_waiting_does_not_open_it():
    found = of([row(holds=["dispute:"])])
    assert {span.outcome for span in found.ways[0].spans} == {"past", "hold"}
    assert found.ways[0].verdict.outcome == "hold" and found.whys[0].retry_after is None


@pytest.mark.parametrize(
    ("zone", "days", "codes"),
    [
        ("Asia/Shanghai", WEEK, ("cn", "house")),
        ("America/New_York", [date(2026, 3, 8), date(2026, 11, 1)], ("us", "house")),
        ("Europe/London", [date(2026, 3, 29), date(2026, 10, 25)], ("uk", "house")),
    ],
)
def test_every_minute_is_what_the_gate_says_of_it(zone, days, codes):
    chance = random.Random(20261122)
    now = datetime(days[0].year, days[0].month, days[0].day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    rows = [
        row(channel, home_zone=zone, zones=zone, messages=[now - timedelta(hours=2)] * 2)
        for channel in ("call", "sms")
    ]
    found = of(rows, days=days, now=now, zone=zone, codes=codes)
    for _try in range(150):
        way, day, minute = chance.randrange(2), chance.choice(days), chance.randrange(1440)
        at = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ZoneInfo(zone))
        if at.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != at.replace(tzinfo=None):
            continue
        verdict, _, _ = verdict_of(rows[way] | {"at": at.astimezone(UTC)}, book(*codes))
        span = next(span for span in found.ways[way].of_day(day) if span.first <= minute < span.last)
        assert (span.outcome, span.why is None) == (verdict.outcome, verdict.is_allowed), (way, at)


def test_every_day_is_whole_whatever_the_step():
    for step in (1, 5, 15):
        found = of([row(), row("letter")], step=step)
        for way in found.ways:
            for day in WEEK:
                parts = way.of_day(day)
                assert parts[0].first == 0 and parts[-1].last == 1440
                assert all(a.last == b.first for a, b in pairwise(parts))


def test_a_fact_that_is_none_is_refused():
    with pytest.raises(CandidatesInvalid):
        of([row(nonsense=1)])
