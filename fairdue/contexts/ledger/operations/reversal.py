"""Reverse one transaction: afterwards the account stands as if it had never come."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.ledger.codes import INCOME, RECEIVABLE
from fairdue.contexts.ledger.errors import (
    AlreadyReversed,
    ReferenceReused,
    ReversalOfReversal,
    TransactionUnknown,
)
from fairdue.contexts.ledger.models import Posting, Transaction
from fairdue.contexts.ledger.operations.payment import lock_state
from fairdue.contexts.ledger.operations.reallocate import reallocate
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date


@transaction.atomic
def reverse_transaction(
    *, transaction_id: int, reason: str, actor: Actor, now: datetime, external_ref: str = ""
) -> int:
    """This function will reverse a payment, charge or credit and return the id of the reversal.

    1. Its postings are mirrored on their own effective dates, and the account's other receipts are allocated
       as if it had never come; `recorded_at` keeps what was known when.
    2. Without a reference of its own the reversal is called `reversal:<id of the original>`.

    :raises PermissionRefused: without `payments.reverse`
    :raises TransactionUnknown: if there is no such transaction in the actor's scope
    :raises ReversalOfReversal, AlreadyReversed, ReferenceReused: as they say
    """
    actor.require("payments.reverse")
    original = Transaction.objects.filter(id=transaction_id).first()
    if original is None:
        raise TransactionUnknown(f"there is no transaction {transaction_id}")
    state = lock_state(original.account_id, actor)
    external_ref = external_ref or f"reversal:{original.id}"
    _guard(original, external_ref)
    reversal = Transaction.objects.create(
        account_id=original.account_id,
        person_id=state.person_id,
        external_ref=external_ref,
        kind="reversal",
        amount_minor=original.amount_minor,
        currency=original.currency,
        effective_date=max(business_date(now), original.effective_date),
        recorded_at=now,
        reverses=original,
        source="hand",
    )
    if original.kind == "charge":
        _mirror_charge(original, reversal)
    reallocate(str(original.account_id), now=now)
    audit.record(
        code="ledger.transaction.reversed",
        actor=actor,
        subject_type="ledger.transaction",
        subject_id=original.id,
        person_id=state.person_id,
        now=now,
        reason=reason,
        after={"reversal_id": reversal.id, "kind": original.kind, "amount_minor": original.amount_minor},
    )
    return reversal.id


def _guard(original: Transaction, external_ref: str) -> None:
    if original.kind == "reversal":
        raise ReversalOfReversal("a reversal cannot be reversed; record the payment again instead")
    if Transaction.objects.filter(reverses=original).exists():
        raise AlreadyReversed(f"transaction {original.id} was reversed before")
    if Transaction.objects.filter(account_id=original.account_id, external_ref=external_ref).exists():
        raise ReferenceReused(f"reference {external_ref!r} was used before for something else")


def _mirror_charge(original: Transaction, reversal: Transaction) -> None:
    Posting.objects.create(
        entry=uuid.uuid4(),
        account_id=original.account_id,
        person_id=original.person_id,
        transaction=reversal,
        kind="reversal",
        debit=INCOME + original.component,
        credit=RECEIVABLE + original.component,
        amount_minor=original.amount_minor,
        currency=original.currency,
        effective_date=original.effective_date,
        recorded_at=reversal.recorded_at,
    )
