"""Dividing money among several debts of one person, and a debt's balances among themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

Reason = Literal[
    "designated", "agreed", "due", "least_secured", "heaviest", "earliest", "pro_rata", "credit_balance"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDebt:
    """A debt among others, and what decides its place. `due_minor` is the part of it that is due."""

    id: str
    amount_minor: int
    due_minor: int = 0
    due_date: date | None = None
    is_secured: bool = False
    annual_rate: Fraction | None = None
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What one debt gets of the money at one step, and why there."""

    debt_id: str
    amount_minor: int
    reason: Reason
    citation: str


def divide(
    amount_minor: int,
    debts: Sequence[OpenDebt],
    *,
    designated: str | None = None,
    agreed_order: Sequence[str] = (),
) -> tuple[Share, ...]:
    """Return what each debt gets of one payment (Civil Code of the PRC art. 560)."""
    raise NotImplementedError
