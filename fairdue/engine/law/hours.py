"""Weekly hours on the recipient's clock, in every zone where the recipient may be.

Hours are written `mon,tue 08:00-12:00;sat 00:00-24:00`: starts included, ends excluded, local time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

import polars as pl

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK_MINUTES = 7 * 1440
NEVER = -1
MAX_ROUNDS = 48
"""Zones that are never open together are given up after so many steps, far more than any hours that do meet need."""

_INTERVAL = re.compile(r"^([a-z,]+) (\d\d):(\d\d)-(\d\d):(\d\d)$")


class HoursInvalid(ValueError):
    """The text is not a list of weekly intervals."""


@lru_cache(maxsize=4096)
def open_minutes(hours: str) -> bytes:
    """This function will return one byte a minute of the week, Monday 00:00 first: 1 open, 0 closed.

    1. An interval whose end is not after its start runs past midnight into the next day.

    :raises HoursInvalid: if the text cannot be read
    """
    week = bytearray(WEEK_MINUTES)
    for part in filter(None, hours.split(";")):
        match = _INTERVAL.match(part.strip())
        days = match.group(1).split(",") if match else []
        if match is None or any(day not in DAYS for day in days):
            raise HoursInvalid(f"{part!r} is not like 'mon,tue 08:00-12:00'")
        start, end = (int(match.group(i)) * 60 + int(match.group(i + 1)) for i in (2, 4))
        length = end - start if end > start else end - start + 1440
        for first in (DAYS.index(day) * 1440 + start for day in days):
            for minute in range(first, first + length):
                week[minute % WEEK_MINUTES] = 1
    return bytes(week)


def daily(open_from: str, open_to: str) -> str:
    """Return the weekly hours that are the same every day."""
    return f"{','.join(DAYS)} {open_from}-{open_to}"


@lru_cache(maxsize=1024)
def check_zone(name: str) -> str:
    """Return the zone if it is a known IANA zone.

    :raises HoursInvalid: if it is not
    """
    if name not in available_timezones():
        raise HoursInvalid(f"{name!r} is not an IANA time zone")
    return ZoneInfo(name).key


@lru_cache(maxsize=1024)
def last_minutes(hours: str) -> bytes:
    """Return one byte a minute of the week: 1 where an interval of the hours ends."""
    week = bytearray(WEEK_MINUTES)
    for part in filter(None, hours.split(";")):
        days, _, span = part.strip().partition(" ")
        hour, minute = span.split("-")[1].split(":")
        for day in days.split(","):
            week[(DAYS.index(day) * 1440 + int(hour) * 60 + int(minute)) % WEEK_MINUTES] = 1
    return bytes(week)


@dataclass(frozen=True)
class WeekClock:
    """Hours that must be open in each of some zones at once."""

    zones: tuple[str, ...]
    week: bytes
    edges: bytes = b""
    """Minutes whose very first instant is open too: ends of hours that include their end."""
    closed_days: frozenset[date] = frozenset()
    """Local days on which nothing is open."""
    _wait: pl.Series = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        both = bytes(a | b for a, b in zip(self.week, self.edges, strict=True)) if self.edges else self.week
        object.__setattr__(self, "_wait", _waits(both))
        for zone in self.zones:
            check_zone(zone)

    def wait(self, minute: int) -> int:
        """Return how many minutes after a minute of the week the next open one is; 0 if it is open itself."""
        return int(self._wait[minute])

    def is_closed(self, moments: pl.Series) -> pl.Series:
        """Tell for each UTC moment whether any zone is closed."""
        waits = pl.lit(_waits(self.week))
        closed = [waits.gather(_minute_of_week(pl.lit(moments), zone)) != 0 for zone in self.zones]
        if self.edges:
            ends = pl.lit(pl.Series(self.edges, dtype=pl.UInt8))
            is_whole = pl.lit(moments).dt.epoch("us") % 60_000_000 == 0
            closed = [
                shut & ~((ends.gather(_minute_of_week(pl.lit(moments), zone)) == 1) & is_whole)
                for shut, zone in zip(closed, self.zones, strict=True)
            ]
        if self.closed_days:
            closed += [_day_of(pl.lit(moments), zone).is_in(list(self.closed_days)) for zone in self.zones]
        return pl.select(pl.any_horizontal(closed).alias("closed")).to_series()

    def next_open(self, moments: pl.Series) -> pl.Series:
        """This function will return for each moment the first whole minute, not before it, that all zones leave open.

        1. A moment that is open is its own answer. 2. Null where no moment is open. 3. Clock changes are
        those of the zones: the answer is a wall-clock time turned back into a moment.
        """
        if not any(self.week):
            return pl.Series(moments.name, [None] * len(moments), dtype=moments.dtype)
        if len(self.zones) == 1 and not self.closed_days:
            return self._next_in(moments, self.zones[0])
        current = moments
        for _ in range(MAX_ROUNDS):
            advanced = pl.select(
                pl.max_horizontal(
                    self._after_closed_day(self._next_in(current, zone), zone) for zone in self.zones
                )
            ).to_series()
            if advanced.equals(current):
                return current
            current = advanced
        return current.zip_with(~self.is_closed(current), pl.Series([None], dtype=current.dtype))

    def _after_closed_day(self, moments: pl.Series, zone: str) -> pl.Series:
        """Move moments on a closed day to the start of the next local day."""
        if not self.closed_days:
            return moments
        moment = pl.lit(moments)
        tomorrow = _day_of(moment, zone).cast(pl.Datetime("us")) + pl.duration(days=1)
        opened = at_wall_time(tomorrow, zone, "earliest").dt.convert_time_zone("UTC")
        is_shut = _day_of(moment, zone).is_in(list(self.closed_days))
        return pl.select(pl.when(is_shut).then(opened).otherwise(moment).alias("next")).to_series()

    def _next_in(self, moments: pl.Series, zone: str) -> pl.Series:
        frame = pl.select(
            moment=pl.lit(moments), wait=pl.lit(self._wait).gather(_minute_of_week(pl.lit(moments), zone))
        )
        if frame["wait"].max() == 0:
            return moments
        local = pl.col("moment").dt.convert_time_zone(zone).dt.replace_time_zone(None).dt.truncate("1m")
        frame = frame.with_columns(wall=local + pl.duration(minutes=pl.col("wait")))
        # hours open at a few wall times: each is read once
        read = frame.select("wall").unique().select("wall", **_both_readings(zone))
        frame = frame.join(read, on="wall", how="left", maintain_order="left", nulls_equal=True)
        target = pl.when(pl.col("first") <= pl.col("moment")).then(pl.col("later")).otherwise(pl.col("first"))
        answer = pl.when(pl.col("wait") == 0).then(pl.col("moment")).otherwise(target)
        return frame.select(answer.alias("next")).to_series()


def _both_readings(zone: str) -> dict[str, pl.Expr]:
    """Return the first and the second moment at which a zone's clock shows the column `wall`."""
    return {
        "first": at_wall_time(pl.col("wall"), zone, "earliest").dt.convert_time_zone("UTC"),
        "later": at_wall_time(pl.col("wall"), zone, "latest").dt.convert_time_zone("UTC"),
    }


