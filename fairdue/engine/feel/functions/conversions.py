"""Functions that make numbers, dates, times and durations, and what a calendar says of them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from fairdue.engine.feel import temporal
from fairdue.engine.feel.calling import built_in, typed
from fairdue.engine.feel.functions.numbers import number, whole
from fairdue.engine.feel.functions.texts import text
from fairdue.engine.feel.values import DECIMAL128, Fault, Value, YearsMonths, equal, kind_of

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September")
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


@built_in("date", "year", "month", "day", optional=2, others=(("from",),))
def _date(first: Value, month: Value = None, day: Value = None) -> date:
    if month is not None or day is not None:
        return temporal.build_date(whole(first), whole(month), whole(day))
    if isinstance(first, datetime):
        return first.date()
    return first if isinstance(first, date) else temporal.read_date(text(first))


@built_in("time", "hour", "minute", "second", "offset", optional=3, others=(("from",),))
def _time(first: Value, minute: Value = None, second: Value = None, offset: Value = None) -> time:
    if minute is not None:
        return _time_of(whole(first), whole(minute), number(second), offset)
    if isinstance(first, datetime):
        return first.timetz()
    if isinstance(first, date):
        return time(tzinfo=UTC)
    return first if isinstance(first, time) else temporal.read_time(text(first))


def _time_of(hour: int, minute: int, second: Decimal, offset: Value) -> time:
    zone = None if offset is None else temporal.zone_of(typed(offset, timedelta, "a duration"))
    microsecond = int(second % 1 * 1_000_000)
    try:
        return time(hour, minute, int(second), microsecond, zone)
    except (ValueError, OverflowError) as error:
        raise Fault(f"there is no such time: {error}") from None


@built_in("date and time", "date", "time", "timezone", optional=2, others=(("from",),))
def _date_and_time(first: Value, second: Value = None, zone: Value = None) -> datetime:
    if second is not None:
        found = _date_of(first)
        if not isinstance(second, time):
            raise Fault("date and time takes a date and a time")
        return datetime.combine(found, second)
    if isinstance(first, datetime):
        return first
    return (
        datetime.combine(first, time())
        if isinstance(first, date)
        else temporal.read_date_and_time(text(first))
    )


def _date_of(value: Value) -> date:
    if isinstance(value, datetime):
        return value.date()
    if not isinstance(value, date):
        raise Fault(f"a date is expected, not a {kind_of(value)}")
    return value


@built_in("duration", "from")
def _duration(value: Value) -> Value:
    if isinstance(value, timedelta | YearsMonths):
        return value
    return temporal.read_duration(text(value))


@built_in("years and months duration", "from", "to")
def _months(start: Value, end: Value) -> YearsMonths:
    for one in (start, end):
        _date_of(one)
    return temporal.months_between(start, end)


@built_in("number", "from", "grouping separator", "decimal separator", optional=2)
def _number(value: Value, grouping: Value = None, point: Value = None) -> Decimal:
    if isinstance(value, Decimal) and grouping is None and point is None:
        return value
    written = text(value)
    separators = [None if one is None else text(one) for one in (grouping, point)]
    if separators[0] not in (None, " ", ",", ".") or separators[1] not in (None, ",", "."):
        raise Fault("digits are grouped by a space, ',' or '.', the decimal separator is ',' or '.'")
    if separators[0] is not None and separators[0] == separators[1]:
        raise Fault("the two separators must differ")
    plain = written.replace(separators[0], "") if separators[0] else written
    plain = plain.replace(separators[1], ".") if separators[1] else plain
    if len(plain) > 400 or _NUMBER.fullmatch(plain) is None:
        raise Fault(f'"{written[:40]}" is not a number')
    return DECIMAL128.create_decimal(plain)


@built_in("is", "value1", "value2")
def _is(left: Value, right: Value) -> bool:
    if kind_of(left) != kind_of(right):
        return False
    if isinstance(left, time | datetime) and left.utcoffset() != right.utcoffset():
        return False
    return bool(equal(left, right))


@built_in("today")
def _today() -> date:
    raise Fault("today is not known here: give the date as an input, so that the decision can be repeated")


@built_in("now")
def _now() -> datetime:
    raise Fault("now is not known here: give the time as an input, so that the decision can be repeated")


@built_in("day of week", "date")
def _day_of_week(value: Value) -> str:
    return _WEEKDAYS[_date_of(_single(value)).weekday()]


@built_in("day of year", "date")
def _day_of_year(value: Value) -> Decimal:
    return Decimal(_date_of(_single(value)).timetuple().tm_yday)


@built_in("week of year", "date")
def _week_of_year(value: Value) -> Decimal:
    return Decimal(_date_of(_single(value)).isocalendar().week)


@built_in("month of year", "date")
def _month_of_year(value: Value) -> str:
    return (*_MONTHS, "October", "November", "December")[_date_of(_single(value)).month - 1]


def _single(value: Value) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value
