"""A night in many partitions is the night in one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection

from benchmarks.cycle_book import HISTORY
from fairdue.contexts.decisions.facade import CycleReport
from fairdue.journeys.nightly_cycle.estimating import usual_seconds
from fairdue.journeys.nightly_cycle.hashing import part_of, part_of_person
from tests.journeys.nightly_cycle.conftest import NIGHT, PERSONS

DECISIONS = """
select person_id, step, rows_fired, template, planned_for, outcome, reasons, days_past_due, overdue_minor, rank,
       facts_digest
from decisions_decision d join decisions_cycle c on c.id = d.cycle_id where c.cycle_date = %s order by person_id
"""
MESSAGES = "select person_id, channel, dedupe_key, not_before from outreach_message order by dedupe_key"
WORK = "select person_id, kind, queue, rank, reason from cases_workitem order by person_id, kind"
IMPORTS = """
import sys, fairdue.journeys.nightly_cycle.partition
print([name for name in sys.modules if name.startswith(("django.db", "django.apps", "fairdue.settings"))])
"""


@pytest.fixture
def history(book: int) -> None:
    with connection.cursor() as cursor:
        for statement in HISTORY:
            cursor.execute(statement, {"persons": book, "accounts": book, "as_of": NIGHT})


def test_seven_partitions_land_what_one_lands(
    history: None, night: Callable[..., CycleReport], rows: Callable[..., list[dict[str, Any]]]
) -> None:
    one = night(partition_persons=PERSONS)
    found = [rows(DECISIONS, NIGHT), rows(MESSAGES), rows(WORK)]
    with connection.cursor() as cursor:
        cursor.execute(
            "truncate decisions_decision, decisions_cyclestage, outreach_message, outreach_dispatch, cases_workitem, "
            "cases_case, decisions_cycle cascade"
        )
    seven = night(partition_persons=PERSONS // 7 + 1)
    assert {stage.name: stage for stage in seven.stages}["facts"].detail["parts"] == 7
    assert [rows(DECISIONS, NIGHT), rows(MESSAGES), rows(WORK)] == found
    assert (seven.by_row, seven.by_reason, seven.by_outcome) == (one.by_row, one.by_reason, one.by_outcome)
    assert len(found[0]) == PERSONS


def test_a_later_night_over_more_partitions_knows_what_was_sent(
    book: int, night: Callable[..., CycleReport], rows: Callable[..., list[dict[str, Any]]], tmp_path: Path
) -> None:
    night()
    reminded = {row["person_id"] for row in rows("select person_id from outreach_message")}
    night(NIGHT + timedelta(days=1), partition_persons=400)
    persons = pl.read_parquet(tmp_path / "facts/date=2025-10-16/part=*/persons.parquet")
    known = persons.filter(pl.col("days_since_reminder") == 1)["person_id"]
    assert set(known) == reminded
    assert len(reminded) > 50


def test_what_the_nights_before_took_says_how_long_this_one_will_take(
    book: int, night: Callable[..., CycleReport]
) -> None:
    assert usual_seconds(NIGHT) == {}
    report = night()
    usual = usual_seconds(NIGHT + timedelta(days=1))
    took = {stage.name: (stage.finished_at - stage.started_at).total_seconds() for stage in report.stages}
    assert usual.keys() == took.keys()
    assert usual["facts"] == pytest.approx(took["facts"])


def test_persons_are_dealt_out_evenly_and_alike_for_a_frame_and_for_one() -> None:
    frame = pl.DataFrame({"person_id": range(1, 10_001)}).with_columns(part_of(7))
    sizes = frame["part"].value_counts()["count"].to_list()
    assert max(sizes) - min(sizes) <= 30
    assert frame["part"].to_list() == [part_of_person(number, 7) for number in range(1, 10_001)]


def test_the_partition_function_is_imported_without_django_being_set_up() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
