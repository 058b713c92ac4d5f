"""Ask for a second pair of eyes; refuse; withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from fairdue.contexts.payments.contracts import RequestCard, RequestKind
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money


def request(
    *,
    kind: RequestKind,
    account_id: int,
    amount: Money | None,
    effective_date: date,
    details: Mapping[str, Any],
    reason: str,
    actor: Actor,
    now: datetime,
) -> RequestCard:
    """This function will ask for a waiver, settlement, charge-off or write-off, checked as if it happened now."""
    raise NotImplementedError


def request_hand_payment(
    *,
    account_id: int,
    amount: Money,
    effective_date: date,
    reason: str,
    payer_name: str = "",
    evidence_ref: str = "",
    actor: Actor,
    now: datetime,
) -> RequestCard:
    """This function will ask that money taken by hand be booked."""
    raise NotImplementedError


def request_refund(
    *,
    account_id: int,
    amount: Money,
    payee_name: str,
    payee_account: str,
    payee_bank: str = "",
    reason: str,
    actor: Actor,
    now: datetime,
) -> RequestCard:
    """This function will ask that a credit balance be paid out."""
    raise NotImplementedError


def request_return(
    *,
    payment_id: int,
    reason: str,
    payee_name: str = "",
    payee_account: str = "",
    payee_bank: str = "",
    actor: Actor,
    now: datetime,
) -> RequestCard:
    """This function will ask that what waits of a payment be sent back, by default to the account it came from."""
    raise NotImplementedError


def refuse(*, request_id: int, reason: str, actor: Actor, now: datetime) -> RequestCard:
    """This function will refuse a request of somebody else; nothing moves."""
    raise NotImplementedError


def withdraw(*, request_id: int, reason: str = "", actor: Actor, now: datetime) -> RequestCard:
    """This function will withdraw a request of one's own."""
    raise NotImplementedError
