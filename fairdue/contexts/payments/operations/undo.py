"""Undo a match: the money waits in suspense again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments.contracts import Matched
from fairdue.contexts.payments.errors import NothingMatched, ReasonMissing
from fairdue.contexts.payments.models import IncomingPayment, PaymentMatch
from fairdue.contexts.payments.operations.locking import lock_payment
from fairdue.contexts.payments.operations.match import answer
from fairdue.kernel.actor import Actor


@transaction.atomic
def undo_match(*, payment_id: int, reason: str, actor: Actor, now: datetime) -> Matched:
    """This function will reverse all live matches of a payment; the money waits in suspense again.

    1. The accounts stand as if the payment had never been theirs (`ledger.reverse_transaction`).
    2. The matches stay on record with who undid them and why.

    :raises PermissionRefused: without `payments.match` or `payments.reverse`
    :raises PaymentUnknown, ReasonMissing: as they say
    :raises NothingMatched: if no match stands, as when somebody else has just undone it
    """
    actor.require("payments.match")
    actor.require("payments.reverse")
    if not reason.strip():
        raise ReasonMissing("say why the match is undone")
    payment = lock_payment(payment_id, actor)
    if not payment.matched_minor:
        raise NothingMatched(f"payment {payment_id} has no match that stands")
    return answer(payment, undo_all(payment, reason, why_waiting="match_undone", actor=actor, now=now))


def undo_all(
    payment: IncomingPayment, reason: str, *, why_waiting: str, actor: Actor, now: datetime
) -> list[PaymentMatch]:
    """This function will reverse the live matches of a locked payment, by account number."""
    rows = list(PaymentMatch.objects.filter(payment=payment, undone_at=None).order_by("account_id", "id"))
    for match in rows:
        match.reversal_id = ledger.reverse_transaction(
            transaction_id=match.transaction_id, reason=reason, actor=actor, now=now
        )
        match.undone_at, match.undone_by, match.undone_reason = now, actor.label, reason.strip()[:300]
        match.save(update_fields=["reversal_id", "undone_at", "undone_by", "undone_reason"])
        audit.record(
            code="payments.match.undone",
            actor=actor,
            subject_type="payments.payment",
            subject_id=payment.pk,
            person_id=match.person_id,
            now=now,
            reason=reason,
            after={"account_id": match.account_id, "reversal_id": match.reversal_id},
        )
    payment.matched_minor = 0
    payment.why_waiting = why_waiting
    payment.save(update_fields=["matched_minor", "why_waiting"])
    return rows
