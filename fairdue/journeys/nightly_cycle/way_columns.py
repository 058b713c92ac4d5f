"""The narrow columns of every allowed way of a night: whose, which, of what sort, worth how much."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from fairdue.journeys.nightly_cycle.action_values import ActionValues, outputs_of, with_values
from fairdue.journeys.nightly_cycle.night import Night
from fairdue.journeys.nightly_cycle.scarcity import Scarcity, Sort
from fairdue.journeys.nightly_cycle.ways import with_order
from fairdue.kernel.clock import HOUSE_ZONE

FACTS = ("person_id", "currency", "bucket", "overdue_minor", "next_due_minor", "creditor_ids", "queue")


@dataclass(frozen=True, slots=True)
class WayColumns:
    """One line a way, by person and position: person_id, position, sort, value, is_first, begin (hour)."""

    lines: pl.DataFrame


def gather(night: Night, scarcity: Scarcity, waited: pl.DataFrame, table: ActionValues) -> WayColumns:
    """Read every partition's allowed ways, one after the other, and keep 24 bytes of each."""
    asks_creditor = any(each.creditor_id is not None for each in scarcity.given)
    found = [_part(night, part, scarcity, waited, table, asks_creditor) for part in night.parts]
    lines = pl.concat(found) if found else _part_of_nobody()
    return WayColumns(lines.sort("person_id", "position"))


def _part_of_nobody() -> pl.DataFrame:
    return pl.DataFrame(
        schema={"person_id": pl.Int64, "position": pl.Int8, "sort": pl.Int32, "value": pl.Float64, "is_first": pl.Boolean,
                "begin": pl.Int8}
    )  # fmt: skip


def _part(
    night: Night,
    part: int,
    scarcity: Scarcity,
    waited: pl.DataFrame,
    table: ActionValues,
    asks_creditor: bool,
) -> pl.DataFrame:
    names = ("person_id", "channel", "at", "outcome", "retry_after", "preference", "home_zone")
    ways = pl.scan_parquet(night.part_dir(part) / "ways.parquet").select(names).collect()
    allowed = with_order(ways, night.cycle_date).filter(pl.col("order") < 2)
    allowed = allowed.sort("person_id", "order", "preference").select("person_id", "channel", "at")
    decided = pl.scan_parquet(night.part_dir(part) / "decided.parquet")
    has = decided.collect_schema().names()
    wanted = [*FACTS, *(name for name in outputs_of(table) if name in has)]
    lines = (
        allowed.with_columns(pl.int_range(pl.len()).over("person_id").cast(pl.Int8).alias("position"))
        .join(decided.select(wanted).collect(), on="person_id", how="left", maintain_order="left")
        .join(waited, on="person_id", how="left", maintain_order="left")
    )
    lines = with_values(lines, table).with_columns(_begin(night).alias("begin"))
    return _sorted_out(lines, scarcity, asks_creditor)


def _begin(night: Night) -> pl.Expr:
    """The hour of the house's day at which the way may be taken; what lies on the next day counts as the latest hour."""
    here = pl.col("at").dt.convert_time_zone(str(HOUSE_ZONE))
    is_today, is_before = here.dt.date() == night.cycle_date, here.dt.date() < night.cycle_date
    hour = pl.when(is_today).then(here.dt.hour().cast(pl.Int8)).when(is_before).then(pl.lit(0, pl.Int8))
    return hour.otherwise(pl.lit(23, pl.Int8))


def _sorted_out(lines: pl.DataFrame, scarcity: Scarcity, asks_creditor: bool) -> pl.DataFrame:
    """Number the sorts; there are few, so each is looked at once."""
    ids = pl.col("creditor_ids").cast(pl.List(pl.String)).list.join(",") if asks_creditor else pl.lit("")
    keyed = lines.with_columns(
        ids.fill_null("").alias("ids"), pl.col("queue").fill_null(""), pl.col("begin").cast(pl.Int64).alias("hour")
    )  # fmt: skip
    keyed = keyed.with_columns(
        pl.when(pl.col("channel") == "call").then("queue").otherwise(pl.lit("")).alias("queue"),
        pl.when(pl.col("channel") == "call").then("hour").otherwise(pl.lit(0)).alias("hour"),
    )
    keys = keyed.select("channel", "queue", "hour", "ids").unique().sort("channel", "queue", "hour", "ids")
    numbers = scarcity.number_of(_sort(row) for row in keys.rows())
    numbered = keys.with_columns(pl.Series("sort", numbers, dtype=pl.Int32))
    return keyed.join(
        numbered, on=["channel", "queue", "hour", "ids"], how="left", maintain_order="left"
    ).select("person_id", "position", "sort", "value", "is_first", "begin")


def _sort(row: tuple[str, str, int, str]) -> Sort:
    channel, queue, hour, ids = row
    return (channel, queue, hour, frozenset(int(each) for each in ids.split(",") if each))
