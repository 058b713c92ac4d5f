"""Repayment schedules from terms: due dates, interest and principal of each row, exact and then rounded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import count, islice
from typing import Literal

from fairdue.kernel.day_counts import (
    DayCount,
    RoundingMode,
    add_months,
    round_half_up,
    round_to,
    year_fraction,
)

ZERO = Fraction(0)
ROWS_LIMIT = 1200


class NeverRepaid(ValueError):
    """The given instalment does not repay the principal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of an instalment loan. `rate` is a fraction a year; amounts are in currency units.

    `principal_part` is the principal of each row of equal principal where it is given, not counted.
    """

    principal: Fraction
    rate: Fraction
    interest: Literal["none", "flat", "declining"]
    disbursed_date: date
    first_due_date: date
    instalments: int | None = None
    instalment_amount: Fraction | None = None
    is_equal_principal: bool = False
    principal_part: Fraction | None = None
    day_count: DayCount = "30/360"
    compounding: Literal["simple", "daily"] = "simple"
    every: int = 1
    unit: Literal["months", "weeks", "days"] = "months"
    due_day: int | None = None
    principal_grace: int = 0
    rounding: RoundingMode = "half_even"
    minor_unit: Fraction = Fraction(1, 100)
    multiple: Fraction = Fraction(1, 100)

    def rounded(self, value: Fraction, unit: Fraction | None = None) -> Fraction:
        """Return an amount rounded to the minor unit, or to another one."""
        return round_to(value, unit or self.minor_unit, self.rounding)


@dataclass(frozen=True, slots=True)
class Row:
    """One instalment: when it is due and what of it is principal and interest."""

    due_date: date
    principal: Fraction
    interest: Fraction


def due_dates(terms: Terms) -> Iterator[date]:
    """Yield due dates without end, each counted from the first, so that the 31st returns after a short month."""
    for number in count():
        if terms.unit == "months":
            yield add_months(terms.first_due_date, number * terms.every, day=terms.due_day)
        else:
            days = number * terms.every * (7 if terms.unit == "weeks" else 1)
            yield terms.first_due_date + timedelta(days=days)


def year_fractions(terms: Terms) -> Iterator[Fraction]:
    """Yield the part of a year of each period; with 30/360 a regular period of k months counts 30·k days."""
    start = terms.disbursed_date
    for number, due in enumerate(due_dates(terms)):
        is_regular = (
            terms.day_count == "30/360" and terms.unit == "months" and (number > 0 or _starts_regular(terms))
        )
        yield Fraction(terms.every, 12) if is_regular else year_fraction(start, due, terms.day_count)
        start = due


def _starts_regular(terms: Terms) -> bool:
    first, every = next(due_dates(terms)), terms.every
    return (
        add_months(terms.disbursed_date, every) == first
        or add_months(first, -every, day=terms.due_day or first.day) == terms.disbursed_date
    )


def schedule(terms: Terms) -> list[Row]:
    """Return the rows of a loan.

    1. `declining`: interest on the remaining principal; equal instalments or equal principal.
    2. `flat`: interest on the original principal; the last row takes what rounding left over. A given instalment
       ends it in the row in which it repays the principal.
    3. `none`: equal parts, as equal instalments at rate zero, so that rounding up may end it early.
    4. The last row takes all remaining principal.

    :raises NeverRepaid: if a given instalment leaves principal after a thousand rows
    """
    if terms.interest == "flat":
        return _flat(terms)
    rates = _period_rates(terms)
    if terms.is_equal_principal and terms.interest == "declining":
        return _equal_principal(terms, rates)
    return _equal_instalments(terms, rates)


def _period_rates(terms: Terms) -> list[Fraction]:
    rows = terms.instalments or ROWS_LIMIT
    rate = ZERO if terms.interest == "none" else terms.rate
    parts = islice(year_fractions(terms), rows)
    if terms.compounding == "daily":
        return [_compounded(rate, part, terms.day_count) for part in parts]
    return [rate * part for part in parts]


def _compounded(rate: Fraction, part: Fraction, day_count: DayCount) -> Fraction:
    """Return the rate of a period whose interest is added each day, (1 + rate/N)^days − 1, to fifteen decimals."""
    year = 360 if day_count.endswith("360") else 364 if day_count.endswith("364") else 365
    days = int(round_to(part * year, Fraction(1)))
    return round_half_up((1 + rate / year) ** days - 1, 15)


def _equal_instalments(terms: Terms, rates: list[Fraction]) -> list[Row]:
    instalment = terms.instalment_amount
    if instalment is None:
        instalment = terms.rounded(_exact_instalment(terms, rates), terms.multiple)
    remaining, rows = terms.principal, []
    for number, (due, rate) in enumerate(zip(due_dates(terms), rates, strict=False)):
        interest = terms.rounded(remaining * rate)
        part = ZERO if number < terms.principal_grace else instalment - interest
        is_last = terms.instalments == number + 1 or part >= remaining
        rows.append(Row(due, remaining if is_last else part, interest))
        remaining -= rows[-1].principal
        if is_last:
            return rows
    raise NeverRepaid("the instalment does not repay the principal")


def _exact_instalment(terms: Terms, rates: list[Fraction]) -> Fraction:
    discount, total = Fraction(1), ZERO
    for rate in rates[terms.principal_grace :]:
        discount /= 1 + rate
        total += discount
    return terms.principal / total


def _equal_principal(terms: Terms, rates: list[Fraction]) -> list[Row]:
    grace = terms.principal_grace
    part = terms.principal_part or terms.rounded(terms.principal / (len(rates) - grace), terms.multiple)
    remaining, rows = terms.principal, []
    for number, (due, rate) in enumerate(zip(due_dates(terms), rates, strict=False)):
        own = remaining if number == len(rates) - 1 else min(part, remaining)
        rows.append(Row(due, ZERO if number < grace else own, terms.rounded(remaining * rate)))
        remaining -= rows[-1].principal
    return rows


def _flat(terms: Terms) -> list[Row]:
    rates = _flat_rates(terms)
    total = terms.rounded(terms.principal * sum(rates, ZERO))
    instalment = terms.instalment_amount
    if instalment is None:
        instalment = terms.rounded((terms.principal + total) / len(rates), terms.multiple)
    remaining, interest_left, rows = terms.principal, total, []
    for number, (due, rate) in enumerate(zip(due_dates(terms), rates, strict=False)):
        is_last = number == len(rates) - 1
        interest = interest_left if is_last else terms.rounded(terms.principal * rate)
        rows.append(Row(due, remaining if is_last else instalment - interest, interest))
        remaining, interest_left = remaining - rows[-1].principal, interest_left - interest
    return rows


def _flat_rates(terms: Terms) -> list[Fraction]:
    """Return the rates of the periods: as many as agreed, or fewer if a given instalment repays the principal before."""
    rates = _period_rates(terms)
    if terms.instalment_amount is None:
        return rates
    remaining = terms.principal
    for number, rate in enumerate(rates, start=1):
        remaining -= terms.instalment_amount - terms.rounded(terms.principal * rate)
        if remaining <= 0:
            return rates[:number]
    if terms.instalments is None:
        raise NeverRepaid("the instalment does not repay the principal")
    return rates
