"""Dates, times and durations: read from text, built from parts, added and taken apart."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from fairdue.engine.feel.values import Fault, Value, YearsMonths, offset_text

_DATE = r"(?P<year>-?\d{4,9})-(?P<month>\d\d)-(?P<day>\d\d)"
_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9}))?"
_ZONE = r"(?P<zone>[Zz]|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z][A-Za-z0-9_+/-]*)?"
_DATE_ONLY = re.compile(_DATE, re.ASCII)
_TIME_ONLY = re.compile(f"T?{_TIME}{_ZONE}", re.ASCII)
_BOTH = re.compile(f"{_DATE}T{_TIME}{_ZONE}", re.ASCII)
_DAYS = re.compile(
    r"(-?)P(?=.)(?:(\d{1,12})D)?(?:T(?=.)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12}(?:\.\d{0,9})?)S)?)?",
    re.ASCII,
)
_MONTHS = re.compile(r"(-?)P(?=.)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?", re.ASCII)
MIDNIGHT = time()


def read_date(text: str) -> date:
    """Return the date that a text names, or fault."""
    match = _DATE_ONLY.fullmatch(text)
    if match is None:
        raise Fault(f'"{text}" is not a date as 2026-11-22')
    return build_date(*(int(match[part]) for part in ("year", "month", "day")))


def build_date(year: int, month: int, day: int) -> date:
    """Return a date by its parts, or fault."""
    try:
        return date(year, month, day)
    except (ValueError, OverflowError) as error:
        raise Fault(f"there is no date {year}-{month}-{day}: {error}") from None


def read_time(text: str) -> time:
    """Return the time of day that a text names, or fault."""
    match = _TIME_ONLY.fullmatch(text)
    if match is None:
        raise Fault(f'"{text}" is not a time as 18:30:00')
    return _clock(match)


def read_date_and_time(text: str) -> datetime:
    """Return the date and time that a text names; a date alone is its midnight."""
    match = _BOTH.fullmatch(text)
    if match is None:
        return datetime.combine(read_date(text), MIDNIGHT)
    found = build_date(*(int(match[part]) for part in ("year", "month", "day")))
    if match["hour"] == "24" and int(match["minute"] + match["second"] + (match["fraction"] or "0")) == 0:
        raise Fault(f'"{text}": an hour is 00 to 23')
    return datetime.combine(found, _clock(match))


def _clock(match: re.Match[str]) -> time:
    fraction = int((match["fraction"] or "0").ljust(9, "0")[:6])
    hour, minute, second = (int(match[part]) for part in ("hour", "minute", "second"))
    try:
        return time(hour, minute, second, fraction, _zone(match["zone"]))
    except ValueError as error:
        raise Fault(f'"{match[0]}" is not a time: {error}') from None


def _zone(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in ("Z", "z"):
        return UTC
    if text.startswith("@"):
        try:
            return ZoneInfo(text[1:])
        except (KeyError, ValueError, OSError):
            raise Fault(f"there is no time zone {text[1:]}") from None
    parts = [int(part) for part in text[1:].split(":")]
    if parts[0] > 14 or any(part > 59 for part in parts[1:]):
        raise Fault(f"there is no offset {text}")
    offset = timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2] if len(parts) > 2 else 0)
    return zone_of(-offset if text[0] == "-" else offset)


def zone_of(offset: timedelta) -> tzinfo:
    """Return the zone of an offset from UTC, or fault."""
    try:
        return timezone(offset) if offset else UTC
    except ValueError as error:
        raise Fault(str(error)) from None


def read_duration(text: str) -> timedelta | YearsMonths:
    """Return the duration that a text names: of years and months, or of days and time."""
    if (match := _MONTHS.fullmatch(text)) is not None:
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return YearsMonths(-months if match[1] else months)
    if (match := _DAYS.fullmatch(text)) is None:
        raise Fault(f'"{text}" is not a duration as P30D, PT12H or P1Y6M')
    days, hours, minutes = (int(match[index] or 0) for index in (2, 3, 4))
    seconds = Decimal(match[5] or 0)
    try:
        found = timedelta(days=days, hours=hours, minutes=minutes, microseconds=int(seconds * 1_000_000))
    except OverflowError:
        raise Fault(f'"{text}" is too long a duration') from None
    return -found if match[1] else found


def read_any(text: str) -> Value:
    """Return what `@"…"` stands for."""
    for read in (read_date, read_time, read_duration, read_date_and_time):
        try:
            return read(text)
        except Fault:
            continue
    raise Fault(f'@"{text}" is no date, time or duration')


def plus_months(value: date, months: int) -> date:
    """Return a date (or date and time) so many months on; the day is at most the last of its month."""
    years, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    if not 1 <= years <= 9999:
        raise Fault("the date lies outside the years 1 to 9999")
    return value.replace(year=years, month=month + 1, day=min(value.day, monthrange(years, month + 1)[1]))


def plus_duration(value: Value, duration: timedelta | YearsMonths, sign: int) -> Value:
    """Return a date, date and time, or time, moved by a duration."""
    if isinstance(duration, YearsMonths):
        if isinstance(value, time):
            raise Fault("months cannot be added to a time of day")
        return plus_months(value, sign * duration.months)
    try:
        if isinstance(value, time):
            moved = datetime.combine(
                date(2000, 1, 1), value.replace(tzinfo=None)
            ) + sign * duration % timedelta(1)
            return moved.time().replace(tzinfo=value.tzinfo)
        if isinstance(value, datetime):
            return value + sign * duration
        return (datetime.combine(value, MIDNIGHT) + sign * duration).date()
    except OverflowError:
        raise Fault("the date lies outside the years 1 to 9999") from None


def difference(left: Value, right: Value) -> timedelta:
    """Return how long one date, date and time, or time, is after another."""
    if isinstance(left, time) != isinstance(right, time):
        raise Fault("a time of day and a date have no difference")
    if isinstance(left, time):
        left, right = (datetime.combine(date(2000, 1, 1), one) for one in (left, right))
    elif isinstance(left, datetime) or isinstance(right, datetime):
        left, right = as_instant(left), as_instant(right)
    try:
        found: timedelta = left - right
    except TypeError:
        raise Fault("one has a time zone, the other has none") from None
    return found


def as_instant(value: date) -> datetime:
    """Return a date as its midnight in UTC; a date and time as it is."""
    return value if isinstance(value, datetime) else datetime.combine(value, MIDNIGHT, UTC)


def months_between(start: date, end: date) -> YearsMonths:
    """Return the whole months from one date to another, negative when it is before."""
    if isinstance(start, datetime) != isinstance(end, datetime):
        start, end = date(start.year, start.month, start.day), date(end.year, end.month, end.day)
    if (isinstance(start, datetime) and start.tzinfo is None) != (
        isinstance(end, datetime) and end.tzinfo is None
    ):
        raise Fault("one has a time zone, the other has none")
    if start > end:
        return YearsMonths(-months_between(end, start).months)
    months = (end.year - start.year) * 12 + end.month - start.month
    return YearsMonths(months - (1 if plus_months(start, months) > end else 0))


def component(value: Value, name: str) -> Value:
    """Return a part of a date, time or duration by its FEEL name, or fault."""
    parts = _parts(value)
    if name not in parts:
        raise Fault(f"it has no {name}")
    found = parts[name]
    return Decimal(found) if isinstance(found, int) else found


def _parts(value: Value) -> dict[str, Value]:
    if isinstance(value, YearsMonths):
        years, months = divmod(abs(value.months), 12)
        sign = -1 if value.months < 0 else 1
        return {"years": sign * years, "months": sign * months, "value": value.months}
    if isinstance(value, timedelta):
        return _duration_parts(value)
    found: dict[str, Value] = {}
    if isinstance(value, date):
        found |= {"year": value.year, "month": value.month, "day": value.day, "weekday": value.isoweekday()}
    if isinstance(value, time | datetime):
        second = (
            Decimal(value.second) + Decimal(value.microsecond).scaleb(-6)
            if value.microsecond
            else value.second
        )
        found |= {
            "hour": value.hour,
            "minute": value.minute,
            "second": second,
            "time offset": value.utcoffset(),
        }
        found["timezone"] = _zone_name(value)
    return found


def _duration_parts(value: timedelta) -> dict[str, Value]:
    sign = -1 if value < timedelta() else 1
    length = abs(value)
    hours, rest = divmod(length.seconds, 3600)
    seconds = (
        Decimal(rest % 60) + Decimal(length.microseconds).scaleb(-6) if length.microseconds else rest % 60
    )
    total = Decimal(value // timedelta(microseconds=1)).scaleb(-6)
    parts: dict[str, Value] = {
        "days": sign * length.days,
        "hours": sign * hours,
        "minutes": sign * (rest // 60),
    }
    return parts | {"seconds": sign * seconds, "value": total.normalize()}


def _zone_name(value: time | datetime) -> str | None:
    if isinstance(value.tzinfo, ZoneInfo):
        return value.tzinfo.key
    offset = value.utcoffset()
    return None if offset is None else offset_text(offset)
