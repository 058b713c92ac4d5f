"""The clock of one recipient at one moment, in plain Python: the same answers as `hours` gives over columns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from fairdue.engine.law.hours import MAX_ROUNDS, WeekClock

HALF_HOUR, HOUR = timedelta(minutes=30), timedelta(hours=1)


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its name."""
    return ZoneInfo(name)


def whole_minute(moment: datetime) -> datetime:
    """Return the first whole minute not before a moment."""
    full = moment.replace(second=0, microsecond=0)
    return full if full == moment else full + timedelta(minutes=1)


def is_closed_in(zone: str, week: WeekClock, moment: datetime) -> bool:
    """Tell whether the hours are closed in one zone."""
    local = moment.astimezone(zone_of(zone))
    if local.date() in week.closed_days:
        return True
    minute = _minute_of_week(local)
    if week.week[minute]:
        return False
    return not (week.edges and week.edges[minute] == 1 and local.second == local.microsecond == 0)


def next_moment(week: WeekClock, moment: datetime) -> datetime | None:
    """This function will return the first moment, not before the given one, that all zones leave open, or None."""
    if not any(week.week):
        return None
    if len(week.zones) == 1 and not week.closed_days:
        return _next_in(week, moment, week.zones[0])
    for _ in range(MAX_ROUNDS):
        found = [_after_closed_day(week, _next_in(week, moment, zone), zone) for zone in week.zones]
        advanced = max((each for each in found if each is not None), default=None)
        if advanced is None or advanced == moment:
            return advanced
        moment = advanced
    return None if any(is_closed_in(zone, week, moment) for zone in week.zones) else moment


def _next_in(week: WeekClock, moment: datetime, zone: str) -> datetime | None:
    local = moment.astimezone(zone_of(zone)).replace(tzinfo=None)
    if not (wait := week.wait(_minute_of_week(local))):
        return moment
    wall = local.replace(second=0, microsecond=0) + timedelta(minutes=wait)
    first = at_wall_time(wall, zone, fold=0)
    return at_wall_time(wall, zone, fold=1) if first is not None and first <= moment else first


def _after_closed_day(week: WeekClock, moment: datetime | None, zone: str) -> datetime | None:
    """Move a moment on a closed day to the start of the next local day."""
    if moment is None or (day := moment.astimezone(zone_of(zone)).date()) not in week.closed_days:
        return moment
    return first_moment(day + timedelta(days=1), zone)


@lru_cache(maxsize=4096)
def first_moment(day: date, zone: str) -> datetime | None:
    """Return when a local day begins; where clocks skip midnight, when they go on."""
    return at_wall_time(datetime.combine(day, time()), zone, fold=0)


def at_wall_time(wall: datetime, zone: str, *, fold: int) -> datetime | None:
    """This function will return the moment at which a zone's clock shows a wall time, the first or second such.

    1. A wall time that a clock change skips is read as the end of the skipped time.
    """
    for shown in _readings(wall):
        moment = shown.replace(tzinfo=zone_of(zone), fold=fold).astimezone(UTC)
        if moment.astimezone(zone_of(zone)).replace(tzinfo=None, fold=0) == shown:
            return moment
    return None


def _readings(wall: datetime) -> Iterator[datetime]:
    """Yield a wall time, and the next half and full hours, at which clocks go on."""
    hour = wall.replace(minute=0, second=0, microsecond=0)
    yield wall
    yield hour + (HALF_HOUR if wall < hour + HALF_HOUR else HOUR)
    yield hour + HOUR


def _minute_of_week(local: datetime) -> int:
    return local.weekday() * 1440 + local.hour * 60 + local.minute
