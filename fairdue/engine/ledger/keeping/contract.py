"""A kept contract: product terms, and what was agreed for one debt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fairdue.engine.ledger.allocation.rules import COMPONENTS, AllocationRule, usual_order
from fairdue.engine.ledger.products.rates import RateTable
from fairdue.engine.ledger.products.terms import ProductTerms

USUAL = AllocationRule(order=usual_order(("penalty_interest", *COMPONENTS)))
"""The usual order of payment, with penalty interest 罚息 before the late fee 违约金."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """Product terms with the figures of one debt; `principal` in minor units.

    `details` holds what was agreed: for instalments `rate`, `instalments`, `first_due_date`, …
    (`products.agreement`); for a card what `keeping.card` asks. `rates` are the tables by code.
    """

    terms: ProductTerms
    principal: int
    currency: str
    disbursed_date: date
    details: Mapping[str, Any]
    rates: Mapping[str, RateTable] = field(default_factory=dict)
    allocation: AllocationRule = USUAL
    """The order of payment that the product names."""
