"""Something happens to a debt, or is taken back: ledger, then promises, then the work that is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from fairdue.contexts.book import facade as book
from fairdue.contexts.cases.contracts import Assessment
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.contracts import EventReceipt
from fairdue.contexts.payments import facade as payments
from fairdue.journeys.receive_payment import follow_money
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money

__all__ = ["EventRecorded", "EventTakenBack", "ReversalRefused", "record_event", "take_back_event"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecorded:
    """What the ledger says of an event, what became of promises, and how much open work it ended."""

    receipt: EventReceipt
    promises: Assessment
    closed_work_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTakenBack:
    """The event's kind, and what became of promises."""

    kind: str
    promises: Assessment


class ReversalRefused(ledger.LedgerError):
    """The event is not taken back this way; `code` says why, nothing was changed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@transaction.atomic
def record_event(
    *,
    account_id: int,
    kind: str,
    amount: Money | None,
    effective_date: date,
    details: Mapping[str, Any],
    external_ref: str,
    actor: Actor,
    now: datetime,
) -> EventRecorded:
    """This function will record an event by hand, judge the person's promises, and close work that has no ground left.

    1. The same reference again records nothing again.
    2. Kinds that need an approval are refused here: they are asked for and decided on (`decide_request`).

    :raises AccountUnknown: if the account is not in the actor's scope
    :raises LedgerError: if the ledger refuses the event
    """
    actor.require("ledger.adjust")
    card = book.account_card(account_id, actor=actor)
    receipt = ledger.record_event(
        account_id=account_id, kind=kind, amount=amount, effective_date=effective_date, details=details,
        external_ref=external_ref, actor=actor, now=now,
    )  # fmt: skip
    promises, closed = follow_money([card.person_id], actor=actor, now=now)
    return EventRecorded(receipt=receipt, promises=promises, closed_work_count=closed)


@transaction.atomic
def take_back_event(
    *, account_id: int, transaction_id: int, reason: str, actor: Actor, now: datetime
) -> EventTakenBack:
    """This function will take an event of any kind back by a reversal, and judge the person's promises again.

    :raises AccountUnknown: if the account is not in the actor's scope
    :raises ReversalRefused: if no reason is given, or the event is none of the account's
    :raises LedgerError: if the ledger refuses the reversal
    """
    actor.require("payments.reverse")
    card = book.account_card(account_id, actor=actor)
    if not reason.strip():
        raise ReversalRefused("ledger.reversal.reason_missing", "say why the event is taken back")
    row = transaction_of(account_id, transaction_id)
    take_back_transaction(transaction_id=transaction_id, reason=reason, external_ref="", actor=actor, now=now)
    promises, _ = follow_money([card.person_id], actor=actor, now=now)
    return EventTakenBack(kind=row.kind, promises=promises)


def take_back_transaction(
    *, transaction_id: int, reason: str, external_ref: str, actor: Actor, now: datetime
) -> None:
    """This function will reverse a transaction; if it is a match of incoming money, through that payment.

    1. Money that a person reported by hand never came: its payment is booked as taken back.
    2. Money that a bank or provider reported is there: it waits in suspense again.
    """
    matched = payments.payment_of_transaction(transaction_id)
    if matched is None:
        ledger.reverse_transaction(
            transaction_id=transaction_id, reason=reason, actor=actor, now=now, external_ref=external_ref
        )
    elif matched.source_kind == "hand":
        payments.take_back(
            payment_id=matched.payment_id,
            effective_date=business_date(now),
            reason=reason,
            actor=actor,
            now=now,
        )
    else:
        payments.undo_match(payment_id=matched.payment_id, reason=reason, actor=actor, now=now)


def transaction_of(account_id: int, transaction_id: int) -> ledger.TransactionCard:
    """Return one event of an account.

    :raises ReversalRefused: if the account has no such event
    """
    for row in ledger.account_transactions(account_id, 10_000):
        if row.transaction_id == transaction_id:
            return row
    raise ReversalRefused(
        "ledger.transaction.unknown", f"transaction {transaction_id} is none of account {account_id}"
    )
