"""Equal payments: the payment, the parts of one or several payments, the number of payments."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from fairdue.kernel.day_counts import RoundingMode, round_to

PRECISION = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Annuity:
    """`periods` equal payments of a loan at `rate` per period (a fraction), at its end or begin."""

    principal: Fraction
    rate: Fraction
    periods: int
    is_at_begin: bool = False

    @property
    def exact_payment(self) -> Fraction:
        """P·r / (1 − (1+r)^−n), P/n without interest, divided by 1+r if paid at the begin."""
        if self.rate == 0:
            return self.principal / self.periods
        payment = self.principal * self.rate / (1 - (1 + self.rate) ** -self.periods)
        return payment / (1 + self.rate) if self.is_at_begin else payment

    def payment(self, unit: Fraction, mode: RoundingMode) -> Fraction:
        """Return the payment rounded to a multiple of `unit`."""
        return round_to(self.exact_payment, unit, mode)

    def remaining(self, after: int) -> Fraction:
        """Return the principal left right after so many payments, unrounded.

        Paid at the begin, the first payment is all principal, and one period less bears interest.
        """
        grown = after - 1 if self.is_at_begin and after else after
        growth = (1 + self.rate) ** grown
        paid = Fraction(grown) if self.rate == 0 else (growth - 1) / self.rate
        return self.principal * growth - self.exact_payment * (paid if grown == after else paid + growth)

    def interest_between(self, first: int, last: int) -> Fraction:
        """Return the interest in the payments from number `first` to number `last`, unrounded."""
        return self.exact_payment * (last - first + 1) - self.principal_between(first, last)

    def principal_between(self, first: int, last: int) -> Fraction:
        """Return the principal in the payments from number `first` to number `last`, unrounded."""
        return self.remaining(first - 1) - self.remaining(last)


def periods_needed(principal: Fraction, rate: Fraction, payment: Fraction) -> Fraction:
    """Return −ln(1 − P·r/payment) / ln(1+r), the number of payments that repay a loan, to 50 digits.

    :raises ValueError: if the payment does not even cover the interest
    """
    if rate == 0:
        return principal / payment
    left = 1 - principal * rate / payment
    if left <= 0:
        raise ValueError("the payment does not cover the interest; the loan is never repaid")
    with localcontext(prec=PRECISION):
        return Fraction(-_decimal(left).ln() / _decimal(1 + rate).ln())


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
