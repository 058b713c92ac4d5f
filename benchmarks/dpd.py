"""`fairdue bench dpd`: days past due and buckets of every account as of a day, against one bare group-by."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import typer

from benchmarks.common import measure, report

BASELINE = (
    "one Polars group-by, the least due date of each account over the same frame; the faster engine of two"
)
AS_OF = date(2026, 6, 15)
FIRST = date(2024, 6, 1)
SPREAD_DAYS = 800


def register(bench: typer.Typer) -> None:
    """Add `dpd` to the group `bench`."""
    bench.command("dpd")(dpd)


def dpd(
    accounts: int = typer.Option(1_000_000, help="Accounts; each has one to three due items."),
    runs: int = typer.Option(3, help="Runs of each, of which the fastest counts."),
    as_json: bool = typer.Option(False, "--json", help="Accepted for symmetry; the output is always JSON."),
) -> None:
    """Count the days past due of N accounts as of a day, one in a hundred with a pause."""
    from fairdue.cli.session import emit

    emit(run(accounts, runs))


def run(accounts: int, runs: int = 3) -> dict[str, Any]:
    """Make the frames, run both, and return the report."""
    from fairdue.engine.ledger.standing.lateness import days_past_due_frame

    dues, pauses = frames(accounts)
    least = pl.col("due_date").min()
    runners: dict[str, Callable[[], Any]] = {
        "eager": lambda: dues.group_by("account_id").agg(least),
        "lazy": lambda: dues.lazy().group_by("account_id").agg(least).collect(),
        "counted": lambda: days_past_due_frame(dues, AS_OF),
        "paused": lambda: days_past_due_frame(dues, AS_OF, pauses=pauses),
    }
    with measure() as measured:
        seconds = _best(runners, runs)
    counted, paused = seconds.pop("counted"), seconds.pop("paused")
    found = days_past_due_frame(dues, AS_OF, pauses=pauses)
    baseline = min(seconds.values())
    return report(
        name="dpd",
        seconds=counted,
        baseline_seconds=baseline,
        baseline=BASELINE,
        rows=dues.height,
        peak_mb=measured.peak_rss_mb,
        accounts=found.height,
        paused_accounts=pauses.height,
        with_pauses_seconds=round(paused, 3),
        with_pauses_ratio=round(paused / baseline, 3),
        baselines={name: round(one, 3) for name, one in seconds.items()},
        late_accounts=found.filter(pl.col("days_past_due") > 0).height,
    )


def frames(accounts: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return due items, six in ten settled, and pauses of every hundredth account."""
    rows = pl.select(account_id=pl.int_range(accounts, dtype=pl.Int64)).with_columns(
        item=pl.int_ranges(1 + pl.col("account_id") % 3)
    )
    chance = pl.struct("account_id", "item").hash(7)
    dues = (
        rows.explode("item")
        .with_columns(chance=chance)
        .with_columns(due_date=pl.lit(FIRST) + pl.duration(days=pl.col("chance") % SPREAD_DAYS))
        .select(
            "account_id",
            "due_date",
            settled_date=pl.when(pl.col("chance") // 1_000 % 10 < 6).then(
                pl.col("due_date") + pl.duration(days=pl.col("chance") // 10_000 % 40)
            ),
        )
    )
    pauses = (
        pl.select(account_id=pl.int_range(0, accounts, 100, dtype=pl.Int64))
        .with_columns(from_date=pl.lit(date(2026, 1, 1)), to_date=pl.lit(date(2026, 3, 1)))
    )  # fmt: skip
    return dues, pauses


def _best(runners: dict[str, Callable[[], Any]], count: int) -> dict[str, float]:
    """Return the fewest seconds of each, taken in turn, so that a busy moment meets them all."""
    found: dict[str, float] = dict.fromkeys(runners, float("inf"))
    for _ in range(count):
        for name, run_one in runners.items():
            started = time.perf_counter()
            run_one()
            found[name] = min(found[name], time.perf_counter() - started)
    return found
