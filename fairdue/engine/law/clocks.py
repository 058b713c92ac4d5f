"""Which hours bind a row: a rule's own window together with what the person said about hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from fairdue.engine.law.candidates import MOMENT
from fairdue.engine.law.hours import DAYS, WeekClock, daily, last_minutes, open_minutes

ALWAYS = f"{','.join(DAYS)} 00:00-24:00"


@dataclass(frozen=True, slots=True)
class Clock:
    """Hours as a rule means them; the fields after `hours` name columns with hours of the row, "" for none.

    The row's hours are those of `replaced_by` if it has any, else `hours`; less those of `closed_by`; and those of
    `opened_by` besides. Days of `closed_on` (dates joined by |) are closed altogether.
    """

    hours: str
    replaced_by: str = ""
    closed_by: str = ""
    opened_by: str = ""
    closed_on: str = ""
    is_end_included: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a row that decide about its hours, its zones first."""
        named = (self.replaced_by, self.closed_by, self.opened_by, self.closed_on)
        return ("zones", *filter(None, named))


def national(parameters: Mapping[str, Any]) -> Clock:
    """Return the clock of `hours.closed`: one daily window that agreed hours replace and a consent widens."""
    hours = daily(parameters["open_from"], parameters["open_to"])
    return Clock(hours, replaced_by="agreed_hours", opened_by="consented_hours")


def weekly(parameters: Mapping[str, Any]) -> Clock:
    """Return the clock of `window.closed`: hours by weekday, opened or closed only by what the rule names."""
    hours = ";".join(f"{','.join(part['days'])} {part['from']}-{part['to']}" for part in parameters["open"])
    return Clock(
        hours, opened_by=parameters.get("opened_by", ""), closed_on=parameters.get("closed_on", ""),
        is_end_included=parameters.get("is_end_included", False),
    )  # fmt: skip


def named(parameters: Mapping[str, Any]) -> Clock:
    """Return the clock of `hours.named`: every hour but those that the person named."""
    return Clock(ALWAYS, closed_by=parameters["column"], opened_by=parameters.get("opened_by", ""))


def is_closed(frame: pl.DataFrame, clock: Clock) -> pl.Series:
    """Tell for each row whether its hours are closed at its moment."""
    parts = [(rows, week.is_closed(frame["at"].gather(rows))) for rows, week in _weeks(frame, clock)]
    return _in_row_order(parts, pl.Boolean)


def next_open(frame: pl.DataFrame, moments: pl.Series, clock: Clock) -> pl.Series:
    """Return for each row the first moment, not before the given one, at which its hours are open."""
    parts = [(rows, week.next_open(moments.gather(rows))) for rows, week in _weeks(frame, clock)]
    return _in_row_order(parts, MOMENT)


def _in_row_order(
    parts: list[tuple[pl.Series, pl.Series]], dtype: pl.DataType | type[pl.DataType]
) -> pl.Series:
    """Put answers that were computed clock by clock back into the order of the rows."""
    if len(parts) == 1:
        return parts[0][1]
    rows = pl.concat([rows for rows, _ in parts]) if parts else pl.Series([], dtype=pl.UInt32)
    values = pl.concat([values.cast(dtype) for _, values in parts]) if parts else pl.Series([], dtype=dtype)
    return values.gather(rows.arg_sort())


def _weeks(frame: pl.DataFrame, clock: Clock) -> list[tuple[pl.Series, WeekClock]]:
    """Return each distinct week of the frame with the positions of its rows."""
    keys = list(clock.columns)
    if frame.height == 1:
        return [(pl.Series([0], dtype=pl.UInt32), _week(clock, frame.select(keys).row(0)))]
    groups = frame.select(keys).with_row_index("row").group_by(keys, maintain_order=True).agg("row")
    return [
        (rows, _week(clock, values))
        for *values, rows in (
            (*row, group) for row, group in zip(groups.select(keys).iter_rows(), groups["row"], strict=True)
        )
    ]


def _week(clock: Clock, values: Any) -> WeekClock:
    return week_of(clock, tuple(values))


@lru_cache(maxsize=4096)
def week_of(clock: Clock, values: tuple[str, ...]) -> WeekClock:
    """Return the hours of a row whose deciding columns, in the clock's order, hold these values."""
    said = dict(zip(clock.columns, values, strict=True))
    base = said.get(clock.replaced_by) or clock.hours
    week = open_minutes(f"{base};{said.get(clock.opened_by, '')}")
    if closed := said.get(clock.closed_by):
        opened = open_minutes(said.get(clock.opened_by, ""))
        week = bytes(
            minute & ~shut | again
            for minute, shut, again in zip(week, open_minutes(closed), opened, strict=True)
        )
    days = frozenset(date.fromisoformat(day) for day in said.get(clock.closed_on, "").split("|") if day)
    edges = last_minutes(clock.hours) if clock.is_end_included else b""
    return WeekClock(tuple(said["zones"].split("|")), week, edges, days)
