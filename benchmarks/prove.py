"""`fairdue bench prove`: the proof of a whole ledger against a bare ADBC read of the same postings."""

from __future__ import annotations

import time
from typing import Any

import typer

from benchmarks.common import bench_database, measure, report, rss_mb

BASELINE = "ADBC read of all columns of the same postings, chunk by chunk, kept nowhere"
COLUMNS = """entry, account_id, person_id, id, transaction_id, kind, debit, credit, due_item_id, amount_minor, currency,
             effective_date, recorded_at"""
CHUNK = 75_000


def register(bench: typer.Typer) -> None:
    """Add `prove` to the group `bench`."""
    bench.command("prove")(prove)


def prove(
    accounts: int = typer.Option(100_000, help="Accounts in the ledger."),
    postings: int = typer.Option(20, help="Postings of each account."),
    as_json: bool = typer.Option(False, "--json", help="Accepted for symmetry; the output is always JSON."),
) -> None:
    """Prove a ledger of N accounts, in a database of its own that is dropped afterwards."""
    from fairdue.cli.session import emit

    with bench_database("fairdue_bench_prove") as url:
        emit(run(accounts, postings, url))


def run(accounts: int, postings: int, url: str) -> dict[str, Any]:
    """Fill the ledger, read its postings bare, prove it, read them again, and return the report."""
    from django.db import connection

    from benchmarks.prove_book import fill_ledger
    from fairdue.contexts.ledger import facade as ledger

    started = time.perf_counter()
    written = fill_ledger(connection, accounts=accounts, postings=postings)
    filled_seconds = time.perf_counter() - started
    before = _read(url, accounts)
    with measure() as proof:
        found = ledger.prove(limit=5)
    if not found.is_proved or found.postings != written or found.accounts != accounts:
        raise RuntimeError(f"the ledger of the benchmark is not proved: {found}")
    after = _read(url, accounts)
    return report(
        name="prove",
        seconds=proof.seconds,
        baseline_seconds=min(before, after),
        baseline=BASELINE,
        rows=written,
        peak_mb=proof.peak_rss_mb,
        accounts=accounts,
        differences=found.total,
        baselines=[round(before, 3), round(after, 3)],
        fill_seconds=round(filled_seconds, 3),
        resident_mb_afterwards=round(rss_mb(), 1),
    )


def _read(url: str, accounts: int) -> float:
    """Return the seconds of the bare read, by one connection in ranges of accounts, as the proof reads."""
    import adbc_driver_postgresql.dbapi as adbc

    started = time.perf_counter()
    with adbc.connect(url) as session, session.cursor() as cursor:
        for first in range(1, accounts + 1, CHUNK):
            cursor.execute(
                f"SELECT {COLUMNS} FROM ledger_posting WHERE account_id >= {first} AND account_id < {first + CHUNK}"
            )
            cursor.fetch_arrow_table()
    return time.perf_counter() - started
