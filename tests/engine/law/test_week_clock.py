"""Hours on the recipient's clock, over clock changes and several zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from fairdue.engine.law.hours import HoursInvalid, WeekClock, daily, open_minutes

DAY = open_minutes(daily("08:00", "22:00"))


def next_open(zones: list[str], moment: str, week: bytes = DAY) -> datetime | None:
    series = pl.Series([datetime.fromisoformat(moment)], dtype=pl.Datetime("us", "UTC"))
    return WeekClock(tuple(zones), week).next_open(series)[0]


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def test_the_start_is_open_and_the_end_is_closed():
    assert next_open(["Asia/Shanghai"], "2026-05-12T08:00:00+08:00") == at("2026-05-12T08:00:00+08:00")
    assert next_open(["Asia/Shanghai"], "2026-05-12T22:00:00+08:00") == at("2026-05-13T08:00:00+08:00")
    assert next_open(["Asia/Shanghai"], "2026-05-12T21:59:59+08:00") == at("2026-05-12T21:59:59+08:00")


def test_several_zones_must_be_open_together():
    both = ["Asia/Shanghai", "America/New_York"]
    assert next_open(both, "2026-05-12T09:00:00+08:00") == at("2026-05-12T09:00:00+08:00")
    assert next_open(both, "2026-05-12T11:00:00+08:00") == at("2026-05-12T20:00:00+08:00")


def test_zones_that_are_never_open_together_have_no_next_moment():
    assert (
        next_open(["Asia/Shanghai", "Europe/London", "America/Los_Angeles"], "2026-05-12T11:00:00+08:00")
        is None
    )


def test_hours_that_are_never_open_have_no_next_moment():
    assert next_open(["Asia/Shanghai"], "2026-05-12T11:00:00+08:00", open_minutes("")) is None


def test_the_night_in_which_clocks_go_forward_is_an_hour_shorter():
    assert next_open(["Europe/Paris"], "2026-03-28T22:00:00+01:00") == at("2026-03-29T08:00:00+02:00")


def test_the_night_in_which_clocks_go_back_is_an_hour_longer():
    assert next_open(["Europe/Paris"], "2026-10-24T22:00:00+02:00") == at("2026-10-25T08:00:00+01:00")


def test_an_opening_in_the_skipped_hour_comes_when_the_clock_stands_there_again():
    week = open_minutes("sun 02:30-04:00")
    assert next_open(["Europe/Paris"], "2026-03-28T22:00:00+01:00", week) == at("2026-03-29T03:00:00+02:00")


def test_agreed_hours_may_run_past_midnight():
    week = open_minutes("sat 22:00-02:00")
    assert next_open(["Asia/Shanghai"], "2026-05-17T01:59:00+08:00", week) == at("2026-05-17T01:59:00+08:00")
    assert next_open(["Asia/Shanghai"], "2026-05-17T02:00:00+08:00", week) == at("2026-05-23T22:00:00+08:00")


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai"])
def test_every_minute_of_a_clock_change_agrees_with_a_naive_search(zone):
    start = datetime(2026, 3, 6, tzinfo=UTC)
    steps = [start + timedelta(minutes=31 * step) for step in range(0, 60 * 24, 23)]
    answers = WeekClock((zone,), DAY).next_open(pl.Series(steps, dtype=pl.Datetime("us", "UTC")))
    for moment, answer in zip(steps, answers, strict=True):
        expected = moment
        while not 8 <= expected.astimezone(ZoneInfo(zone)).hour < 22:
            expected = expected.replace(second=0) + timedelta(minutes=1)
        assert answer == expected


@pytest.mark.parametrize("text", ["monday 08:00-09:00", "mon 8-9", "mon"])
def test_hours_that_cannot_be_read_are_refused(text):
    with pytest.raises(HoursInvalid):
        open_minutes(text)


def test_an_unknown_zone_is_refused():
    with pytest.raises(HoursInvalid, match="Asia/Peking"):
        WeekClock(("Asia/Peking",), DAY)
