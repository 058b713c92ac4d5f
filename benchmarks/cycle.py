"""`fairdue bench cycle`: the night over N accounts against bare ADBC read and COPY write of the same rows."""

from __future__ import annotations

import os
import shutil
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
    "bare ADBC read of the night's fact queries + Parquet write of their rows"
    " + COPY of its decisions, work items and messages into tables without indexes"
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
    _limit(accounts)
    _settle(connection)
    read_seconds, read_rows = _read(url, folder / "bare")
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
        load=round(os.getloadavg()[0], 2),
        peak_mb=night.peak_rss_mb,
        persons=persons,
        read_seconds=round(read_seconds, 3),
        write_seconds=round(write_seconds, 3),
        rows_read=read_rows,
        rows_written=written,
        stages={name: round(seconds, 3) for name, seconds in stages.items()},
        by_step={row.code: row.count for row in found.by_step},
        by_outcome={row.code: row.count for row in found.by_outcome},
        capacity=next(dict(card.detail) for card in found.stages if card.name == "capacity"),
    )


def _limit(accounts: int) -> None:
    """Let there be fewer calls and messages than the book wishes, so that the night has to share them.

    With the reviews that need no capacity, five in a hundred accounts get a work item or a message.
    """
    from fairdue.contexts.cases import facade as cases
    from fairdue.kernel.actor import system

    said: dict[str, Any] = {"valid_from": NIGHT, "actor": system("bench"), "now": NOW}
    cases.set_capacity(kind="messages", name="sms", amount=accounts // 100, **said)
    for channel in ("email", "inapp"):
        cases.set_capacity(kind="messages", name=channel, amount=accounts * 52 // 10_000, **said)
    cases.set_capacities(kind="calls", name="m2", amount=accounts // 1000, hours=range(9, 18), **said)
    cases.set_capacity(kind="calls", name="", amount=accounts // 40, **said)


def _settle(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
        cursor.execute("checkpoint")


def _read(url: str, folder: Path) -> tuple[float, dict[str, int]]:
    """Read the same fact queries, one after the other, and write each to one Parquet file as its batches come."""
    import pyarrow.parquet as pq

    from fairdue.journeys.nightly_cycle.facts import fact_queries
    from fairdue.storage.bulk import stream_snapshot

    folder.mkdir()
    started, rows = time.perf_counter(), {}
    for name, reader in stream_snapshot(fact_queries(NIGHT), url):
        path = folder / f"{name}.parquet"
        with pq.ParquetWriter(path, reader.schema, compression="zstd", compression_level=1) as file:
            for batch in reader:
                file.write_batch(batch)
        rows[name] = pq.read_metadata(path).num_rows
    seconds = time.perf_counter() - started
    shutil.rmtree(folder)
    return seconds, rows


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
