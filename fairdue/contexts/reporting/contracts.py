"""What reporting hands out: the figures of the whole book on one day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketFigure:
    """账龄: the accounts of one currency in one bucket: how many, what they owe, what of it is overdue."""

    bucket: str
    account_count: int
    balance: Money
    overdue: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyFigures:
    """The book in one currency; buckets from M0 upwards, empty ones included."""

    currency: str
    account_count: int
    balance: Money
    overdue: Money
    buckets: tuple[BucketFigure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseFigures:
    """承诺还款: how many promises are open, were kept (兑现) and broken (跳票)."""

    open_count: int
    kept_count: int
    broken_count: int

    @property
    def kept_rate(self) -> float | None:
        """Kept ÷ (kept + broken), by count; None while none has ended."""
        ended = self.kept_count + self.broken_count
        return self.kept_count / ended if ended else None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookOverview:
    """Figures of the book as of a day, over the creditors in the actor's scope.

    `contacts` counts outbound contacts with debtors by kind: `conversations`, `announcements`, `messages`.
    """

    as_of: date
    account_count: int
    currencies: tuple[CurrencyFigures, ...]
    promises: PromiseFigures
    contacts: dict[str, int]
