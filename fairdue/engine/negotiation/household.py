"""What a household can pay a month: income less what it needs, never less than the protected living costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fairdue.engine.negotiation.terms import OfferTerms


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """An income or an outgoing: its kind, minor units, and how often (`engine.finance.budget.TIMES_PER_YEAR`)."""

    kind: str
    amount_minor: int
    every: str = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """Income and expenditure of the people who share a purse."""

    currency: str
    incomes: tuple[MoneyLine, ...]
    outgoings: tuple[MoneyLine, ...]
    adults: int = 1
    children: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surplus:
    """What is left, a month, in minor units; `affordable_minor` is what offers may ask at most."""

    income_minor: int
    outgoings_minor: int
    protected_minor: int
    """Living costs that are left in any case; they count where the stated outgoings are less."""
    spare_minor: int
    """Income less the larger of outgoings and protected costs; negative where the household lives beyond it."""
    affordable_minor: int
    """The share of what is spare that offers ask at most."""
    ceiling_minor: int
    """The share of what is spare that the borrower may propose at most."""


def surplus(household: Household, terms: OfferTerms) -> Surplus:
    """This function will return what a household can pay a month."""
    raise NotImplementedError
