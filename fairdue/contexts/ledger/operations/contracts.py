"""Open a contract that this installation keeps itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money


def open_contract(
    *,
    account_id: int,
    product_code: str,
    principal: Money,
    disbursed_date: date,
    details: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> int:
    """This function will open a kept contract on an account that is opened in the ledger; returns its id."""
    raise NotImplementedError
