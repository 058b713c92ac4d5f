"""Record an event of an account: a waiver, a pause, a deferral, a plan, a settlement, a write-off, …"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from fairdue.contexts.ledger.contracts import Changes, EventReceipt
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money


def record_event(
    *,
    account_id: int,
    kind: str,
    amount: Money | None,
    effective_date: date,
    details: Mapping[str, Any],
    external_ref: str,
    source: str = "hand",
    actor: Actor,
    now: datetime,
    approval_ref: str = "",
) -> EventReceipt:
    """This function will record an event, post what it comes to, and tell what it changed."""
    raise NotImplementedError


def preview_event(
    *,
    account_id: int,
    kind: str,
    amount: Money | None,
    effective_date: date,
    details: Mapping[str, Any],
    source: str = "hand",
    actor: Actor,
    now: datetime,
    approval_ref: str = "",
) -> Changes:
    """This function will tell what an event would change; nothing is written."""
    raise NotImplementedError
