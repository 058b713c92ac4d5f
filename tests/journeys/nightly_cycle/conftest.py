"""A small book and one way to run a night over it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from benchmarks.cycle_book import fill_book
from fairdue.contexts.decisions.facade import CycleReport
from fairdue.journeys.load_packs import load_packs
from fairdue.journeys.nightly_cycle import run_cycle
from fairdue.kernel.actor import system

NIGHT = date(2025, 10, 15)
ACCOUNTS = 2000
PERSONS = 1800
FILE = """
insert into book_importbatch (kind, creditor_id, file_name, file_sha256, status, row_count, accepted_count,
                              rejected_count, created_count, changed_count, unchanged_count, seconds,
                              control_totals, rejections, imported_by, recorded_at)
values ('accounts', 1, 'accounts.csv', '', 'accepted', %s, %s, 0, 0, 0, 0, 0, '{}', '{}', 'test', %s)
"""


def morning_before(day: date) -> datetime:
    return datetime.combine(day, time(2, 0), UTC) - timedelta(hours=8)


@pytest.fixture
def book(transactional_db: None) -> int:
    """2,000 accounts of 1,800 persons, in fixed shares of buckets; the packs are loaded."""
    load_packs(now=morning_before(NIGHT))
    return fill_book(connection, accounts=ACCOUNTS, as_of=NIGHT)


@pytest.fixture
def night(tmp_path: Path) -> Callable[..., CycleReport]:
    def run(day: date = NIGHT, **more: Any) -> CycleReport:
        return run_cycle(
            cycle_date=day, actor=system("cycle"), now=morning_before(day), var_dir=tmp_path, **more
        )

    return run


_kept: list[Path] = []


@pytest.fixture
def stored(
    request: pytest.FixtureRequest,
    transactional_db: None,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A night in three partitions, in a lake on this disk: decided once, every test has a copy of its own."""
    place = tmp_path / "facts"
    if _kept:
        shutil.copytree(_kept[0], place)
        return place
    request.getfixturevalue("book")
    request.getfixturevalue("night")(partition_persons=PERSONS // 3 + 1)
    _kept.append(Path(shutil.copytree(place, tmp_path_factory.mktemp("night") / "facts")))
    return place


@pytest.fixture
def three_nights(book: int, night: Callable[..., CycleReport]) -> Callable[[int], CycleReport]:
    """Four nights with a file of a thousand rows each but the first; then one with as many as is said."""
    for days in range(4):
        if days:
            land_file(1000, days - 4)
        night(NIGHT + timedelta(days=days - 4))

    def tonight(rows: int) -> CycleReport:
        land_file(rows, 0)
        return night(NIGHT)

    return tonight


def land_file(rows: int, days: int = 0) -> None:
    """Say that a file of accounts came so many days before or after `NIGHT`."""
    with connection.cursor() as cursor:
        cursor.execute(FILE, [rows, rows, morning_before(NIGHT + timedelta(days=days))])


@pytest.fixture
def rows() -> Callable[..., list[dict[str, Any]]]:
    def select(sql: str, *values: Any) -> list[dict[str, Any]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return select
