"""`fairdue bench ledger`: receipts posted and allocated in bulk against a bare COPY of the same posting rows."""

from __future__ import annotations

import json
import statistics
import sys
import time
from datetime import timedelta
from typing import Annotated, Any

import polars as pl
import typer

from benchmarks.common import bench_database, measure, report
from benchmarks.ledger_book import NOW, fill_loans, receipts
from benchmarks.ledger_web import receipts_through_the_web

BASELINE = (
    "COPY (binary) of the very posting rows that the run wrote into an empty table with the same columns, key "
    "and checks, in one transaction on the same server in the same run; the median of three"
)
POSTINGS = """
SELECT account_id, person_id, due_item_id, amount_minor, currency, effective_date, uuid_send(entry) AS entry,
       transaction_id, kind, debit, credit, recorded_at
  FROM ledger_posting WHERE transaction_id IS NOT NULL ORDER BY id
"""


def register(bench: typer.Typer) -> None:
    """Add the command."""
    bench.command("ledger")(run)


def run(
    accounts: Annotated[int, typer.Option(help="How many loans; each gets two receipts.")] = 100_000,
    singles: Annotated[int, typer.Option(help="How many receipts are recorded one by one.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object; it always is.")] = True,
) -> None:
    """Post and allocate two receipts of each loan in bulk, prove the result; then record some one by one, and some by the web."""
    with bench_database("fairdue_bench_ledger") as url:
        document = measured(url, accounts, singles)
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")


def measured(url: str, accounts: int, singles: int) -> dict[str, Any]:
    """Return the figures; the database is empty before."""
    from django.db import connection

    from fairdue.contexts.ledger.facade import land_transactions, prove

    fill_loans(connection, accounts)
    frame = receipts(accounts)
    with measure() as landing:
        landed = land_transactions(frame, batch_id=2, now=NOW)
    baseline, rows = _bare_copy(url)
    proof = prove()
    through_web, statements = receipts_through_the_web(accounts, singles)
    return report(
        name="ledger",
        seconds=landing.seconds,
        baseline_seconds=baseline,
        baseline=BASELINE,
        rows=rows,
        peak_mb=landing.peak_rss_mb,
        accounts=accounts,
        receipts=landed.created,
        proved=proof.is_proved,
        differences=len(proof.differences),
        one_receipt_ms=_spread(_one_by_one(accounts, singles)),
        one_receipt_through_web_ms=_spread(through_web) | {"statements": statements},
    )


def _bare_copy(url: str) -> tuple[float, int]:
    """Return the seconds of the baseline and the number of posting rows."""
    from django.db import transaction

    from fairdue.storage.bulk import copy_in_fast, execute, read_frame

    frame = read_frame(POSTINGS, url).with_columns(pl.col("recorded_at").dt.replace_time_zone("UTC"))

    def copy() -> float:
        execute("DROP TABLE IF EXISTS bench_posting")
        execute("CREATE TABLE bench_posting (LIKE ledger_posting INCLUDING ALL)")
        started = time.perf_counter()
        with transaction.atomic():
            copy_in_fast(frame, "bench_posting")
        return time.perf_counter() - started

    seconds = statistics.median(copy() for _ in range(3))
    execute("DROP TABLE bench_posting")
    return seconds, frame.height


def _spread(milliseconds: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(milliseconds, n=20)
    return {
        "median": round(statistics.median(milliseconds), 2),
        "p95": round(cuts[18], 2),
        "count": len(milliseconds),
    }


def _one_by_one(accounts: int, singles: int) -> list[float]:
    """Record receipts one by one and return the milliseconds of each."""
    from fairdue.contexts.ledger.facade import record_payment
    from fairdue.kernel.actor import system
    from fairdue.kernel.money import Money

    actor = system("bench")
    seconds = []
    for number in range(singles):
        started = time.perf_counter()
        record_payment(
            account_id=1 + number * 37 % accounts,
            amount=Money(12_345, "CNY"),
            effective_date=NOW.date(),
            external_ref=f"one:{number}",
            source="bench",
            actor=actor,
            now=NOW + timedelta(seconds=number),
        )
        seconds.append((time.perf_counter() - started) * 1000)
    return seconds
