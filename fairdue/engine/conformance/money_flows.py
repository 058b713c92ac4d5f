"""Reading the flows of annual-rate cases: dates or times, single or in series."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from fairdue.engine.conformance.running import Unsupported
from fairdue.kernel.day_counts import add_months


def fraction(text: str) -> Fraction:
    """Return a decimal or a quotient of decimals, such as `31/365.25`."""
    numerator, _, denominator = text.partition("/")
    return Fraction(numerator) / Fraction(denominator or "1")


def is_dated(flow: dict[str, Any]) -> bool:
    """Tell whether a flow is given by dates rather than by times."""
    return "date" in flow or "first" in flow


def dated(flow: dict[str, Any]) -> Iterator[tuple[date, Fraction]]:
    """Yield (date, amount) of a flow given by dates."""
    amount = Fraction(flow["amount"])
    if "date" in flow:
        yield date.fromisoformat(flow["date"]), amount
        return
    for day in _series(flow):
        yield day, amount


def timed(flow: dict[str, Any]) -> Iterator[tuple[Fraction, Fraction]]:
    """Yield (time, amount) of a flow given by times."""
    amount = Fraction(flow["amount"])
    if "t" in flow:
        yield fraction(flow["t"]), amount
        return
    for index in range(flow["count"]):
        yield fraction(flow["first_t"]) + index * fraction(flow["step_t"]), amount


def _series(flow: dict[str, Any]) -> Iterator[date]:
    first, unit, every = date.fromisoformat(flow["first"]), flow.get("unit", "months"), flow.get("every", 1)
    if unit == "semimonth":
        yield from _half_months(first, flow)
        return
    for index in range(flow["count"]):
        if unit == "months":
            yield add_months(first, index * every)
        else:
            yield first + timedelta(days=index * every * (7 if unit == "weeks" else 1))


def _half_months(first: date, flow: dict[str, Any]) -> Iterator[date]:
    days = sorted(flow.get("days", ()))
    starts = [index for index, day in enumerate(days) if add_months(first, 0, day=day) == first]
    if len(days) != 2 or not starts:
        raise Unsupported("half months without two days of which the first date is one")
    start = starts[0]
    for index in range(start, start + flow["count"]):
        yield add_months(first.replace(day=1), index // 2, day=days[index % 2])
