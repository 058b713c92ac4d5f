"""What every way of every person is worth, from `packs/reference/action_values.yaml`: the one place to put scores in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml
from django.conf import settings

STEP_DOWN = 1e-6
"""By so much, in parts, a less preferred way is worth less than the one before at least: the strategy's order stands
where nothing is scarce."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionValues:
    """The table: costs and units in minor units of `currency`, shares by channel and bucket."""

    currency: str
    least: float
    units: Mapping[str, float]
    counts_up_to: int
    costs: Mapping[str, float]
    shares: Mapping[tuple[str, str], float]
    first: tuple[tuple[str, str], ...]
    raise_a_night: float
    first_after_nights: int


@cache
def action_values() -> ActionValues:
    """Return the table that ships, or the installation's own in its place."""
    return read_action_values(Path(settings.PACKS_DIR) / "reference" / "action_values.yaml")


def read_action_values(path: Path) -> ActionValues:
    """Read a table.

    :raises ValueError: if it says something that is not understood
    """
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    shares = {
        (effect["channel"], bucket): float(share)
        for effect in said["effects"]
        for bucket, share in effect["shares"].items()
    }
    if any(not 0 <= share <= 1 for share in shares.values()):
        raise ValueError(f"{path.name}: a share lies between 0 and 1")
    if unknown := {channel for channel, _bucket in shares} - said["costs"].keys():
        raise ValueError(f"{path.name}: no cost for {', '.join(sorted(unknown))}")
    return ActionValues(
        currency=said["currency"],
        least=float(said["least"]),
        units={code: float(unit) for code, unit in said["units"].items()},
        counts_up_to=int(said["counts_up_to"]),
        costs={channel: float(cost["minor"]) for channel, cost in said["costs"].items()},
        shares=shares,
        first=tuple((each["output"], each["value"]) for each in said["first"]),
        raise_a_night=float(said["waiting"]["raise_a_night"]),
        first_after_nights=int(said["waiting"]["first_after_nights"]),
    )


def with_values(ways: pl.DataFrame, table: ActionValues) -> pl.DataFrame:
    """Add `value`, in minor units of the table's currency, and `is_first`, to ways in their order of preference.

    Columns: person_id, position (0 is preferred), channel, bucket, currency, overdue_minor, next_due_minor, nights
    (waited for capacity; null: none), and the outputs that `first` names as far as the strategy has them.

    1. share × amount, at most `counts_up_to`, less the cost; raised by `raise_a_night` for each night waited.
    2. At least `least`: what the strategy wants is never worth nothing.
    3. Never as much as a way that the strategy prefers.
    """
    amount = pl.max_horizontal(
        pl.when(pl.col("overdue_minor") > 0).then("overdue_minor").otherwise("next_due_minor").fill_null(0), 0
    )
    units = _look_up("currency", table.units, 1.0)
    counted = pl.min_horizontal(amount * units, pl.lit(float(table.counts_up_to)))
    nights = pl.col("nights").fill_null(0)
    worth = counted * _share(table) - _look_up("channel", table.costs, 0.0)
    value = pl.max_horizontal(worth * (1 + table.raise_a_night * nights), pl.lit(table.least))
    stepped = value.cum_min().over("person_id") * (1 - STEP_DOWN * pl.col("position"))
    named = [
        (pl.col(output) == wanted).fill_null(False)
        for output, wanted in table.first
        if output in ways.columns
    ]
    is_first = pl.any_horizontal(*named, nights >= table.first_after_nights)
    return ways.with_columns(stepped.alias("value"), is_first.alias("is_first"))


def _look_up(column: str, values: Mapping[str, float], otherwise: float) -> pl.Expr:
    keys, found = list(values), list(values.values())
    return pl.col(column).replace_strict(keys, found, default=otherwise, return_dtype=pl.Float64)


def _share(table: ActionValues) -> pl.Expr:
    keys = [f"{channel}|{bucket}" for channel, bucket in table.shares]
    pair = pl.concat_str("channel", pl.lit("|"), "bucket")
    return pair.replace_strict(keys, list(table.shares.values()), default=0.0, return_dtype=pl.Float64)


def outputs_of(table: ActionValues) -> tuple[str, ...]:
    """Return the outputs of a strategy that the table asks for."""
    return tuple(dict.fromkeys(output for output, _value in table.first))


def as_detail(table: ActionValues) -> dict[str, Any]:
    """Return what the night's report says of the table."""
    return {"currency": table.currency, "first_after_nights": table.first_after_nights}
