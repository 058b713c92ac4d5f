"""Money as integer minor units of one currency; never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MAX_MINOR = 2**53
"""Largest amount in minor units; above it a JSON reader would lose cents."""

MINOR_DIGITS: dict[str, int] = {
    "CNY": 2, "USD": 2, "EUR": 2, "GBP": 2, "HKD": 2, "SGD": 2, "AUD": 2, "INR": 2, "TWD": 2, "JPY": 0, "KRW": 0,
}  # fmt: skip


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were combined."""


class UnknownCurrency(ValueError):
    """The currency code is not one that the installation keeps books in."""


def minor_digits(currency: str) -> int:
    """Return the number of decimals of an ISO 4217 currency.

    :raises UnknownCurrency: if the code is not known
    """
    try:
        return MINOR_DIGITS[currency]
    except KeyError as error:
        raise UnknownCurrency(
            f"currency {currency!r} is not known; known: {', '.join(MINOR_DIGITS)}"
        ) from error


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: `minor` integer minor units of `currency`."""

    minor: int
    currency: str = "CNY"

    @classmethod
    def of(cls, amount: str | Decimal, currency: str = "CNY") -> Money:
        """Read a decimal amount in currency units, rounding half up to the minor unit.

        :raises UnknownCurrency: if the currency is not known
        """
        scaled = Decimal(amount).scaleb(minor_digits(currency))
        return cls(int(scaled.to_integral_value(ROUND_HALF_UP)), currency)

    @property
    def amount(self) -> Decimal:
        """The amount in currency units with the currency's decimals."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def _same(self, other: Money) -> None:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be combined")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __str__(self) -> str:
        return f"{self.amount:,} {self.currency}"
