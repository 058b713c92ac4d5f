"""The closed vocabulary of checks: what a rule of a pack can test.

A check function answers for every row whether its rule is broken and, where only time stands in the way,
until when. A new kind of rule is a new function here, with its schema and tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import polars as pl

from fairdue.engine.law import clocks
from fairdue.engine.law.candidates import CANDIDATE_SCHEMA, MOMENT, MOMENTS
from fairdue.engine.law.conditions import compile_condition
from fairdue.engine.law.hours import at_wall_time

Parameters = Mapping[str, Any]
_FILLED = {
    name: (pl.col(name).list.len().max() > 0).alias(name)
    for name, column in CANDIDATE_SCHEMA.items()
    if column.dtype == MOMENTS or name == "holds"
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Broken or kept, row by row; `until` is the end of a closed time that does not depend on a clock."""

    is_broken: pl.Series
    until: pl.Series | None = None


@dataclass(slots=True)
class Desk:
    """The frame that is judged, with what several checks need of it computed once."""

    frame: pl.DataFrame
    memo: dict[Any, Any] = field(default_factory=dict)

    def once(self, key: Any, compute: Callable[[], Any]) -> Any:
        """Compute a value the first time and remember it."""
        if key not in self.memo:
            self.memo[key] = compute()
        return self.memo[key]


def hours_closed(desk: Desk, parameters: Parameters) -> Finding:
    """This function will find contacts outside the hours that are open in every plausible zone.

    1. Open from `open_from`, included, to `open_to`, excluded, each day. 2. Agreed hours replace that window in
    both directions. 3. Hours that the person consented to are open besides.
    """
    return _closed_by(desk, clocks.national(parameters))


def window_closed(desk: Desk, parameters: Parameters) -> Finding:
    """This function will find contacts outside the weekly hours of a rule in any plausible zone.

    1. `open` lists days with `from`, included, and `to`, excluded unless `is_end_included`. 2. Hours of the column
    `opened_by` are open besides. 3. Days of the column `closed_on` are closed. 4. Nothing else moves the window.
    """
    return _closed_by(desk, clocks.weekly(parameters))


def hours_named(desk: Desk, parameters: Parameters) -> Finding:
    """This function will find contacts within hours that the person named in `column`, in any plausible zone.

    1. Hours of the column `opened_by` are open all the same.
    """
    return _closed_by(desk, clocks.named(parameters))


def _closed_by(desk: Desk, clock: clocks.Clock) -> Finding:
    found: Finding = desk.once(clock, lambda: Finding(clocks.is_closed(desk.frame, clock)))
    return found


def count_reached(desk: Desk, parameters: Parameters) -> Finding:
    """This function will find persons whose counted contacts of `column` fill the cap of the window.

    1. `max` contacts in `days` calendar days of the home zone, today included, in the `calendar` week (from Monday)
    or month, or in `minutes` before now.
    `is_end_included` lets the contact that is exactly as old as the window count.
    2. As nothing else happens meanwhile, the cap opens when the `max`-th latest contact leaves the window.
    """
    if not _is_filled(desk, parameters["column"]):
        return _kept(desk)
    until = desk.once(("count", tuple(sorted(parameters.items()))), lambda: _opens_at(desk.frame, parameters))
    at = desk.frame["at"]
    is_full = at <= until if parameters.get("is_end_included") else at < until
    return Finding(is_full.fill_null(value=False), until)


def _is_filled(desk: Desk, column: str) -> bool:
    """Tell whether a column of lists holds anything at all, in any row."""
    return bool(desk.once("filled", lambda: _filled(desk.frame))[column])


def _filled(frame: pl.DataFrame) -> dict[str, Any]:
    return frame.select(_FILLED[name] for name in frame.columns if name in _FILLED).row(0, named=True)


def _kept(desk: Desk) -> Finding:
    """Return the finding that no row breaks the rule."""
    found: Finding = desk.once("kept", lambda: Finding(pl.repeat(False, desk.frame.height, eager=True)))
    return found


def _opens_at(frame: pl.DataFrame, parameters: Parameters) -> pl.Series:
    """Return when the cap opens; null where it is not full."""
    moments, limit = pl.col(parameters["column"]), int(parameters["max"])
    answer = pl.repeat(None, frame.height, dtype=MOMENT, eager=True)
    rows = frame.select(moments.list.len() >= limit).to_series().arg_true()
    if rows.is_empty():
        return answer
    decisive = _nth_latest(frame[parameters["column"]].gather(rows), limit)
    full = pl.DataFrame({"home_zone": frame["home_zone"].gather(rows), "decisive": decisive})
    return answer.scatter(rows, _leaves_window(full, parameters))


def _nth_latest(lists: pl.Series, place: int) -> pl.Series:
    """Return of each list, all of which are long enough, the moment that has so many later ones, itself counted."""
    flat, ends = lists.explode(), lists.list.len().cum_sum().cast(pl.Int64)
    begins_list = pl.repeat(False, len(flat) + 1, eager=True).scatter(ends, True)
    falls = (flat.dt.epoch("us").diff() < 0).arg_true()
    if begins_list.gather(falls).all():  # every list runs from the earliest to the latest
        return flat.gather(ends - place).alias("decisive")
    return lists.list.sort(descending=True).list.get(place - 1).alias("decisive")


