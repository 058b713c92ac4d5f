"""`fairdue bench cycle`: the night over N accounts against bare ADBC read and COPY write of the same rows."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import typer

from benchmarks.common import bench_database, measure, report

NIGHT = date(2025, 10, 15)
NOW = datetime(2025, 10, 14, 18, 0, tzinfo=UTC)
BASELINE = (
    "ADBC read of the night's fact queries + COPY of its decisions, work items and messages, no indexes"
)


def register(bench: typer.Typer) -> None:
    """Add `cycle` to the group `bench`."""
    bench.command("cycle")(cycle)


def cycle(
    accounts: int = typer.Option(100_000, help="Accounts in the book."),
    as_json: bool = typer.Option(False, "--json", help="Accepted for symmetry; the output is always JSON."),
) -> None:
    """Run one night over a book of N accounts, in a database of its own that is dropped afterwards."""
    from fairdue.cli.session import emit

    with bench_database("fairdue_bench_cycle") as url, tempfile.TemporaryDirectory() as folder:
        emit(run(accounts, url, Path(folder)))


def run(accounts: int, url: str, folder: Path) -> dict[str, Any]:
    """Fill the book, run the night, run the baseline, and return the report."""
    from django.db import connection

    from benchmarks.cycle_book import fill_book
    from fairdue.journeys.load_packs import load_packs
    from fairdue.journeys.nightly_cycle import run_cycle
    from fairdue.kernel.actor import system

    persons = fill_book(connection, accounts=accounts, as_of=NIGHT, has_history=True)
    load_packs(now=NOW)
    _settle(connection)
    read_seconds, read_rows = min(_read(url), _read(url), key=lambda each: each[0])
    with measure() as night:
        found = run_cycle(cycle_date=NIGHT, actor=system("bench"), now=NOW, var_dir=folder)
    write_seconds, written = _write(connection)
    stages = {card.name: (card.finished_at - card.started_at) / timedelta(seconds=1) for card in found.stages}  # type: ignore[operator]
    return report(
        name="cycle",
        seconds=night.seconds,
        baseline_seconds=read_seconds + write_seconds,
        baseline=BASELINE,
        rows=accounts,
        peak_mb=night.peak_rss_mb,
        persons=persons,
        read_seconds=round(read_seconds, 3),
        write_seconds=round(write_seconds, 3),
        rows_read=read_rows,
        rows_written=written,
        stages={name: round(seconds, 3) for name, seconds in stages.items()},
        by_step={row.code: row.count for row in found.by_step},
        by_outcome={row.code: row.count for row in found.by_outcome},
    )


def _settle(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
        cursor.execute("checkpoint")


def _read(url: str) -> tuple[float, dict[str, int]]:
    """Read the same fact queries, one after the other, and keep nothing."""
    from fairdue.journeys.nightly_cycle.facts import fact_queries
    from fairdue.storage.bulk import read_frame

    started = time.perf_counter()
    rows = {name: read_frame(query, url).height for name, query in fact_queries(NIGHT).items()}
    return time.perf_counter() - started, rows


def _write(connection: Any) -> tuple[float, dict[str, int]]:
    """COPY the very rows that the night landed into tables without any index or constraint."""
    from fairdue.storage.bulk import copy_in, database_url, read_frame

    seconds, written = 0.0, {}
    for table in ("decisions_decision", "cases_workitem", "outreach_message"):
        frame = read_frame(f"select {_columns(connection, table)} from {table}", database_url())
        with connection.cursor() as cursor:
            cursor.execute(f"create table bench_{table} (like {table})")
        started = time.perf_counter()
        written[table] = copy_in(frame, f"bench_{table}")
        seconds += time.perf_counter() - started
    return seconds, written


def _columns(connection: Any, table: str) -> str:
    """The table's columns, documents as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select attname, atttypid::regtype::text from pg_attribute"
            " where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
            [table],
        )
        casts = {"jsonb": "::text", "bytea": "::text"}
        return ", ".join(f'"{name}"{casts.get(kind, "")} as "{name}"' for name, kind in cursor.fetchall())
