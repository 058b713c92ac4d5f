"""The first way that the law allows: what is chosen where nothing is scarce."""

from __future__ import annotations

from datetime import date

import polars as pl

from fairdue.journeys.nightly_cycle.candidates import end_of_day

CHEAPER = "cheaper_channel"
TAKEN = ("", CHEAPER)
"""Values of `dropped` with which an allowed way is taken: the preferred one, or another because that one was scarce."""

NO_WAY = "cycle.way.none"
"""Reason of a person whom no channel of the row can reach: no contact point, or no approved text for it."""


def with_order(ways: pl.DataFrame, cycle_date: date) -> pl.DataFrame:
    """Add `order`: 0 allowed at the hour planned, 1 allowed later that day (`at` is moved there), 2 not today."""
    is_later_today = (
        (pl.col("outcome") == "defer") & (pl.col("retry_after") < end_of_day(ways, cycle_date))
    ).fill_null(False)
    order = pl.when(pl.col("outcome") == "allow").then(0).when(is_later_today).then(1).otherwise(2)
    is_moved = pl.col("order") == 1
    return ways.with_columns(order.alias("order")).with_columns(
        pl.when(is_moved).then(pl.col("retry_after")).otherwise(pl.col("at")).alias("at"),
        pl.when(is_moved).then(pl.lit("allow")).otherwise(pl.col("outcome")).alias("outcome"),
        is_moved.alias("is_moved"),
    )


def first_ways(ways: pl.DataFrame, cycle_date: date) -> pl.DataFrame:
    """Return one line a person: the preferred allowed way; failing that one that is allowed later that day; failing
    that the preferred way with its refusal."""
    return (
        with_order(ways, cycle_date)
        .sort("person_id", "order", "preference")
        .unique("person_id", keep="first", maintain_order=True)
        .select("person_id", "channel", "contact_point_id", "at", "outcome", "reasons", "is_moved")
    )
