"""Sums, products and powers of numbers, texts, dates and durations, and steps from one to another."""

from __future__ import annotations

import decimal
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from fairdue.engine.feel import temporal
from fairdue.engine.feel.values import DECIMAL128, MAX_TEXT, Fault, Span, Value, YearsMonths, kind_of


def rounded(number: Decimal) -> Decimal:
    """Return a number as decimal128 keeps it."""
    return DECIMAL128.plus(number)


def negative(value: Value) -> Value:
    """Return `-value`, or fault."""
    if isinstance(value, Decimal):
        return DECIMAL128.minus(value)
    if isinstance(value, timedelta):
        return -value
    if isinstance(value, YearsMonths):
        return YearsMonths(-value.months)
    raise Fault(f"a {kind_of(value)} has no negative")


def operate(operator: str, left: Value, right: Value) -> Value:
    """Return what an operator makes of two values, or fault."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _numbers(operator, left, right)
    found = None
    if left is not None and right is not None and not isinstance(left, bool) and not isinstance(right, bool):
        found = _others(operator, left, right)
    if found is None:
        raise Fault(f"{operator} is not defined for a {kind_of(left)} and a {kind_of(right)}")
    return found


def _numbers(operator: str, left: Decimal, right: Decimal) -> Decimal:
    if operator == "+":
        return DECIMAL128.add(left, right)
    if operator == "-":
        return DECIMAL128.subtract(left, right)
    if operator == "*":
        return DECIMAL128.multiply(left, right)
    if operator == "/":
        if not right:
            raise Fault("a number cannot be divided by zero")
        return DECIMAL128.divide(left, right)
    return DECIMAL128.power(left, right)


def _others(operator: str, left: Value, right: Value) -> Value:
    if operator == "+":
        return _sum(left, right)
    if operator == "-":
        return _difference(left, right)
    if operator == "*":
        left, right = (right, left) if isinstance(left, Decimal) else (left, right)
        return _times(left, right) if isinstance(right, Decimal) else None
    return _quotient(left, right) if operator == "/" else None


def _is_duration(value: Value) -> bool:
    return isinstance(value, timedelta | YearsMonths)


def _is_moment(value: Value) -> bool:
    return isinstance(value, date | time)


def _sum(left: Value, right: Value) -> Value:
    if isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > MAX_TEXT:
            raise Fault(f"a text may have {MAX_TEXT} characters at most")
        return left + right
    if _is_duration(left) and _is_moment(right):
        left, right = right, left
    if _is_moment(left) and _is_duration(right):
        return temporal.plus_duration(left, right, 1)
    return _durations(left, right, 1)


def _difference(left: Value, right: Value) -> Value:
    if _is_moment(left) and _is_moment(right):
        return temporal.difference(left, right)
    if _is_moment(left) and _is_duration(right):
        return temporal.plus_duration(left, right, -1)
    return _durations(left, right, -1)


def _durations(left: Value, right: Value, sign: int) -> Value:
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return left + sign * right
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return YearsMonths(left.months + sign * right.months)
    return None


def _times(duration: Value, factor: Decimal) -> Value:
    """A duration so many times over; a part of a month or of a microsecond is cut off."""
    return (
        _of_length(duration, DECIMAL128.multiply(_length(duration), factor))
        if _is_duration(duration)
        else None
    )


def _part(duration: Value, divisor: Decimal) -> Value:
    return _of_length(duration, DECIMAL128.divide(_length(duration), divisor))


def _of_length(duration: Value, length: Decimal) -> Value:
    if isinstance(duration, YearsMonths):
        return YearsMonths(_limited(length))
    return timedelta(microseconds=_limited(length))


def _limited(number: Decimal) -> int:
    if abs(number) >= Decimal(10) ** 20:
        raise Fault("the duration is too long")
    return int(number)


def _quotient(left: Value, right: Value) -> Value:
    if not _is_duration(left):
        return None
    if isinstance(right, Decimal):
        if not right:
            raise Fault("a duration cannot be divided by zero")
        return _part(left, right)
    if type(left) is not type(right):
        return None
    whole, part = (_length(one) for one in (left, right))
    if not part:
        raise Fault("a duration cannot be divided by no time at all")
    return DECIMAL128.divide(whole, part)


def _length(duration: Value) -> Decimal:
    """In months, or in microseconds."""
    return Decimal(duration.months if isinstance(duration, YearsMonths) else duration // timedelta.resolution)


def steps(first: Value, last: Value) -> Iterator[Value]:
    """Yield the whole numbers, or the days, from one to another, upwards or downwards, or fault."""
    if isinstance(first, Decimal) and isinstance(last, Decimal):
        return _numbers_between(first, last)
    if type(first) is date and type(last) is date:
        return _days_between(first, last)
    raise Fault(f"there are no steps from a {kind_of(first)} to a {kind_of(last)}")


def _numbers_between(first: Decimal, last: Decimal) -> Iterator[Decimal]:
    with decimal.localcontext(DECIMAL128):
        step = Decimal(1) if first <= last else Decimal(-1)
        number = first
    while (last - number) * step >= 0:
        yield number
        number = DECIMAL128.add(number, step)


def _days_between(first: date, last: date) -> Iterator[date]:
    step = 1 if first <= last else -1
    for day in range(first.toordinal(), last.toordinal() + step, step):
        yield date.fromordinal(day)


def steps_of(span: Span) -> Iterator[Value]:
    """Yield the whole numbers, or the days, of a range, or fault."""
    if span.low is None or span.high is None or isinstance(span.low, datetime):
        raise Fault("a range without an end cannot be gone over")
    found = steps(span.low, span.high)
    return (
        value
        for value in found
        if not (span.is_low_open and value == span.low) and not (span.is_high_open and value == span.high)
    )
