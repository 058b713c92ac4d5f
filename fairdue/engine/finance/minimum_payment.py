"""The minimum payment of a card statement by a rule that is data, and what paying only it leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from fairdue.kernel.day_counts import round_half_up

Base = Literal["balance", "principal", "in_limit", "rest"]
MONTHS_LIMIT = 12 * 200
ZERO = Fraction(0)


class NeverRepaid(ValueError):
    """The minimum payments do not repay the balances within two hundred years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The amounts of a statement, all in currency units or all in minor units.

    `limit` None means as large as the balance. `rest` is what none of the parts named is.
    """

    balance: Fraction
    limit: Fraction | None = None
    interest: Fraction = ZERO
    fees: Fraction = ZERO
    past_due: Fraction = ZERO
    over_limit: Fraction = ZERO
    instalments: Fraction = ZERO
    cash_advances: Fraction = ZERO

    def base(self, name: Base) -> Fraction:
        """Return what a percentage is taken of."""
        if name == "principal":
            return self.balance - self.interest - self.fees
        if name == "in_limit":
            return min(self.balance, self.balance if self.limit is None else self.limit) - self.past_due
        if name == "rest":
            parts = ("interest", "fees", "past_due", "over_limit", "instalments", "cash_advances")
            return max(self.balance - self.sum(parts), ZERO)
        return self.balance

    def sum(self, names: Sequence[str]) -> Fraction:
        """Return the sum of the amounts named."""
        return sum((getattr(self, name) for name in names), ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One candidate for the minimum: a percentage of a base or a fixed amount, plus amounts by name."""

    percent: Fraction | None = None
    of: Base = "balance"
    amount: Fraction = ZERO
    plus: tuple[str, ...] = ()

    def value(self, statement: Statement) -> Fraction:
        """Return the entry's amount for a statement, unrounded."""
        own = self.amount if self.percent is None else statement.base(self.of) * self.percent / 100
        return own + statement.sum(self.plus)


def minimum_payment(
    statement: Statement, greatest_of: Sequence[Entry], then_add: Sequence[str] = (), *, decimals: int = 2
) -> Fraction:
    """Return the greatest entry plus additions, at most the balance, rounded half up to so many decimals."""
    greatest = max(entry.value(statement) for entry in greatest_of)
    return round_half_up(min(greatest + statement.sum(then_add), statement.balance), decimals)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevolvingBalance:
    """A balance at a yearly rate in per cent, which may change from a month on."""

    amount: Fraction
    rate: Fraction
    then_rate: Fraction | None = None
    then_from_month: int | None = None

    def rate_in(self, month: int) -> Fraction:
        """Return the rate of a month, counted from 1."""
        has_changed = self.then_from_month is not None and month >= self.then_from_month
        return self.then_rate if has_changed and self.then_rate is not None else self.rate


def minimum_payment_plan(
    balances: Sequence[RevolvingBalance], *, percent: Fraction, floor: Fraction
) -> tuple[int, Fraction, Fraction]:
    """Return months, first payment and total paid when only the minimum is paid.

    1. Payment = the greater of percent × total, rounded half up to the cent, and the floor.
    2. Then each balance bears a month's interest, rounded half up to the cent.
    3. The payment, at most the new total, reduces the balances in the order listed.

    :raises NeverRepaid: if that takes more than two hundred years
    """
    amounts = [balance.amount for balance in balances]
    payments: list[Fraction] = []
    while any(amounts):
        month = len(payments) + 1
        if month > MONTHS_LIMIT:
            raise NeverRepaid("the minimum payments do not repay the balances")
        due = max(round_half_up(sum(amounts, ZERO) * percent / 100), floor)
        rates = [balance.rate_in(month) for balance in balances]
        amounts = [
            round_half_up(amount * (1 + rate / 1200)) for amount, rate in zip(amounts, rates, strict=True)
        ]
        payments.append(min(due, sum(amounts, ZERO)))
        amounts = _reduce(amounts, payments[-1])
    return len(payments), payments[0] if payments else ZERO, sum(payments, ZERO)


def _reduce(amounts: Sequence[Fraction], payment: Fraction) -> list[Fraction]:
    left = []
    for amount in amounts:
        used = min(amount, payment)
        left.append(amount - used)
        payment -= used
    return left
