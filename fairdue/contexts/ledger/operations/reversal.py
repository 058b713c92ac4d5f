"""Reverse one transaction: afterwards the account stands as if it had never come."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.ledger.errors import (
    AlreadyReversed,
    KeptChargeFixed,
    ReferenceReused,
    ReversalOfReversal,
    TransactionUnknown,
)
from fairdue.contexts.ledger.models import Transaction
from fairdue.contexts.ledger.operations.events import insert_transaction, require_scope
from fairdue.contexts.ledger.operations.keep import keep_one
from fairdue.contexts.ledger.operations.settle import lock_facts, settle
from fairdue.contexts.ledger.queries.account_facts import AccountFacts, StoredTransaction
from fairdue.contexts.ledger.queries.contracts import KEEPING
from fairdue.engine.ledger.event_kinds import KINDS, REVERSAL
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date


@transaction.atomic
def reverse_transaction(
    *, transaction_id: int, reason: str, actor: Actor, now: datetime, external_ref: str = ""
) -> int:
    """This function will reverse a transaction of any kind and return the id of the reversal.

    1. What the account comes to without it is posted: its own postings the other way round on their own
       effective dates, and the differences of all that stands otherwise without it. `recorded_at` keeps what
       was known when.
    2. So a charge-off, plan, pause, settlement or assignment is undone by its reversal: due items, days past
       due and standing are those of an account to which it never happened.
    3. Without a reference of its own the reversal is called `reversal:<id of the original>`.

    :raises PermissionRefused: without `payments.reverse`, or for what is no money without `ledger.adjust`
    :raises TransactionUnknown: if there is no such transaction in the actor's scope
    :raises ReversalOfReversal, AlreadyReversed, ReferenceReused: as they say
    :raises KeptChargeFixed: if the account's contract charges it
    """
    owner = Transaction.objects.filter(id=transaction_id).values_list("account_id", "kind").first()
    actor.require(_permission(owner[1] if owner else ""))
    if owner is None:
        raise TransactionUnknown(f"there is no transaction {transaction_id}")
    facts, present = lock_facts(owner[0])
    require_scope(facts, actor)
    original = next(one for one in facts.transactions if one.id == transaction_id)
    external_ref = external_ref or f"reversal:{original.id}"
    _guard(facts, original, external_ref)
    reversal = insert_transaction(facts, _stored(original, external_ref, now))
    settle(facts.with_transaction(reversal), present, now=now)
    keep_one(account_id=facts.account_id, until=business_date(now), now=now)
    audit.record(
        code="ledger.transaction.reversed",
        actor=actor,
        subject_type="ledger.transaction",
        subject_id=original.id,
        person_id=facts.person_id,
        now=now,
        reason=reason,
        after={"reversal_id": reversal.id, "kind": original.kind, "amount_minor": original.amount_minor},
    )
    return reversal.id


def _permission(kind: str) -> str:
    described = KINDS.get(kind)
    is_adjustment = described is not None and not described.is_money and kind not in ("charge", "credit")
    return "ledger.adjust" if is_adjustment else "payments.reverse"


def _guard(facts: AccountFacts, original: StoredTransaction, external_ref: str) -> None:
    if original.kind == REVERSAL:
        raise ReversalOfReversal("a reversal cannot be reversed; record the event again instead")
    if original.source == KEEPING:
        raise KeptChargeFixed("the contract charges this; waive it instead of reversing it")
    if original.id in facts.reversed_by:
        raise AlreadyReversed(f"transaction {original.id} was reversed before")
    if any(one.external_ref == external_ref for one in facts.transactions):
        raise ReferenceReused(f"reference {external_ref!r} was used before for something else")


def _stored(original: StoredTransaction, external_ref: str, now: datetime) -> StoredTransaction:
    return StoredTransaction(
        id=0,
        external_ref=external_ref,
        kind=REVERSAL,
        component="",
        amount_minor=original.amount_minor,
        currency=original.currency,
        effective_date=max(business_date(now), original.effective_date),
        recorded_at=now,
        reverses_id=original.id,
        fund=original.fund,
        details={},
        source="hand",
    )
