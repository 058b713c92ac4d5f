"""Money that the payer's bank takes back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments.contracts import Matched
from fairdue.contexts.payments.errors import NothingWaiting
from fairdue.contexts.payments.models import IncomingPayment
from fairdue.contexts.payments.operations.locking import lock_payment
from fairdue.contexts.payments.operations.match import answer
from fairdue.contexts.payments.operations.undo import undo_all
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money


@transaction.atomic
def take_back(*, payment_id: int, effective_date: date, reason: str, actor: Actor, now: datetime) -> Matched:
    """This function will undo a payment's matches and book the whole money as returned.

    1. The debts stand as if the money had never come; it left cash on the day of the return.
    2. A payment of which anything was sent back before is not taken back again.

    :raises PermissionRefused: without `payments.record`, or `payments.reverse` if it was matched
    :raises PaymentUnknown: if there is no such payment in the actor's scope
    :raises NothingWaiting: if it was returned before
    """
    actor.require("payments.record")
    payment = lock_payment(payment_id, actor)
    if payment.returned_minor:
        raise NothingWaiting(f"payment {payment_id} was returned before")
    undone = undo_all(payment, reason, why_waiting="", actor=actor, now=now) if payment.matched_minor else []
    send_out(payment, min(effective_date, business_date(now)), now)
    payment.taken_back_at = now
    payment.save(update_fields=["taken_back_at"])
    audit.record(
        code="payments.payment.taken_back",
        actor=actor,
        subject_type="payments.payment",
        subject_id=payment.pk,
        now=now,
        reason=reason,
        after={"amount_minor": payment.returned_minor, "effective_date": str(effective_date)},
    )
    return answer(payment, undone)


def send_out(payment: IncomingPayment, effective_date: date, now: datetime) -> Money:
    """This function will book all that waits of a locked payment as gone: suspense against cash."""
    amount = Money(payment.amount_minor - payment.matched_minor - payment.returned_minor, payment.currency)
    ledger.return_incoming(
        incoming_payment_id=payment.pk,
        creditor_id=payment.creditor_id,
        amount=amount,
        effective_date=max(effective_date, payment.effective_date),
        now=now,
    )
    payment.returned_minor += amount.minor
    payment.save(update_fields=["returned_minor"])
    return amount
