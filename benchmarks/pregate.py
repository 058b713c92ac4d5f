"""`fairdue bench pregate`: millions of proposed contacts judged from columns against reading and writing the columns."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import typer

from benchmarks.common import Measure, measure, report

BASELINE = (
    "read the same columns of the same Parquet files chunk by chunk and write them as Parquet again, in the same run; "
    "the gate reads them, judges each row under the packs and writes them with outcome, rule ids and moment to retry"
)
NOW = datetime(2026, 5, 12, 2, 0, tzinfo=UTC)
DAY_US = 86_400_000_000
MOMENT = pl.Datetime("us", "UTC")


def register(bench: typer.Typer) -> None:
    """Add `pregate` to the group `bench`."""
    bench.command("pregate")(pregate)


def pregate(
    rows: int = typer.Option(10_000_000, help="Proposed contacts."),
    chunk: int = typer.Option(1_000_000, help="Rows judged at once."),
    as_json: bool = typer.Option(False, "--json", help="Accepted for symmetry; the output is always JSON."),
) -> None:
    """Judge N proposed contacts of all channels and hours under the Chinese and the house's packs."""
    from fairdue.cli.session import configure, emit

    configure()
    with tempfile.TemporaryDirectory() as folder:
        emit(run(rows, chunk, Path(folder)))


def run(rows: int, chunk: int, folder: Path) -> dict[str, Any]:
    """Write the candidates, copy them, judge them, and return the report."""
    from fairdue.contexts.law import facade as law

    files = _files(rows, chunk, folder)
    law.pregate(pl.read_parquet(files[0]).head(1_000), now=NOW)  # the packs are loaded
    before = _copying(files, folder)
    counts: dict[str, int] = {}
    with measure() as judging:
        for place, file in enumerate(files):
            _judge(law, file, folder / f"judged-{place}.parquet", counts)
    after = _copying(files, folder)
    best = min(before, after, key=lambda run: run.seconds)
    return report(
        name="pregate",
        seconds=judging.seconds,
        baseline_seconds=best.seconds,
        baseline=BASELINE,
        rows=rows,
        peak_mb=judging.peak_rss_mb,
        chunk=chunk,
        packs=law.pack_versions(),
        outcomes=dict(sorted(counts.items())),
        baselines=[round(before.seconds, 3), round(after.seconds, 3)],
        cpu_seconds=round(judging.cpu_seconds, 3),
        cpu_ratio=round(judging.cpu_seconds / min(before.cpu_seconds, after.cpu_seconds), 3),
        rows_per_second=round(rows / judging.seconds),
    )


def _judge(law: Any, file: Path, target: Path, counts: dict[str, int]) -> None:
    judged = law.pregate(pl.read_parquet(file), now=NOW)
    judged.write_parquet(target)
    for outcome, count in judged["outcome"].value_counts().iter_rows():
        counts[outcome] = counts.get(outcome, 0) + count


def _copying(files: list[Path], folder: Path) -> Measure:
    with measure() as copying:
        for file in files:
            pl.read_parquet(file).write_parquet(folder / "copy.parquet")
    return copying


def _files(rows: int, chunk: int, folder: Path) -> list[Path]:
    files = []
    for place, frame in enumerate(frames(rows, chunk)):
        files.append(folder / f"candidates-{place}.parquet")
        frame.write_parquet(files[-1])
    return files


def frames(rows: int, chunk: int) -> Iterator[pl.DataFrame]:
    """Yield the candidates: what a night knows of each contact that it would make."""
    for start in range(0, rows, chunk):
        yield _frame(start, min(chunk, rows - start))


def _frame(start: int, count: int) -> pl.DataFrame:
    """Return contacts of all channels at all hours of a day; two in five persons have a history, a few a hold."""
    person, numbers = (
        pl.col("person_id"),
        pl.select(person_id=pl.int_range(start + 1, start + count + 1, dtype=pl.Int64)),
    )
    chance = person.hash(11)

    def pick(*values: Any, step: int = 1, dtype: Any = None) -> pl.Expr:
        return pl.lit(pl.Series(values, dtype=dtype)).gather(((chance // step) % len(values)).cast(pl.UInt32))

    return numbers.select(
        person_id=person,
        contact_point_id=person * 2,
        at=(pl.lit(NOW).dt.epoch("us") + (chance % (DAY_US // 1_000_000)).cast(pl.Int64) * 1_000_000).cast(MOMENT),
        channel=pick("sms", "sms", "call", "email", "inapp", "letter"),
        mode=pick("interactive", "interactive", "announcement", step=7),
        purpose=pick(*["collect"] * 9, "plan_reminder", step=11),
        product_kinds=pick(["credit_card"], ["consumer_loan"], ["credit_card", "consumer_loan"], step=13),
        is_online=pick(True, False, step=17),
        home_zone=pick(*["Asia/Shanghai"] * 99, "Asia/Urumqi", step=19),
        zones=pick(*["Asia/Shanghai"] * 97, "Asia/Shanghai|Asia/Urumqi", "Asia/Shanghai|Europe/Paris", "Asia/Tokyo", step=19),
        agreed_hours=pick(*[""] * 99, "mon,tue,wed,thu,fri 18:00-21:00", step=23),
        owner=pick(*["debtor"] * 19, "third_party", step=29),
        relation=pl.when((chance // 29) % 20 == 19).then(pl.lit("friend")).otherwise(pl.lit("")),
        is_opted_out=(chance // 31) % 50 == 7,
        is_deceased=(chance // 37) % 1000 == 1,
        age=18 + ((chance // 41) % 60).cast(pl.Int64),
        holds=pick(*[[]] * 98, ["dispute:"], ["plan:plan_reminder"], step=43, dtype=pl.List(pl.String)),
        consecutive_failures=((chance // 47) % 5).cast(pl.Int64),
        announcements=_moments(chance, 53, 8),
        conversations=_moments(chance, 59, 5),
        unanswered=_moments(chance, 61, 5),
        unanswered_elsewhere=_moments(chance, 67, 10),
        messages=_moments(chance, 71, 3),
    )  # fmt: skip


def _moments(chance: pl.Expr, step: int, share: int) -> pl.Expr:
    """Return up to three moments of the last nine days, earliest first, for one row in `share`, none for the others."""
    count = pl.when((chance // step) % share == 0).then(1 + (chance // step // share) % 3).otherwise(0)
    back = (chance // step) % (9 * 86_400)
    first = pl.lit(NOW).dt.epoch("us") - back.cast(pl.Int64) * 1_000_000
    listed = pl.concat_list([first - place * DAY_US // 4 for place in (2, 1, 0)]).list.tail(count)
    return listed.cast(pl.List(MOMENT))
