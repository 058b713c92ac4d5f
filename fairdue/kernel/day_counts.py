"""Months, year fractions and rounding, exact: the arithmetic that rates and instalments share."""

from __future__ import annotations

import calendar
from datetime import date
from fractions import Fraction
from typing import Literal

DayCount = Literal["act/365", "act/360", "act/364", "act/act", "30/360"]
RoundingMode = Literal["half_even", "half_up", "up", "down"]


def add_months(start: date, months: int, *, day: int | None = None) -> date:
    """Return the date so many months later or earlier, on `day` (default: its own) clipped to the month."""
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day or start.day, calendar.monthrange(year, month + 1)[1]))


def year_fraction(start: date, end: date, day_count: DayCount) -> Fraction:
    """Return the part of a year from `start` up to but not including `end`.

    1. `act/N`: calendar days over N.
    2. `act/act`: days in leap years over 366 plus days in other years over 365, cut at each 1 January.
    3. `30/360`: months of thirty days, the 31st counting as the 30th on both sides.

    :raises ValueError: if the day count is not known
    """
    if day_count == "30/360":
        days = min(end.day, 30) - min(start.day, 30)
        return Fraction(360 * (end.year - start.year) + 30 * (end.month - start.month) + days, 360)
    if day_count == "act/act":
        return _actual_by_year(start, end)
    prefix, _, basis = day_count.partition("/")
    if prefix != "act" or basis not in ("365", "360", "364"):
        raise ValueError(f"day count {day_count!r} is not known")
    return Fraction((end - start).days, int(basis))


def _actual_by_year(start: date, end: date) -> Fraction:
    total = Fraction(0)
    while start < end:
        cut = min(end, date(start.year + 1, 1, 1))
        total += Fraction((cut - start).days, 366 if calendar.isleap(start.year) else 365)
        start = cut
    return total


def round_to(value: Fraction, unit: Fraction, mode: RoundingMode = "half_up") -> Fraction:
    """Round an exact number to a multiple of `unit`; up and down are meant from zero."""
    quotient = abs(value) / unit
    whole, rest = divmod(quotient, 1)
    is_up = {
        "half_even": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1),
        "half_up": rest >= Fraction(1, 2),
        "up": rest > 0,
        "down": False,
    }[mode]
    rounded = (whole + (1 if is_up else 0)) * unit
    return rounded if value >= 0 else -rounded


def round_half_up(value: Fraction, decimals: int = 2) -> Fraction:
    """Round an exact number to so many decimals, ties away from zero."""
    return round_to(value, Fraction(1, 10**decimals))
