"""Annual percentage rates: effective (compound) and by unit-periods (US, Regulation Z Appendix J)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Literal

from fairdue.kernel.day_counts import add_months

Unit = Literal["months", "semimonth", "weeks", "days"]
PRECISION = 40
_LARGEST_RATE = Decimal(10) ** 30
"""A tenth more after one day is a yearly 10^15; beyond this no root is told from none."""
_SMALLEST_RATE = Decimal("-0.999999")


class NoRate(ValueError):
    """No rate makes the payments worth the advances."""


@dataclass(frozen=True, slots=True)
class TimedFlow:
    """An amount after a time of `whole` periods and a `part` of one, from the first advance."""

    whole: int
    part: Fraction
    amount: Fraction


def effective_rate(
    advances: Sequence[tuple[Fraction, Fraction]], payments: Sequence[tuple[Fraction, Fraction]]
) -> Fraction:
    """Return i with Σ advance/(1+i)^t = Σ payment/(1+i)^t over pairs (t in years, amount).

    :raises NoRate: if there is no such rate
    """

    def gap(rate: Decimal) -> Decimal:
        return sum(
            (_decimal(sign * amount) / (1 + rate) ** _decimal(time)
             for sign, flows in ((1, advances), (-1, payments)) for time, amount in flows),
            Decimal(0),
        )  # fmt: skip

    return _root(gap)


def unit_period_rate(advances: Sequence[TimedFlow], payments: Sequence[TimedFlow]) -> Fraction:
    """Return i per unit-period, each flow divided by (1 + part·i)·(1+i)^whole (12 CFR 1026 App. J (b)(8)).

    :raises NoRate: if there is no such rate
    """

    def gap(rate: Decimal) -> Decimal:
        return sum(
            (_decimal(sign * flow.amount) / ((1 + _decimal(flow.part) * rate) * (1 + rate) ** flow.whole)
             for sign, flows in ((1, advances), (-1, payments)) for flow in flows),
            Decimal(0),
        )  # fmt: skip

    return _root(gap)


def _root(gap: Callable[[Decimal], Decimal]) -> Fraction:
    """Return where the gap becomes zero: bisection, then secants.

    It is negative at rate zero; a rate below zero is sought if less is paid than was advanced.
    """
    with localcontext(prec=PRECISION):
        low, high = (Decimal(0), Decimal(1)) if gap(Decimal(0)) <= 0 else _below_zero(gap)
        while gap(high) < 0:
            low, high = high, high * 2
            if low > _LARGEST_RATE:
                raise NoRate("no rate below 10^32 per cent")
        for _step in range(30):
            middle = (low + high) / 2
            low, high = (middle, high) if gap(middle) < 0 else (low, middle)
        return Fraction(_secant(gap, low, high))


def _below_zero(gap: Callable[[Decimal], Decimal]) -> tuple[Decimal, Decimal]:
    low = Decimal("-0.5")
    while gap(low) > 0:
        low = (low - 1) / 2
        if low < _SMALLEST_RATE:
            raise NoRate("no payment repays any of the advances")
    return low, Decimal(0)


def _secant(gap: Callable[[Decimal], Decimal], left: Decimal, right: Decimal) -> Decimal:
    at_left, at_right = gap(left), gap(right)
    smallest = max(Decimal(1), abs(right)) * Decimal(10) ** -(PRECISION - 12)
    while at_right != at_left and abs(right - left) > smallest:
        left, right = right, right - at_right * (right - left) / (at_right - at_left)
        at_left, at_right = at_right, gap(right)
    return right


def unit_periods_between(start: date, end: date, unit: Unit, every: int = 1) -> tuple[int, Fraction]:
    """Return whole unit-periods and the part of one from `start` to `end`, counted back from `end`.

    1. Days, weeks: calendar days by the length of the unit-period.
    2. Months: whole months (day clipped), the days left over as thirtieths of a month; several months and
       half months in days of a 30-day month.
    3. Twelve months: whole years; then twelfths if no days are left over, else the days by 365.
    (12 CFR 1026 App. J (b)(4)–(5))
    """
    if unit in ("days", "weeks"):
        return _split((end - start).days, every * (7 if unit == "weeks" else 1))
    months = (end.year - start.year) * 12 + end.month - start.month
    months -= add_months(end, -months) < start
    left_over = (add_months(end, -months) - start).days
    if unit == "semimonth":
        return _split(30 * months + left_over, 15)
    if every == 1:
        return months, Fraction(left_over, 30)
    if every < 12:
        return _split(30 * months + left_over, 30 * every)
    years, rest = divmod(months, 12)
    if left_over == 0:
        return years, Fraction(rest, 12)
    return years, Fraction((add_months(end, -12 * years) - start).days, 365)


def _split(days: int, length: int) -> tuple[int, Fraction]:
    whole, rest = divmod(days, length)
    return whole, Fraction(rest, length)


def unit_periods_per_year(unit: Unit, every: int = 1) -> Fraction:
    """Return how many unit-periods a year has: 12, 24, 52 or 365 by their length."""
    return Fraction({"months": 12, "semimonth": 24, "weeks": 52, "days": 365}[unit], every)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
