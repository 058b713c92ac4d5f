"""The arithmetic of a charge that this house computed, as a person would check it on paper."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal, localcontext
from fractions import Fraction
from typing import Any

from fairdue.engine.ledger.explaining.tree import Working
from fairdue.kernel.money import Money, minor_digits

PLACES = 6
"""Decimals of an exact value that does not end."""
MOST_PRODUCTS = 6
TIMES = "\N{MULTIPLICATION SIGN}"


def working_of(why: Mapping[str, Any], currency: str, amount: int) -> Working | None:
    """Return how a charge was computed: base × rate × days over the year, the exact value, the rounding, the cap.

    1. `why` is what `keeping.derived.Why.as_details` wrote: amounts in minor units, fractions as text.
    2. Where the base changed in between, the products of all stretches are added up and rounded once.
    3. A charge without a base was set, not computed: there is nothing to show.
    """
    stretches = [stretch for stretch in why.get("segments") or (why,) if stretch.get("base_minor")]
    unrounded = why.get("unrounded")
    if not stretches or not unrounded:
        return None
    cut = int(why.get("cut_minor", 0))
    return Working(
        products=tuple(_factors(stretch, why, currency) for stretch in stretches),
        exact=money_text(Fraction(str(unrounded)), currency),
        rounding=str(why.get("rounding", "")),
        result=Money(amount, currency),
        cap=str(why.get("cap", "")) if cut else "",
        cut=Money(cut, currency) if cut else None,
    )


def _factors(stretch: Mapping[str, Any], why: Mapping[str, Any], currency: str) -> tuple[str, ...]:
    factors = [money_text(Fraction(stretch["base_minor"]), currency)]
    if why.get("rate"):
        factors.append(percent(Fraction(str(why["rate"]))))
    if stretch.get("days"):
        factors.append(_days(stretch["days"], str(why.get("day_count", ""))))
    return tuple(factors)


def _days(days: int, day_count: str) -> str:
    """Return the days as a fraction of the year that the day count names, else with its name."""
    year = day_count.rpartition("/")[2]
    return f"{days}/{year}" if year.isdigit() else f"{days} ({day_count})"


def percent(rate: Fraction) -> str:
    """Return a share as per cent, without noughts at its end: 0.154 → 15.4 %."""
    return f"{decimal_text(rate * 100)} %"


def money_text(minor: Fraction, currency: str) -> str:
    """Return minor units as an amount with at least the currency's decimals: 1200000 → 12,000.00."""
    digits = minor_digits(currency)
    if minor.denominator == 1:
        return f"{Money(int(minor), currency).amount:,}"
    return decimal_text(minor / 10**digits, least=digits)


def decimal_text(value: Fraction, least: int = 0) -> str:
    """Return an exact value in decimals, with … where it goes on beyond six places."""
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        short = exact.quantize(Decimal(1).scaleb(-PLACES - least), ROUND_DOWN)
        ends = Fraction(short) == value
        text = f"{short:,f}"
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0") if ends else decimals[: PLACES + least]
    return f"{whole}.{decimals}{'' if ends else '…'}" if decimals else whole


def formula(working: Working) -> str:
    """Return the arithmetic without words: 12,000.00 × 15.4 % × 31/365 = 156.95342465… ≈ 156.95.

    Of many stretches the first ones are written out.
    """
    shown = [f" {TIMES} ".join(factors) for factors in working.products[:MOST_PRODUCTS]]
    more = len(working.products) - MOST_PRODUCTS
    left = " + ".join([*shown, f"… ({more})"] if more > 0 else shown)
    result = f"{working.result.amount:,}"
    sign = "→" if working.cut is not None or working.rounding in ("floor", "cap") else "≈"
    if working.exact != result:
        return f"{left} = {working.exact} {sign} {result}"
    return f"{left} = {result}"
