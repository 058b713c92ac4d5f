"""Show one personal value of a payment for a stated reason, and write down that it was shown."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.payments import sealing
from fairdue.contexts.payments.errors import ReasonMissing
from fairdue.contexts.payments.models import IncomingPayment
from fairdue.contexts.payments.operations.locking import found
from fairdue.contexts.payments.queries.evidence import words_of
from fairdue.kernel.actor import Actor


@transaction.atomic
def reveal_payment(
    *,
    payment_id: int,
    field: Literal["payer_name", "payer_account", "remittance"],
    reason: str,
    actor: Actor,
    now: datetime,
) -> str:
    """Return one personal value of a payment in clear and record who saw it and why.

    :raises PermissionRefused: without `payments.match`
    :raises PaymentUnknown: if there is no such payment in the actor's scope
    :raises ReasonMissing: without a reason
    """
    actor.require("payments.match")
    if not reason.strip():
        raise ReasonMissing("say why the value is needed")
    payment = found(IncomingPayment.objects.filter(pk=payment_id).first(), actor, payment_id)
    audit.record(
        code="payments.payment.revealed",
        actor=actor,
        subject_type="payments.payment",
        subject_id=payment_id,
        now=now,
        reason=reason,
        after={"field": field},
    )
    if field == "payer_account":
        return sealing.unseal(payment.payer_account_sealed, sealing.ACCOUNT_PURPOSE)
    words = words_of(payment)
    if field == "payer_name":
        return words.payer_name
    return " · ".join(text for text in (words.remittance, words.structured, words.end_to_end) if text)
