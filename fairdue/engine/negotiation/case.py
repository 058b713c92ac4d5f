"""What the solver is told: debts and a situation. No name, sex, age or place of a person is among it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from fairdue.engine.negotiation.household import Household

Reason = Literal["job", "illness", "family", "disaster", "business", "income_drop", "dispute", "other"]
REASONS: tuple[Reason, ...] = (
    "job", "illness", "family", "disaster", "business", "income_drop", "dispute", "other",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """One account: what is owed by component, in minor units.

    `components` is all that is owed, due or not; `overdue` is what of it is past due, by component (empty: all of
    it is arranged as one); `monthly_minor` is what falls due each month from now on (0: nothing more to come).
    """

    account_id: int
    product: str
    currency: str
    components: Mapping[str, int]
    overdue_minor: int
    monthly_minor: int
    annual_rate: Fraction
    days_past_due: int
    is_disputed: bool = False
    plans_before: int = 0
    overdue: Mapping[str, int] | None = None
    is_long_term_need: bool = False
    """A loan of a bank for a long-term need: a longer term may be allowed (CN-PLAN-06)."""

    @property
    def total_minor(self) -> int:
        """All that is owed."""
        return sum(self.components.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the borrower said. Without a household only what needs no assessment is offered."""

    reason: Reason
    household: Household | None = None
    is_vulnerable: bool = False
    can_pay_now_minor: int = 0
    wished_monthly_minor: int | None = None
    wished_first_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NegotiationCase:
    """The debts of one borrower with one lender and the situation, on a day."""

    debts: tuple[Debt, ...]
    situation: Situation
    as_of: date
    jurisdiction: str
