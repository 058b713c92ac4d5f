"""Money that goes back the way it came: an approved return of a payment through the provider is carried out there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.payments.cards import waiting_minor
from fairdue.contexts.payments.models import Checkout, IncomingPayment, PaymentOrder
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRefund:
    """An approved return that the provider has not been asked for yet."""

    order_id: int
    checkout_ref: str
    amount: Money


def came_through_provider(payment: IncomingPayment) -> str:
    """Return the checkout of a payment of which nothing was used, or nothing."""
    if waiting_minor(payment) != payment.amount_minor:
        return ""
    return Checkout.objects.filter(payment=payment).values_list("ref", flat=True).first() or ""


def refunds_to_send() -> tuple[ProviderRefund, ...]:
    """Return the approved returns that go back through the provider, the oldest first."""
    rows = PaymentOrder.objects.filter(status="open", request__details__way="provider").select_related(
        "request"
    )
    found = []
    for row in rows.order_by("id"):
        ref = Checkout.objects.filter(payment_id=row.request.payment_id).values_list("ref", flat=True).first()
        if ref:
            found.append(
                ProviderRefund(
                    order_id=row.pk, checkout_ref=ref, amount=Money(row.amount_minor, row.currency)
                )
            )
    return tuple(found)


@transaction.atomic
def refund_sent(*, order_id: int, provider_ref: str, actor: Actor, now: datetime) -> None:
    """This function will note that the provider has taken a refund over; once, however often it is told."""
    row = PaymentOrder.objects.select_for_update(of=("self",)).get(pk=order_id)
    if row.status != "open":
        return
    row.status, row.sent_at, row.export_ref = "sent", now, f"pay:{provider_ref}"[:35]
    row.save(update_fields=["status", "sent_at", "export_ref"])
    audit.record(
        code="payments.order.sent", actor=actor, subject_type="payments.order", subject_id=row.pk, now=now,
        after={"amount_minor": row.amount_minor, "currency": row.currency, "way": "provider"},
    )  # fmt: skip


def confirm_refund(*, payment_id: int, now: datetime) -> bool:
    """This function will confirm the order by which a payment goes back; tell whether there is one.

    The provider's word may come before its own answer: an order that is still open was sent at this moment.
    """
    rows = PaymentOrder.objects.select_for_update(of=("self",))
    row = (
        rows.filter(request__payment_id=payment_id, request__details__way="provider")
        .exclude(status="failed")
        .first()
    )
    if row is None:
        return False
    if row.status != "confirmed":
        row.status, row.sent_at, row.confirmed_at = "confirmed", row.sent_at or now, now
        row.save(update_fields=["status", "sent_at", "confirmed_at"])
    return True
