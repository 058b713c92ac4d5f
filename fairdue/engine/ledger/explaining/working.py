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
TIMES = "\N{MULTIPLICATION SIGN}"


def working_of(why: Mapping[str, Any], currency: str, amount: int) -> Working | None:
    """Return how a charge was computed: base × rate × days over the year, the exact value, the rounding, the cap.

    1. `why` is what `keeping.derived.Why.as_details` wrote: amounts in minor units, fractions as text.
    2. A charge without a base was set, not computed: there is nothing to show.
    """
    if not why.get("base_minor"):
        return None
    factors = [money_text(Fraction(why["base_minor"]), currency)]
    if why.get("rate"):
        factors.append(percent(Fraction(str(why["rate"]))))
    if why.get("days"):
        factors.append(_days(why))
    unrounded = why.get("unrounded")
    cut = int(why.get("cut_minor", 0))
    return Working(
        factors=tuple(factors),
        exact=money_text(Fraction(str(unrounded)), currency) if unrounded else "",
        rounding=str(why.get("rounding", "")) if unrounded else "",
        result=Money(amount, currency),
        cap=str(why.get("cap", "")) if cut else "",
        cut=Money(cut, currency) if cut else None,
    )


def _days(why: Mapping[str, Any]) -> str:
    """Return the days as a fraction of the year that the day count names; 30/360 and act/365 as their number."""
    year = str(why.get("day_count", "")).rpartition("/")[2]
    return f"{why['days']}/{year}" if year.isdigit() else f"{why['days']} ({why.get('day_count', '')})"


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
    """Return the arithmetic without words: 12,000.00 × 15.4 % × 31/365 = 156.953425… ≈ 156.95."""
    left = f" {TIMES} ".join(working.factors)
    result = f"{working.result.amount:,}"
    if working.exact and working.exact != result:
        return f"{left} = {working.exact} ≈ {result}"
    return f"{left} = {result}"
