"""`fairdue bench import`: the import of accounts with their dues against a bare COPY of the same rows."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from benchmarks.common import bench_database, measure, peak_rss_mb, report

BASELINE = (
    "COPY of the same file rows, accounts and dues, as typed CSV into two plain tables without index or "
    "constraint, in one transaction on the same server in the same run"
)
CREDITOR = "BENCH"


def register(bench: typer.Typer) -> None:
    """Add the command."""
    bench.command("import")(run)


def run(
    accounts: Annotated[int, typer.Option(help="How many accounts.")] = 100_000,
    dues: Annotated[int, typer.Option(help="How many dues each account has.")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object; it always is.")] = True,
) -> None:
    """Import accounts with their dues into an empty book of its own, and compare with a bare COPY."""
    with bench_database("fairdue_bench_import"), tempfile.TemporaryDirectory() as folder:
        _print(measured(Path(folder), accounts, dues))


def _print(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")


def measured(folder: Path, accounts: int, dues: int) -> dict[str, Any]:
    """Return the figures; the database is empty before."""
    from django.db import connection

    frames = {"accounts": _accounts(accounts), "dues": _dues(accounts, dues)}
    rows = sum(frame.height for frame in frames.values())
    for kind, frame in frames.items():
        frame.write_csv(folder / f"{kind}.csv")
    baseline = _bare_copy(folder, frames)
    del frames
    _set_up(folder, accounts)
    seconds = {}
    with measure() as whole:
        for kind in ("accounts", "dues"):
            seconds[kind] = _import(folder / f"{kind}.csv", kind)
    _prove()
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM book_account), (SELECT count(*) FROM ledger_dueitem)")
        landed = cursor.fetchone()
    return report(
        name="import",
        seconds=whole.seconds,
        baseline_seconds=baseline,
        baseline=BASELINE,
        rows=rows,
        peak_mb=peak_rss_mb(),
        accounts=accounts,
        seconds_by_file={kind: round(value, 3) for kind, value in seconds.items()},
        landed={"accounts": landed[0], "due_items": landed[1]},
    )


def _prove() -> None:
    """Every cached value must follow from the postings (not measured)."""
    from fairdue.contexts.ledger import facade as ledger

    proof = ledger.prove(limit=3)
    if not proof.is_proved:
        raise RuntimeError(f"the ledger does not prove: {proof.differences}")


def _accounts(count: int) -> pl.DataFrame:
    number = pl.int_range(0, count)
    return pl.select(
        account_ref=pl.format("A{}", number + 10_000_000),
        party_ref=pl.format("P{}", number + 10_000_000),
        product_code=pl.lit("CARD"),
        currency=pl.lit("CNY"),
        opened_date=pl.lit("2021-06-30"),
        balance_date=pl.lit("2026-01-31"),
        credit_limit=pl.format("{}.00", 5_000 + number % 50_000),
        principal=pl.format("{}.{}", 2_000 + number % 9_000, 10 + number % 90),
        interest=pl.format("{}.{}", number % 300, 10 + number % 90),
        penalty=pl.lit(None, dtype=pl.String),
        fee=pl.lit(None, dtype=pl.String),
        status=pl.lit("active"),
    )


def _dues(accounts: int, each: int) -> pl.DataFrame:
    row = pl.int_range(0, accounts * each)
    return pl.select(
        account_ref=pl.format("A{}", row // each + 10_000_000),
        due_ref=pl.format("2026-{}", row % each + 1),
        due_date=pl.format("2026-0{}-25", row % each % 9 + 1),
        currency=pl.lit("CNY"),
        principal=pl.format("{}.{}", 100 + row % 900, 10 + row % 90),
        interest=pl.lit(None, dtype=pl.String),
        penalty=pl.lit(None, dtype=pl.String),
        fee=pl.lit(None, dtype=pl.String),
    )


BARE_TABLES = {
    "accounts": "account_ref text, party_ref text, product_code text, currency text, opened_date date,"
    " balance_date date, credit_limit numeric, principal numeric, interest numeric, penalty numeric, fee numeric,"
    " status text",
    "dues": "account_ref text, due_ref text, due_date date, currency text, principal numeric, interest numeric,"
    " penalty numeric, fee numeric",
}


def _bare_copy(folder: Path, frames: dict[str, pl.DataFrame]) -> float:
    """COPY the files as they stand; the fastest of two runs."""
    from django.db import connection, transaction

    fastest = float("inf")
    for _ in range(2):
        started = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            for kind, columns in BARE_TABLES.items():
                cursor.execute(f"CREATE TABLE bare_{kind} ({columns})")
                options = "(FORMAT csv, HEADER true)"
                with (
                    cursor.copy(f"COPY bare_{kind} FROM STDIN {options}") as copy,
                    (folder / f"{kind}.csv").open("rb") as file,
                ):
                    while block := file.read(2**20):
                        copy.write(block)
        fastest = min(fastest, time.perf_counter() - started)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE bare_accounts, bare_dues")
    return fastest


def _set_up(folder: Path, count: int) -> None:
    """The creditor, its product, and the persons to whom the accounts belong (not measured)."""
    from django.db import connection

    from fairdue.contexts.book import facade as book
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    actor, now = system("bench"), clock.now()
    book.ensure_creditor(code=CREDITOR, name_zh="测试", name_en="Bench", actor=actor, now=now)
    book.ensure_product(
        creditor_code=CREDITOR,
        code="CARD",
        name_zh="卡",
        name_en="Card",
        kind="credit_card",
        actor=actor,
        now=now,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO parties_person (name_sealed, name_masked, name_hash, id_type, recorded_at)"
            " SELECT '\\x00', '*', sha256(n::text::bytea), '', now() FROM generate_series(1, %s) n",
            [count],
        )
        cursor.execute(
            "INSERT INTO parties_personreference (creditor_code, external_ref, person_id, row_digest)"
            " SELECT %s, 'P' || (id - 1 + 10000000 - (SELECT min(id) - 1 FROM parties_person)), id, 0"
            " FROM parties_person",
            [CREDITOR],
        )
        cursor.execute("VACUUM ANALYZE parties_person, parties_personreference")


def _import(path: Path, kind: str) -> float:
    from fairdue.journeys.import_file import import_file
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    started = time.perf_counter()
    result = import_file(
        path=path,
        kind=kind,
        creditor_code=CREDITOR,
        actor=system("bench"),
        now=clock.now(),
        reject_dir=path.parent,
    )
    if result.status != "accepted" or result.rejected_count:
        raise RuntimeError(f"{path.name}: {result.status}, {result.rejections}")
    return time.perf_counter() - started