def _leaves_window(full: pl.DataFrame, parameters: Parameters) -> pl.Series:
    """Return when the decisive contact leaves the window."""
    if "minutes" in parameters:
        return full["decisive"] + timedelta(minutes=int(parameters["minutes"]))
    zones = full["home_zone"].unique()
    days = [
        pl.when(pl.col("home_zone") == zone).then(_day_after("decisive", zone, parameters)) for zone in zones
    ]
    full = full.select("home_zone", pl.coalesce(days).alias("day"))
    begins = [
        pl.when(pl.col("home_zone") == zone).then(
            at_wall_time(pl.col("day"), zone, "earliest").dt.convert_time_zone("UTC")
        )
        for zone in zones
    ]
    read = full.unique().with_columns(pl.coalesce(begins).alias("until"))  # each day is read once
    return full.join(read, on=["home_zone", "day"], how="left", maintain_order="left")["until"]


def _day_after(column: str, zone: str, parameters: Parameters) -> pl.Expr:
    """Return the first local day on which a moment has left the window, as its midnight on the wall."""
    local = pl.col(column).dt.convert_time_zone(zone).dt.replace_time_zone(None)
    if "calendar" in parameters:
        step = _CALENDAR[parameters["calendar"]]
        return local.dt.truncate(step).dt.offset_by(step)
    return local.dt.truncate("1d") + pl.duration(days=int(parameters["days"]))


_CALENDAR = {"week": "1w", "month": "1mo"}


def hold_open(desk: Desk, parameters: Parameters) -> Finding:
    """This function will find persons under an open hold of one of `kinds` that does not permit the purpose.

    1. A hold permits the purposes written after its colon, and those of the parameter `permits`.
    """
    if not _is_filled(desk, "holds"):
        return _kept(desk)
    held = desk.once("holds", lambda: _held(desk.frame))
    rows = held.filter(
        pl.col("kind").is_in(list(parameters["kinds"]))
        & ~pl.col("purpose").is_in(list(parameters.get("permits", [])))
    )["row"]
    return Finding(
        pl.select(pl.int_range(desk.frame.height, dtype=pl.UInt32).is_in(rows.implode())).to_series()
    )


def _held(frame: pl.DataFrame) -> pl.DataFrame:
    rows = frame.select("holds", "purpose").with_row_index("row").filter(pl.col("holds").list.len() > 0)
    parts = pl.col("holds").str.split_exact(":", 1)
    return (
        rows.explode("holds")
        .with_columns(
            kind=parts.struct.field("field_0"), permitted=parts.struct.field("field_1").fill_null("")
        )
        .filter(~pl.col("permitted").str.split(",").list.contains(pl.col("purpose")))
    )


def fact_present(desk: Desk, parameters: Parameters) -> Finding:
    """This function will find rows for which the condition `when` holds; a list of conditions: any of them."""
    return Finding(desk.frame.select(compile_condition(parameters["when"]).alias("broken")).to_series())


@dataclass(frozen=True, slots=True)
class CheckFunction:
    """A member of the vocabulary: its function, the parameters it takes, the facts its messages may name."""

    run: Callable[[Desk, Parameters], Finding]
    required: frozenset[str]
    optional: frozenset[str]
    facts: frozenset[str]
    clock: Callable[[Parameters], clocks.Clock] | None = None
    """The hours it reads, if it depends on a clock."""
    columns: frozenset[str] = frozenset()
    """Parameters that name a column."""


CLOCK_FACTS = frozenset({"local_time", "zones", "open_today"})
FUNCTIONS: dict[str, CheckFunction] = {
    "hours.closed": CheckFunction(
        hours_closed, frozenset({"open_from", "open_to"}), frozenset(), CLOCK_FACTS | {"agreed_hours"},
        clock=clocks.national,
    ),
    "window.closed": CheckFunction(
        window_closed, frozenset({"open"}), frozenset({"is_end_included", "opened_by", "closed_on"}), CLOCK_FACTS,
        clock=clocks.weekly, columns=frozenset({"opened_by", "closed_on"}),
    ),
    "hours.named": CheckFunction(
        hours_named, frozenset({"column"}), frozenset({"opened_by"}), CLOCK_FACTS - {"open_today"},
        clock=clocks.named, columns=frozenset({"column", "opened_by"}),
    ),
    "count.reached": CheckFunction(
        count_reached, frozenset({"column", "max"}), frozenset({"days", "minutes", "calendar", "is_end_included"}),
        frozenset({"used", "latest"}), columns=frozenset({"column"}),
    ),
    "hold.open": CheckFunction(hold_open, frozenset({"kinds"}), frozenset({"permits"}), frozenset({"hold"})),
    "fact.present": CheckFunction(fact_present, frozenset({"when"}), frozenset(), frozenset()),
}  # fmt: skip
