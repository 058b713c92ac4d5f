"""Promises to pay (承诺还款): open, kept, broken or cancelled, from what was received."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from fairdue.engine.ledger.life.events import PromiseCancelled, PromiseToPay, Receipt
from fairdue.engine.ledger.life.state import LoanState

PromiseStatus = Literal["open", "kept", "broken", "cancelled"]


@dataclass(frozen=True, slots=True)
class PromiseState:
    """What became of a promise, and what was received towards it."""

    status: PromiseStatus
    received: int


def assess_promise(promise: PromiseToPay, debts: Iterable[LoanState], as_of: date) -> PromiseState:
    """Return what became of a promise over the debts it was given for.

    1. Received are receipts, not credits, that stand and count for a day from the promise's entry to its
       due date and grace, both included.
    2. Kept if received reaches the amount less the tolerance, not rounded; else cancelled if withdrawn;
       else broken once due date and grace are over; else open.
    """
    standing = [event for debt in debts for event in debt.events]
    final_day = promise.due_date + timedelta(days=promise.grace_days)
    received = sum(
        event.amount
        for event in standing
        if isinstance(event, Receipt) and promise.entered_date <= event.counts_on <= final_day
    )
    is_cancelled = any(isinstance(event, PromiseCancelled) and event.of == promise.id for event in standing)
    return PromiseState(_status(promise, received, is_cancelled, is_over=as_of > final_day), received)


def _status(promise: PromiseToPay, received: int, is_cancelled: bool, *, is_over: bool) -> PromiseStatus:
    if received >= promise.amount * (1 - promise.tolerance):
        return "kept"
    if is_cancelled:
        return "cancelled"
    return "broken" if is_over else "open"
