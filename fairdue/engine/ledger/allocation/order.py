"""The place of each item in an order of payment, as an expression over columns."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from fairdue.engine.ledger.ageing import days_past_due_expr
from fairdue.engine.ledger.allocation.rules import DUE_CLASSES, AllocationRule, Way

BY_RULE, BY_ROW, BY_STEP, BY_ZONE = 1, 1 << 8, 1 << 32, 1 << 56
"""What one place counts at each level of the key: component in a step, row, step, zone."""

MAX_ROWS = BY_STEP // BY_ROW - 1


def place_key(way: Way, codes: Mapping[str, int]) -> pl.Expr:
    """Return the key by which the places of one account are settled under a way, least first.

    Columns: `due_date` (null for balance that no item asks for), `on` (the money's day), `code` (of the
    component, by `codes`), `row` (the row's number in its account), `rate_rank` (1 for the highest annual rate).

    1. Items due within reach, then the balance that no item asks for, then items beyond reach.
    2. Then the step of the way, the row (from the latest where money in advance goes last), and the
       component within the step.
    """
    day, due = pl.col("on"), pl.col("due_date")
    due_class = pl.when(due < day).then(0).when(due == day).then(1).otherwise(2)
    slots = pl.lit(pl.Series(_slot_keys(way, codes), dtype=pl.Int64))
    row = pl.col("row")
    if way.in_advance == "last":
        row = pl.when(due_class == 2).then(MAX_ROWS - row).otherwise(row)
    scheduled = slots.gather(due_class * len(codes) + pl.col("code")) + row * BY_ROW
    if way.reach_days is not None:
        is_beyond = due > day + pl.duration(days=way.reach_days)
        scheduled = scheduled + is_beyond.fill_null(False).cast(pl.Int64) * (2 * BY_ZONE)
    return pl.when(due.is_null()).then(BY_ZONE + _pool_key(way, codes)).otherwise(scheduled).alias("key")


def is_settled_by(way: Way) -> pl.Expr:
    """Tell whether money settles a place under a way at all: not what is `is_charged` only beyond its reach."""
    if way.reach_days is None:
        return pl.lit(value=True)
    is_beyond = pl.col("due_date") > pl.col("on") + pl.duration(days=way.reach_days)
    return ~(pl.col("is_charged") & is_beyond).fill_null(value=False)


def _pool_key(way: Way, codes: Mapping[str, int]) -> pl.Expr:
    order = way.unscheduled_order
    ranks = pl.lit(pl.Series([order.index(component) for component in codes], dtype=pl.Int64))
    by_rate = pl.col("rate_rank") * BY_ROW if way.is_highest_rate_first else pl.lit(0)
    return ranks.gather(pl.col("code")) + by_rate


def _slot_keys(way: Way, codes: Mapping[str, int]) -> list[int]:
    """Return the key of each slot, by class and then component."""
    keys = [0] * (len(DUE_CLASSES) * len(codes))
    for step, (due_class, components) in enumerate(way.steps):
        for rank, component in enumerate(components):
            slot = DUE_CLASSES.index(due_class) * len(codes) + codes[component]
            keys[slot] = step * BY_STEP + rank * BY_RULE
    return keys


def ways_of(rule: AllocationRule) -> tuple[Way, ...]:
    """Return the ways of a rule: its own first, then those of its stages."""
    return (rule, *rule.stages)


def way_number(rule: AllocationRule, days_past_due: pl.Expr, is_judged: pl.Expr) -> pl.Expr:
    """Return the number in `ways_of` of the way that holds, by the precedence of `AllocationRule.way_on`."""
    number = pl.lit(0, pl.Int64)
    by_days = sorted(enumerate(rule.stages, start=1), key=lambda one: one[1].from_days_past_due or 0)
    for place, stage in by_days:
        if stage.from_days_past_due is not None:
            number = pl.when(days_past_due >= stage.from_days_past_due).then(place).otherwise(number)
    for place, stage in by_days:
        if stage.needs_judgment:
            number = pl.when(is_judged).then(place).otherwise(number)
    return number.cast(pl.Int64).alias("way")


def days_late() -> pl.Expr:
    """Return the days past due of an account on `on`, from `oldest` and `dpd_origin`."""
    return days_past_due_expr(pl.col("oldest"), pl.col("on"), pl.col("dpd_origin"))
