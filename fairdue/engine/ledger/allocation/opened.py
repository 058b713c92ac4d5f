"""What due items ask for of the debt, and the balance that none of them asks for."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

KEYS = ("account_id", "component")
POOL_SCHEMA = {
    "account_id": pl.Int64,
    "component": pl.String,
    "effective_date": pl.Date,
    "transaction_id": pl.Int64,
    "amount_minor": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Opened:
    """Debts before any money: what each item asks, and what nothing asks for."""

    asked: pl.DataFrame
    """The items with `asked_minor`."""
    unscheduled: pl.DataFrame
    """POOL_SCHEMA; without an effective date for what is owed from the beginning."""


def opened(items: pl.DataFrame, receivables: pl.DataFrame) -> Opened:
    """Return what due items ask of what was ever receivable (openings and charges), and what they leave.

    1. Per account and component, items ask in order of due date as far as the receivable reaches. What it
       does not cover is asked by nobody.
    2. The rest is balance that no item asks for. Receivables may have an `effective_date` and a
       `transaction_id`; what came by a later charge is there from its day on, and items ask for the
       earliest receivables first.
    """
    dated = _dated(receivables)
    total = dated.group_by(KEYS).agg(total=pl.col("amount_minor").sum())
    asked = _asked(items, total)
    return Opened(asked=asked, unscheduled=_unscheduled(dated, asked))


def _dated(receivables: pl.DataFrame) -> pl.DataFrame:
    missing = [
        pl.lit(None, POOL_SCHEMA[name]).alias(name)
        for name in ("effective_date", "transaction_id")
        if name not in receivables.columns
    ]
    return receivables.with_columns(missing).select(*POOL_SCHEMA)


def _asked(items: pl.DataFrame, total: pl.DataFrame) -> pl.DataFrame:
    before = pl.col("amount_minor").cum_sum().over(KEYS) - pl.col("amount_minor")
    left = pl.col("total").fill_null(0) - pl.col("before")
    return (
        items.sort(*KEYS, "due_date", "due_item_id")
        .with_columns(before=before)
        .join(total, on=KEYS, how="left", maintain_order="left")
        .with_columns(asked_minor=pl.min_horizontal(left.clip(lower_bound=0), "amount_minor"))
        .drop("before", "total")
    )


def _unscheduled(dated: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """Return by how much the balance beyond all that is asked grows with each receivable."""
    sums = asked.group_by(KEYS).agg(asked=pl.col("asked_minor").sum())
    order = ("effective_date", "transaction_id")
    beyond = (pl.col("amount_minor").cum_sum().over(KEYS) - pl.col("asked").fill_null(0)).clip(lower_bound=0)
    return (
        dated.group_by(*KEYS, *order)
        .agg(pl.col("amount_minor").sum())
        .sort(*KEYS, *order, nulls_last=False)
        .join(sums, on=KEYS, how="left", maintain_order="left")
        .with_columns(beyond=beyond)
        .with_columns(amount_minor=pl.col("beyond") - pl.col("beyond").shift(1).over(KEYS).fill_null(0))
        .filter(pl.col("amount_minor") > 0)
        .select(*POOL_SCHEMA)
    )
