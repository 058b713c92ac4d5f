"""The closed vocabulary of checks: what a rule of a pack can test.

A check function answers for every row whether its rule is broken and, where only time stands in the way,
until when. A new kind of rule is a new function here, with its schema and tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA, MOMENT, MOMENTS
from fairdue.engine.law.conditions import compile_condition
from fairdue.engine.law.hours import WeekClock, at_wall_time, daily, open_minutes

Parameters = Mapping[str, Any]
_FILLED = [
    (pl.col(name).list.len().max() > 0).alias(name)
    for name, column in CANDIDATE_SCHEMA.items()
    if column.dtype == MOMENTS or name == "holds"
]
CLOCK_KEYS = ["zones", "agreed_hours", "consented_hours"]


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
    hours = ("hours", parameters["open_from"], parameters["open_to"])
    return desk.once(hours, lambda: Finding(_by_clock(desk.frame, parameters)))


def _by_clock(frame: pl.DataFrame, parameters: Parameters) -> pl.Series:
    parts = [(rows, clock.is_closed(frame["at"].gather(rows))) for rows, clock in clocks(frame, parameters)]
    return _in_row_order(parts, pl.Boolean)


def _in_row_order(
    parts: list[tuple[pl.Series, pl.Series]], dtype: pl.DataType | type[pl.DataType]
) -> pl.Series:
    """Put answers that were computed clock by clock back into the order of the rows."""
    if len(parts) == 1:
        return parts[0][1]
    rows = pl.concat([rows for rows, _ in parts]) if parts else pl.Series([], dtype=pl.UInt32)
    values = pl.concat([values.cast(dtype) for _, values in parts]) if parts else pl.Series([], dtype=dtype)
    return values.gather(rows.arg_sort())


def clocks(frame: pl.DataFrame, parameters: Parameters) -> list[tuple[pl.Series, WeekClock]]:
    """Return each distinct clock of the frame with the positions of its rows."""
    if frame.height == 1:
        rows = pl.Series([0], dtype=pl.UInt32)
        zones, agreed, consented = frame.select(CLOCK_KEYS).row(0)
        return [(rows, _clock(zones, agreed, consented, parameters))]
    rows_of = frame.select(CLOCK_KEYS).with_row_index("row")
    groups = rows_of.group_by(CLOCK_KEYS, maintain_order=True).agg("row")
    return [
        (rows, _clock(zones, agreed, consented, parameters))
        for zones, agreed, consented, rows in zip(
            *(groups[name] for name in [*CLOCK_KEYS, "row"]), strict=True
        )
    ]


def _clock(zones: str, agreed: str, consented: str, parameters: Parameters) -> WeekClock:
    base = agreed or daily(parameters["open_from"], parameters["open_to"])
    return WeekClock(tuple(zones.split("|")), open_minutes(f"{base};{consented}"))


def next_open(frame: pl.DataFrame, moments: pl.Series, parameters: Parameters) -> pl.Series:
    """Return for each row the first moment, not before the given one, at which its hours are open."""
    parts = [(rows, clock.next_open(moments.gather(rows))) for rows, clock in clocks(frame, parameters)]
    return _in_row_order(parts, MOMENT)


def count_reached(desk: Desk, parameters: Parameters) -> Finding:
    """This function will find persons whose counted contacts of `column` fill the cap of the window.

    1. `max` contacts in `days` calendar days of the home zone, today included, or in `minutes` before now.
    2. As nothing else happens meanwhile, the cap opens when the `max`-th latest contact leaves the window.
    """
    if not _is_filled(desk, parameters["column"]):
        return _kept(desk)
    until = desk.once(("count", tuple(sorted(parameters.items()))), lambda: _opens_at(desk.frame, parameters))
    return Finding((desk.frame["at"] < until).fill_null(value=False), until)


def _is_filled(desk: Desk, column: str) -> bool:
    """Tell whether a column of lists holds anything at all, in any row."""
    return bool(desk.once("filled", lambda: desk.frame.select(_FILLED).row(0, named=True))[column])


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
    decisive = moments.list.sort(descending=True).list.get(limit - 1).alias("decisive")
    full = frame.select("home_zone", parameters["column"])[rows].select("home_zone", decisive)
    return answer.scatter(rows, full.select(_leaves_window(full, parameters)).to_series())


def _leaves_window(full: pl.DataFrame, parameters: Parameters) -> pl.Expr:
    """Return when the decisive contact leaves the window."""
    if "minutes" in parameters:
        return pl.col("decisive") + pl.duration(minutes=int(parameters["minutes"]))
    midnights = [
        pl.when(pl.col("home_zone") == zone).then(_midnight_after("decisive", zone, int(parameters["days"])))
        for zone in full["home_zone"].unique()
    ]
    return pl.coalesce(midnights).alias("until")


def _midnight_after(column: str, zone: str, days: int) -> pl.Expr:
    """Return the start of the local day that lies `days` days after the day of a moment."""
    day = pl.col(column).dt.convert_time_zone(zone).dt.replace_time_zone(None).dt.truncate("1d")
    return at_wall_time(day + pl.duration(days=days), zone, "earliest").dt.convert_time_zone("UTC")


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
    depends_on_clock: bool = False


FUNCTIONS: dict[str, CheckFunction] = {
    "hours.closed": CheckFunction(
        hours_closed, frozenset({"open_from", "open_to"}), frozenset(),
        frozenset({"local_time", "zones", "agreed_hours"}), depends_on_clock=True,
    ),
    "count.reached": CheckFunction(
        count_reached, frozenset({"column", "max"}), frozenset({"days", "minutes"}), frozenset({"used", "latest"}),
    ),
    "hold.open": CheckFunction(hold_open, frozenset({"kinds"}), frozenset({"permits"}), frozenset({"hold"})),
    "fact.present": CheckFunction(fact_present, frozenset({"when"}), frozenset(), frozenset()),
}  # fmt: skip
