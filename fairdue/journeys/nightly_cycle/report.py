"""Stage report: the night in counts, kept with it so that a page shows them without counting again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
from django.conf import settings

from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.decisions.facade import StageResult
from fairdue.journeys.nightly_cycle.figures import keep_figures
from fairdue.journeys.nightly_cycle.night import Night

TREND_NIGHTS, TREND_LEAST = 7, 3
"""Nights before that a night is compared with: up to so many, and not with fewer."""

LEAST_MOVE = 0.01
"""A smaller part of all persons is never an anomaly."""

COUNTED = ("row_id", "planned_step", "step", "bucket", "outcome", "dropped")


def report(night: Night) -> StageResult:
    """Tell persons and overdue amounts by row, step, bucket, outcome and reason, and count the dashboards' figures.

    An extra night tells of its own persons; shares and figures of the book are those of the night of the day.
    """
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
        "by_dropped": [line for line in listed["dropped"] if line[0]],
    }
    if night.creditor_id is None:
        detail |= trends(listed["step"], night.cycle_date) | {"figures": keep_figures(night)}
    night.keep("decided")
    night.lake.forget_before(night.cycle_date - timedelta(days=settings.LAKE_KEEP_DAYS))
    night.forget_copies()
    total = sum(line[1] for line in listed["step"])
    return StageResult(in_count=total, out_count=total, rejected={}, detail=detail)


def trends(by_step: list[list[Any]], cycle_date: date) -> dict[str, Any]:
    """Compare each step's share of the persons with its mean over the nights before, and warn of what moved.

    1. `trends`: step, share tonight, mean share, nights compared, whether it moved by more than the setting `ANOMALY`
       of its mean and by at least one person in a hundred. 2. Fewer than three nights before: nothing is compared.
    """
    earlier = [night for night in decisions.cycles(TREND_NIGHTS + 2) if night.cycle_date < cycle_date]
    past = [
        _shares(decisions.cycle_report(night.cycle_date)) for night in earlier if night.status == "finished"
    ]
    past = past[:TREND_NIGHTS]
    total = sum(line[1] for line in by_step)
    if len(past) < TREND_LEAST or not total:
        return {}
    tonight = {line[0]: line[1] / total for line in by_step}
    lines = []
    for step in sorted({*tonight, *(step for shares in past for step in shares)}):
        share, mean = tonight.get(step, 0.0), sum(shares.get(step, 0.0) for shares in past) / len(past)
        has_moved = abs(share - mean) > max(settings.ANOMALY * mean, LEAST_MOVE)
        lines.append([step, round(share, 6), round(mean, 6), len(past), has_moved])
    warned = {"warnings": ["cycle.steps.moved"]} if any(line[4] for line in lines) else {}
    return {"trends": lines, **warned}


def _shares(report: decisions.CycleReport) -> dict[str, float]:
    total = sum(row.count for row in report.by_step)
    return {row.code: row.count / total for row in report.by_step} if total else {}


def _place(row_id: str, order: list[str]) -> tuple[int, str]:
    """Rows of the live strategy in their order; those of others after them."""
    return (order.index(row_id) if row_id in order else len(order), row_id)


def _lines(counts: pl.DataFrame, column: str) -> list[list[Any]]:
    lines = counts.filter(pl.col("column") == column).sort("code").select("code", "persons", "overdue_minor")
    return [list(line) for line in lines.rows()]


def count_outcomes(outcome: pl.DataFrame) -> pl.DataFrame:
    """Count a block's persons and overdue amounts: column, code, persons, overdue_minor.

    A person with several reasons counts once under each. Every person is looked at once: there are few combinations.
    """
    tally = outcome.group_by(*COUNTED, "reasons").agg(
        pl.len().cast(pl.Int64).alias("persons"), pl.col("overdue_minor").sum()
    )
    told = tally.filter(pl.col("reasons") != "").with_columns(
        pl.col("reasons").str.split(",").alias("reason")
    )
    return pl.concat([*(_by(tally, column) for column in COUNTED), _by(told.explode("reason"), "reason")])


def _by(tally: pl.DataFrame, column: str) -> pl.DataFrame:
    return tally.group_by(pl.col(column).cast(pl.String).alias("code")).agg(
        pl.lit(column).first().alias("column"), pl.col("persons", "overdue_minor").sum()
    )


def sum_counts(counts: list[pl.DataFrame]) -> pl.DataFrame:
    """Add the blocks' counts up."""
    return (
        pl.concat(counts)
        .group_by("column", "code")
        .agg(pl.col("persons", "overdue_minor").sum())
        .sort("column", "code")
    )