def at_wall_time(wall: pl.Expr, zone: str, ambiguous: Literal["earliest", "latest"]) -> pl.Expr:
    """This function will return the moment at which a zone's clock shows a wall time.

    1. A wall time that a clock change skips is read as the end of the skipped time, when the clock goes on.
    """

    def read(shown: pl.Expr) -> pl.Expr:
        return shown.dt.replace_time_zone(zone, ambiguous=ambiguous, non_existent="null")

    # clocks skip half an hour or an hour, and go on at a full or half hour
    half, full = (wall.dt.truncate(step).dt.offset_by(step) for step in ("30m", "1h"))
    return pl.coalesce(read(wall), read(half), read(full))


def _day_of(moments: pl.Expr, zone: str) -> pl.Expr:
    return moments.dt.convert_time_zone(zone).dt.date()


def _minute_of_week(moments: pl.Expr, zone: str) -> pl.Expr:
    """Return the minute of the local week; a null moment counts as minute 0 and stays null elsewhere."""
    local = moments.dt.convert_time_zone(zone).dt.replace_time_zone(None)
    # the first of January of 1970 was a Thursday: three days after a Monday
    return ((local.dt.epoch("s") // 60 + 3 * 1440) % WEEK_MINUTES).fill_null(0).cast(pl.UInt32)


@lru_cache(maxsize=4096)
def _waits(week: bytes) -> pl.Series:
    """Return for each minute of the week how many minutes until an open one; NEVER if there is none."""
    waits = [NEVER] * WEEK_MINUTES
    wait = NEVER
    for minute in range(2 * WEEK_MINUTES - 1, -1, -1):
        wait = 0 if week[minute % WEEK_MINUTES] else wait + (wait != NEVER)
        waits[minute % WEEK_MINUTES] = wait
    return pl.Series("wait", waits, dtype=pl.Int32)
