"""Interest of single sums: simple, for late payment, and the rebate of an early settlement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Literal

from fairdue.kernel.day_counts import round_half_up

PRECISION = 50
Origin = Literal["due_plus_1", "due_date"]


def simple_interest(principal: Fraction, rate: Fraction, years: Fraction) -> Fraction:
    """Return the interest of a sum at a yearly `rate` (a fraction) over a part of years, unrounded."""
    return principal * rate * years


def late_interest(
    items: Sequence[tuple[date, Fraction]], *, rate: Fraction, days_in_year: int, origin: Origin, as_of: date
) -> list[Fraction]:
    """Return the interest of each (due date, amount) up to `as_of`, rounded half up to the cent.

    Days run from the day after the due date, or include it with origin `due_date`; never below zero.
    """
    extra = 1 if origin == "due_date" else 0
    return [
        round_half_up(amount * rate * Fraction(max((as_of - due).days + extra, 0), days_in_year))
        for due, amount in items
    ]


def settlement_rebate(
    *,
    principal: Fraction,
    instalments: int,
    amount: Fraction,
    apr: Fraction,
    settled_after: int,
    part: Fraction,
) -> tuple[Fraction, Fraction]:
    """Return what is outstanding at an early settlement, and the rebate on the instalments left.

    1. The monthly rate is (1+apr)^(1/12) − 1 rounded half up to six decimals.
    2. Outstanding = (P(1+i)^k − Σ amount·(1+i)^(k−j))·(1+i)^part after k payments, rounded to the cent.
    3. Rebate = amount × the instalments left − outstanding.
    (UK Consumer Credit (Early Settlement) Regulations 2004, regulation 4)
    """
    with localcontext(prec=PRECISION):
        yearly = _decimal(1 + apr)
        monthly = round_half_up(Fraction(yearly ** (Decimal(1) / 12)) - 1, 6)
        growth_of_part = Fraction(_decimal(1 + monthly) ** _decimal(part))
    paid = sum(
        (amount * (1 + monthly) ** (settled_after - j) for j in range(1, settled_after + 1)), Fraction(0)
    )
    outstanding = round_half_up((principal * (1 + monthly) ** settled_after - paid) * growth_of_part)
    return outstanding, amount * (instalments - settled_after) - outstanding


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
