"""Stage report: the night in counts, kept with it so that a page shows them without counting again."""

from __future__ import annotations

from typing import Any

import polars as pl

from fairdue.contexts.decisions.facade import StageResult
from fairdue.journeys.nightly_cycle.land import outcomes
from fairdue.journeys.nightly_cycle.night import Night


def report(night: Night) -> StageResult:
    """Count persons and overdue amounts by row, step, bucket, outcome and reason."""
    outcome = outcomes(night)
    order = [row.row_id for row in night.strategy.rows]
    detail = {
        "by_row": sorted(_by(outcome, "row_id"), key=lambda line: order.index(line[0])),
        "by_planned_step": _by(outcome, "planned_step"),
        "by_step": _by(outcome, "step"),
        "by_bucket": _by(outcome, "bucket"),
        "by_outcome": _by(outcome, "outcome"),
        "by_reason": _by_reason(outcome),
    }
    return StageResult(in_count=outcome.height, out_count=outcome.height, rejected={}, detail=detail)


def _by(outcome: pl.DataFrame, column: str) -> list[list[Any]]:
    counted = outcome.group_by(column).agg(pl.len(), pl.col("overdue_minor").sum()).sort(column)
    return [list(line) for line in counted.rows()]


def _by_reason(outcome: pl.DataFrame) -> list[list[Any]]:
    """A person with several reasons counts once under each."""
    lines = outcome.filter(pl.col("reasons") != "").select(
        pl.col("reasons").str.split(",").alias("reason"), "overdue_minor"
    )
    return _by(lines.explode("reason"), "reason")
