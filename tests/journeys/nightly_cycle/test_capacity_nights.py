"""Nights with less capacity than wishes: what is served, what waits, what is told; without limits nothing differs."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from fairdue.contexts.cases import facade as cases
from fairdue.kernel.actor import system

NIGHT = date(2025, 10, 15)
NEXT = NIGHT + timedelta(days=1)
SYSTEM = system("test")
NOW = datetime(2025, 10, 14, 18, 0, tzinfo=UTC)
DECISIONS = "select person_id, step, channel, planned_for, outcome, reasons, rank, dropped from decisions_decision order by 1"


def limit(kind: str, name: str, amount: int | None, **more) -> None:
    cases.set_capacity(kind=kind, name=name, amount=amount, valid_from=NIGHT, actor=SYSTEM, now=NOW, **more)


def stage(report, name="capacity"):
    return {stage.name: stage for stage in report.stages}[name]


def dropped(report) -> dict[str, int]:
    return stage(report).detail["dropped"]


def test_a_night_without_limits_and_one_with_more_than_anybody_wants_choose_the_same(
    book, night, rows, tmp_path
):
    night()
    first = pl.read_parquet(tmp_path / "facts/date=2025-10-15/chosen.parquet")
    for name in ("sms", "email", "inapp"):
        limit("messages", name, 100_000)
    for queue in ("", "m1", "m2", "m3", "m4-m6", "promises"):
        limit("calls", queue, 100_000)
    from fairdue.contexts.decisions import facade as decisions
    from fairdue.journeys.nightly_cycle.capacity import share_out
    from fairdue.journeys.nightly_cycle.run import _night

    cycle = decisions.cycle_report(NIGHT).cycle
    again = share_out(_night(cycle, system("cycle"), NOW, None, tmp_path, 0, "local"))
    assert pl.read_parquet(tmp_path / "facts/date=2025-10-15/chosen.parquet").equals(first)
    assert again.detail["contested"] > 0
    assert again.detail["value_minor"] == again.detail["bound_minor"] == again.detail["greedy_value_minor"]
    assert {line["price_minor"] for line in again.detail["capacities"]} == {0}


def test_what_there_is_is_used_up_by_the_worthiest_and_the_rest_waits_with_the_reason(book, night, rows):
    limit("messages", "sms", 40)
    limit("messages", "inapp", 10)
    limit("messages", "email", 5)
    limit("calls", "m2", 12)
    report = night()
    told = stage(report).detail
    by_name = {line["name"]: line for line in told["capacities"]}
    assert {name: line["used"] for name, line in by_name.items()} == {
        "sms": 40,
        "inapp": 10,
        "email": 5,
        "m2": 12,
    }
    assert all(
        line["wanted"] >= line["used"] and line["price_minor"] > 0
        for line in by_name.values()
        if line["name"] != "email"
    )
    assert told["value_minor"] <= told["bound_minor"]
    assert told["greedy_value_minor"] <= told["value_minor"]
    assert told["gap_percent"] < 2
    decided = rows(DECISIONS)
    reasons = Counter(row["dropped"] for row in decided)
    assert reasons["capacity"] == stage(report).rejected["cycle.capacity.none"] == told["waiting"] > 0
    assert all(
        row["step"] == "none" and row["planned_for"] is None
        for row in decided
        if row["dropped"] == "capacity"
    )
    said = Counter(row["channel"] for row in rows("select channel from outreach_message"))
    assert said == {"sms": 40, "inapp": 10, "email": 5}
    assert rows("select count(*) n from cases_workitem where queue = 'm2'")[0]["n"] == 12
    moved = [row for row in decided if row["dropped"] == "cheaper_channel"]
    assert moved and all(row["step"] in ("sms", "inapp", "email") for row in moved)


def test_reminders_before_the_due_date_and_promises_that_are_due_are_served_first(book, night, rows):
    limit("messages", "sms", 30)
    limit("messages", "inapp", 0)
    limit("messages", "email", 0)
    night()
    wanted = rows(
        "select count(*) n from decisions_decision where template = 'reminder.pre_due' and outcome = 'allow'"
    )
    served = rows("select count(*) n from outreach_message where template_code = 'reminder.pre_due'")
    assert served[0]["n"] == min(30, wanted[0]["n"]) > 0


def test_calls_are_spread_over_the_hours_of_their_queue_and_none_is_made_in_an_hour_that_is_closed(
    book, night, rows
):
    for hour in (9, 11, 14):
        limit("calls", "m2", 4, hour=hour)
    report = night()
    items = rows("select not_before from cases_workitem where queue = 'm2' order by 1")
    here = Counter((item["not_before"] + timedelta(hours=8)).hour for item in items)
    assert here == {11: 4, 14: 4}
    sums = {line["from_hour"]: line["available"] for line in stage(report).detail["capacities"]}
    assert sums[10] == 8


def test_who_waits_is_worth_more_the_next_night_and_comes_to_the_turn(book, night, rows):
    limit("calls", "m2", 5)
    first_served = {
        row["person_id"]
        for row in night() and rows("select person_id from cases_workitem where queue = 'm2'")
    }
    waiting = dict(cases.waiting_before(NEXT).rows())
    assert len(waiting) > 5 and set(waiting.values()) == {1} and not first_served & set(waiting)
    for again in range(1, 4):
        night(NIGHT + timedelta(days=again))
    served = {
        row["person_id"]
        for row in rows(
            "select person_id from decisions_decision where step = 'call' and rows_fired like 'm2%%'"
        )
    }
    assert served - first_served


def test_the_night_is_the_same_if_it_stops_within_the_stage_and_goes_on(book, night, rows, tmp_path):
    limit("messages", "sms", 40)
    limit("calls", "m2", 12)

    def stop(name: str, done: int, _total: int) -> None:
        if (name, done) == ("capacity", 1):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        night(progress=stop)
    assert not rows("select 1 from cases_capacitywait")

    def stop_later(name: str, done: int, _total: int) -> None:
        if (name, done) == ("land", 1):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        night(progress=stop_later)
    chosen = pl.read_parquet(tmp_path / "facts/date=2025-10-15/chosen.parquet")
    waits = rows("select * from cases_capacitywait order by 1")
    report = night()
    assert report.cycle.status == "finished"
    assert pl.read_parquet(tmp_path / "facts/date=2025-10-15/chosen.parquet").equals(chosen)
    assert rows("select * from cases_capacitywait order by 1") == waits != []
