"""Money that the payer's bank takes back."""

from __future__ import annotations

from datetime import date, datetime

from fairdue.contexts.payments.contracts import Matched
from fairdue.kernel.actor import Actor


def take_back(*, payment_id: int, effective_date: date, reason: str, actor: Actor, now: datetime) -> Matched:
    """This function will undo a payment's matches and book the money as returned."""
    raise NotImplementedError
