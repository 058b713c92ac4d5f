"""Stage report: the night in counts, kept with it so that a page shows them without counting again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
from django.conf import settings

from fairdue.contexts.decisions.facade import StageResult
from fairdue.journeys.nightly_cycle.night import Night

COUNTED = ("row_id", "planned_step", "step", "bucket", "outcome")


def report(night: Night) -> StageResult:
    """Tell persons and overdue amounts by row, step, bucket, outcome and reason, from what the landing counted."""
    counts = night.read("outcome_counts")
    order = [row.row_id for row in night.strategy.rows]
    listed = {column: _lines(counts, column) for column in (*COUNTED, "reason")}
    detail = {
        "by_row": sorted(listed["row_id"], key=lambda line: _place(line[0], order)),
        "by_planned_step": listed["planned_step"],
        "by_step": listed["step"],
        "by_bucket": listed["bucket"],
        "by_outcome": listed["outcome"],
        "by_reason": listed["reason"],
    }
    night.keep("decided")
    night.lake.forget_before(night.cycle_date - timedelta(days=settings.LAKE_KEEP_DAYS))
    total = sum(line[1] for line in listed["step"])
    return StageResult(in_count=total, out_count=total, rejected={}, detail=detail)


def _place(row_id: str, order: list[str]) -> tuple[int, str]:
    """Rows of the live strategy in their order; those of others after them."""
    return (order.index(row_id) if row_id in order else len(order), row_id)


def _lines(counts: pl.DataFrame, column: str) -> list[list[Any]]:
    lines = counts.filter(pl.col("column") == column).sort("code").select("code", "persons", "overdue_minor")
    return [list(line) for line in lines.rows()]


def count_outcomes(outcome: pl.DataFrame) -> pl.DataFrame:
    """Count one partition's persons and overdue amounts: column, code, persons, overdue_minor.

    A person with several reasons counts once under each.
    """
    reasons = outcome.filter(pl.col("reasons") != "").select(
        pl.col("reasons").str.split(",").alias("reason"), "overdue_minor"
    )
    counted = [_by(outcome, column) for column in COUNTED]
    return pl.concat([*counted, _by(reasons.explode("reason"), "reason")])


def _by(outcome: pl.DataFrame, column: str) -> pl.DataFrame:
    return outcome.group_by(pl.col(column).cast(pl.String).alias("code")).agg(
        pl.lit(column).first().alias("column"),
        pl.len().cast(pl.Int64).alias("persons"),
        pl.col("overdue_minor").sum(),
    )


def sum_counts(counts: list[pl.DataFrame]) -> pl.DataFrame:
    """Add the partitions' counts up."""
    return (
        pl.concat(counts)
        .group_by("column", "code")
        .agg(pl.col("persons", "overdue_minor").sum())
        .sort("column", "code")
    )
