"""Days past due of any number of accounts on any day, as columns; and the same rules for one account.

The rules are those of `life.delinquency`:

1. A due item is past due on a day if it is not settled by then and its due date is before the day (by the
   origin `due_date`: or is the day).
2. Days past due are those of the oldest such item. Paused are the days of a pause, after its first and up to
   its final day, that lie in that item's own overdue span; a day in two pauses is paused once.
3. Delinquent days are days past due less paused days and grace, not below zero; the bucket holds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from fairdue.engine.ledger.ageing import (
    DEFAULT_EDGES,
    bucket,
    bucket_expr,
    days_past_due,
    days_past_due_expr,
    first_day_offset,
)
from fairdue.engine.ledger.life.pausing import paused_days
from fairdue.engine.ledger.life.position import Interval

DUE_SCHEMA = {"account_id": pl.Int64, "due_date": pl.Date, "settled_date": pl.Date}
"""`due_date` may have been moved to a working day; `settled_date` is the day from which nothing is unpaid."""
PAUSE_SCHEMA = {"account_id": pl.Int64, "from_date": pl.Date, "to_date": pl.Date}

Pause = tuple[date, date]
"""From and to: paused are the days after `from` up to and including `to`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """How late one account or item is on a day."""

    oldest_due_date: date | None
    days_past_due: int
    paused_days: int
    delinquent_days: int
    bucket: str


def days_past_due_frame(
    dues: pl.DataFrame | pl.LazyFrame,
    as_of: date,
    *,
    origin: str = "due_plus_1",
    grace_days: int = 0,
    edges: Sequence[int] = DEFAULT_EDGES,
    pauses: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """This function will return how late every account of a frame of due items is on a day.

    1. `dues` has DUE_SCHEMA, in any order, past and future items alike; `pauses` has PAUSE_SCHEMA.
    2. One row an account: account_id, oldest_due_date (null when nothing is past due), days_past_due,
       paused_days, delinquent_days, bucket. Their order is not defined.

    :raises fairdue.engine.ledger.ageing.OriginUnknown: if the origin is not known
    """
    settled = pl.col("settled_date")
    latest = as_of - timedelta(days=1 - first_day_offset(origin))
    is_late = (pl.col("due_date") <= latest) & (settled.is_null() | (settled > as_of))
    oldest = pl.when(is_late).then(pl.col("due_date")).min().alias("oldest_due_date")
    days = days_past_due_expr(pl.col("oldest_due_date"), as_of, origin).cast(pl.Int32)
    late = dues.lazy().group_by("account_id").agg(oldest).with_columns(days_past_due=days)
    late = _with_paused(late, pauses, as_of)
    delinquent = (pl.col("days_past_due") - pl.col("paused_days") - grace_days).clip(lower_bound=0)
    return (
        late.with_columns(delinquent_days=delinquent)
        .with_columns(bucket=bucket_expr(pl.col("delinquent_days"), edges))
        .collect()
    )


def instalments_frame(
    dues: pl.DataFrame,
    as_of: date,
    *,
    origin: str = "due_plus_1",
    grace_days: int = 0,
    edges: Sequence[int] = DEFAULT_EDGES,
    pauses: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """This function will return the due items with their own days past due, each as `days_past_due_frame` counts.

    Pause days count only within each item's own overdue span.
    """
    keyed = dues.with_row_index("item").with_columns(pl.col("item").cast(pl.Int64))
    single = keyed.select(account_id="item", due_date="due_date", settled_date="settled_date")
    of_item = None
    if pauses is not None:
        of_item = keyed.select("item", "account_id").join(pauses, on="account_id").drop("account_id")
        of_item = of_item.rename({"item": "account_id"})
    late = days_past_due_frame(
        single, as_of, origin=origin, grace_days=grace_days, edges=edges, pauses=of_item
    ).drop("oldest_due_date")
    return keyed.join(late, left_on="item", right_on="account_id", maintain_order="left").drop("item")


def lateness(
    items: Iterable[tuple[date, date | None]],
    as_of: date,
    *,
    origin: str = "due_plus_1",
    grace_days: int = 0,
    edges: Sequence[int] = DEFAULT_EDGES,
    pauses: Sequence[Pause] = (),
) -> Lateness:
    """This function will return how late one account with items (due date, settled date) is on a day."""
    counted = [
        (due_date, days)
        for due_date, settled in items
        if (settled is None or settled > as_of) and (days := days_past_due(due_date, as_of, origin))
    ]
    oldest, days = min(counted, default=(None, 0))
    intervals = [Interval(start, end) for start, end in pauses]
    paused = paused_days(intervals, as_of - timedelta(days=days - 1), as_of) if days else 0
    delinquent = max(days - paused - grace_days, 0)
    return Lateness(
        oldest_due_date=oldest,
        days_past_due=days,
        paused_days=paused,
        delinquent_days=delinquent,
        bucket=bucket(delinquent, edges),
    )


def _with_paused(late: pl.LazyFrame, pauses: pl.DataFrame | None, as_of: date) -> pl.LazyFrame:
    """Add `paused_days`: few accounts have pauses, so these are joined to the late accounts and summed first."""
    if pauses is None or pauses.is_empty():
        return late.with_columns(paused_days=pl.lit(0, pl.Int32))
    known = late.collect()
    found = (
        pauses.join(known.filter(pl.col("days_past_due") > 0), on="account_id")
        .sort("account_id", "from_date", "to_date")
        .with_columns(
            before_first=pl.lit(as_of) - pl.duration(days=pl.col("days_past_due")),
            earlier=pl.col("to_date").cum_max().shift().over("account_id"),
        )
    )
    begins = pl.max_horizontal("from_date", "before_first", "earlier")
    ends = pl.min_horizontal(pl.col("to_date"), pl.lit(as_of))
    sums = (
        found.with_columns(days=(ends - begins).dt.total_days().clip(lower_bound=0))
        .group_by("account_id")
        .agg(paused_days=pl.col("days").sum().cast(pl.Int32))
    )
    return (
        known.lazy()
        .join(sums.lazy(), on="account_id", how="left")
        .with_columns(pl.col("paused_days").fill_null(0))
    )
