"""What an expression can come to: the kinds of values, their equality, order and text.

Numbers are decimals of 34 digits rounded half to even (IEEE 754 decimal128). Dates lie in the years 1 to
9999 and instants are kept to the microsecond. `None` is null: also the answer where the standard sees an error.
"""

from __future__ import annotations

import decimal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from fairdue.engine.feel.printer import key_text, number_text
from fairdue.engine.feel.tokens import quote

Value = Any
"""None, bool, Decimal, str, date, time, datetime, timedelta, YearsMonths, Span, list, dict or FunctionValue."""

DECIMAL128 = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)


class Fault(Exception):
    """What the standard calls an error: the value becomes null, the words are kept for whoever asks."""


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A duration of whole months."""

    months: int


@dataclass(frozen=True, slots=True)
class Span:
    """A range of values; an end that is None is open for ever."""

    low: Value
    high: Value
    is_low_open: bool
    is_high_open: bool


MAX_TEXT = 1_000_000
"""Characters that a text may come to."""
MAX_COMPARED = 1_000_000
"""Values that one comparison may look at."""


class FunctionValue:
    """What can be called: a built-in function or one that was defined."""

    parameters: tuple[str, ...]


_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (Decimal, "number"),
    (str, "string"),
    (datetime, "date and time"),
    (date, "date"),
    (time, "time"),
    (timedelta, "days and time duration"),
    (YearsMonths, "years and months duration"),
    (list, "list"),
    (dict, "context"),
    (Span, "range"),
    (FunctionValue, "function"),
)
ORDERED = frozenset(
    [
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    ]
)


def kind_of(value: Value) -> str:
    """Return the name of the kind of a value, as FEEL calls it."""
    if value is None:
        return "null"
    for kind, name in _KINDS:
        if isinstance(value, kind):
            return name
    raise TypeError(f"{type(value).__name__} is no kind of value in FEEL")


def to_value(found: Any) -> Value:
    """Return a Python value as a value of FEEL: numbers as decimals, sequences as lists, mappings as contexts."""
    if found is None or isinstance(found, bool | str | Decimal | date | time | timedelta):
        return found
    if isinstance(found, int):
        return Decimal(found)
    if isinstance(found, float):
        number = Decimal(repr(found))
        return number if number.is_finite() else None
    if isinstance(found, Mapping):
        return {str(key): to_value(value) for key, value in found.items()}
    if isinstance(found, Sequence):
        return [to_value(value) for value in found]
    kind_of(found)
    return found


def equal(left: Value, right: Value, seen: list[int] | None = None) -> bool | None:
    """Return whether two values are the same; null when their kinds cannot be compared.

    :param seen: counts the values looked at, so that what contains itself many times over ends
    """
    if left is None or right is None:
        return left is None and right is None
    kind = kind_of(left)
    if kind != kind_of(right) or kind == "function":
        return None
    if kind == "list":
        return _all_equal(left, right, seen) if len(left) == len(right) else False
    if kind == "context":
        if left.keys() != right.keys():
            return False
        return _all_equal(list(left.values()), [right[key] for key in left], seen)
    if kind == "range":
        return bool(left == right)
    if kind in ("time", "date and time"):
        left, right = _same_clock(left, right)
    return bool(left == right)


def _all_equal(left: Sequence[Value], right: Sequence[Value], seen: list[int] | None) -> bool | None:
    seen = seen or [0]
    seen[0] += len(left)
    if seen[0] > MAX_COMPARED:
        raise Fault("the values are too large to be compared")
    found = [equal(one, other, seen) for one, other in zip(left, right, strict=True)]
    return False if False in found else (None if None in found else True)


def order(left: Value, right: Value) -> int | None:
    """Return -1, 0 or 1 as one value comes before, is, or comes after another; null if they have no order."""
    kind = kind_of(left)
    if kind not in ORDERED or kind != kind_of(right):
        return None
    if kind in ("time", "date and time"):
        left, right = _same_clock(left, right)
    try:
        return (left > right) - (left < right)
    except TypeError:  # one has a time zone, the other has none
        return None


def _same_clock(left: Value, right: Value) -> tuple[Value, Value]:
    """Times of a named zone are compared as they stand: without a date they have no offset."""
    if isinstance(left, time) and isinstance(right, time):
        if all(isinstance(one.tzinfo, ZoneInfo) for one in (left, right)):
            return left.replace(tzinfo=None), right.replace(tzinfo=None)
        if left.utcoffset() is not None and right.utcoffset() is not None:
            return _seconds_utc(left), _seconds_utc(right)
    return left, right


def _seconds_utc(value: time) -> timedelta:
    since_midnight = timedelta(
        hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
    )
    return since_midnight - (value.utcoffset() or timedelta())


def contains(span: Span, value: Value) -> bool | None:
    """Return whether a range contains a value; null if they cannot be compared."""
    if value is None:
        return None
    if span.low is None and span.high is None:
        return None
    for end, is_open, sign in ((span.low, span.is_low_open, 1), (span.high, span.is_high_open, -1)):
        if end is None:
            continue
        found = order(value, end)
        if found is None:
            return None
        if found * sign < 0 or (found == 0 and is_open):
            return False
    return True


def string(value: Value) -> str:
    """Return a value as text: texts as they are, inside lists and contexts in quotes.

    :raises Fault: if the text would be longer than MAX_TEXT
    """
    if isinstance(value, str):
        return value
    parts: list[str] = []
    _write(value, parts, [MAX_TEXT])
    return "".join(parts)


def _write(value: Value, parts: list[str], left: list[int]) -> None:
    """Add the text of a value, in pieces, while there is room."""
    if isinstance(value, list):
        _write_all(("[", "]"), [("", one) for one in value], parts, left)
    elif isinstance(value, dict):
        _write_all(("{", "}"), [(f"{key_text(key)}: ", one) for key, one in value.items()], parts, left)
    else:
        parts.append(_plain(value))
        left[0] -= len(parts[-1])
    if left[0] < 0:
        raise Fault(f"a text may have {MAX_TEXT} characters at most")


def _write_all(
    brackets: tuple[str, str], values: list[tuple[str, Value]], parts: list[str], left: list[int]
) -> None:
    left[0] -= 2
    for index, (key, value) in enumerate(values):
        parts.append((", " if index else brackets[0]) + key)
        left[0] -= len(parts[-1])
        _write(value, parts, left)
    parts.append(brackets[1] if values else "".join(brackets))


def _plain(value: Value) -> str:
    if isinstance(value, str):
        return quote(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number_text(value if not value.is_zero() else abs(value))
    if isinstance(value, Span):
        return _span_text(value)
    if isinstance(value, FunctionValue):
        return f"function({', '.join(value.parameters)})"
    return _temporal_text(value)


def _span_text(span: Span) -> str:
    low, high = (_plain(end) for end in (span.low, span.high))
    return f"{'(' if span.is_low_open else '['}{low}..{high}{')' if span.is_high_open else ']'}"


def _temporal_text(value: Value) -> str:
    if isinstance(value, timedelta):
        return _duration_text(value)
    if isinstance(value, YearsMonths):
        years, months = divmod(abs(value.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return f"{'-' if value.months < 0 else ''}P{text}"
    if isinstance(value, datetime):
        return f"{value.year:04}-{value:%m-%d}T{_clock_text(value)}"
    if isinstance(value, date):
        return f"{value.year:04}-{value:%m-%d}"
    return _clock_text(value)


def _clock_text(value: time | datetime) -> str:
    text = f"{value.hour:02}:{value.minute:02}:{value.second:02}"
    if value.microsecond:
        text += f".{value.microsecond:06}".rstrip("0")
    if isinstance(value.tzinfo, ZoneInfo):
        return f"{text}@{value.tzinfo.key}"
    offset = value.utcoffset()
    return text if offset is None else text + offset_text(offset)


def offset_text(offset: timedelta) -> str:
    """Return an offset from UTC as `Z` or `+08:00`."""
    seconds = int(offset.total_seconds())
    if not seconds:
        return "Z"
    hours, rest = divmod(abs(seconds), 3600)
    text = f"{'-' if seconds < 0 else '+'}{hours:02}:{rest // 60:02}"
    return text + (f":{rest % 60:02}" if rest % 60 else "")


def _duration_text(value: timedelta) -> str:
    sign = "-" if value < timedelta() else ""
    value = abs(value)
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{value.microseconds:06}".rstrip("0") if value.microseconds else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    days = f"{value.days}D" if value.days else ""
    if not days and not clock:
        return "PT0S"
    return f"{sign}P{days}{'T' + clock if clock else ''}"
