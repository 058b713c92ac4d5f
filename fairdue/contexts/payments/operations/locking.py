"""The order in which rows are locked: request, then payment, then accounts by number."""

from __future__ import annotations

from django.db import connection

from fairdue.contexts.payments import sealing
from fairdue.contexts.payments.errors import PaymentUnknown, RequestUnknown
from fairdue.contexts.payments.models import IncomingPayment, Request
from fairdue.kernel.actor import Actor


def lock_payment(payment_id: int, actor: Actor) -> IncomingPayment:
    """Lock and return a payment of a creditor in the actor's scope.

    :raises PaymentUnknown: if there is none
    """
    rows = IncomingPayment.objects.select_for_update(of=("self",)).filter(pk=payment_id)
    return found(rows.first(), actor, payment_id)


def found(payment: IncomingPayment | None, actor: Actor, payment_id: int) -> IncomingPayment:
    """Return a payment if it exists in the actor's scope.

    :raises PaymentUnknown: if not
    """
    if payment is None or (actor.creditor_ids is not None and payment.creditor_id not in actor.creditor_ids):
        raise PaymentUnknown(f"payment {payment_id} does not exist or is not in your scope")
    return payment


def hold(name: str) -> None:
    """Hold an advisory lock until the transaction ends."""
    number = int.from_bytes(sealing.key_of("lock", name)[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def lock_request(request_id: int, actor: Actor) -> Request:
    """Lock and return a request of a creditor in the actor's scope.

    :raises RequestUnknown: if there is none
    """
    row = Request.objects.select_for_update(of=("self",)).filter(pk=request_id).first()
    if row is None or (actor.creditor_ids is not None and row.creditor_id not in actor.creditor_ids):
        raise RequestUnknown(f"request {request_id} does not exist or is not in your scope")
    return row
