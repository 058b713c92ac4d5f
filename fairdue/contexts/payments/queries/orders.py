"""Payment orders."""

from __future__ import annotations

from fairdue.contexts.payments.cards import order_card_of
from fairdue.contexts.payments.contracts import OrderCard
from fairdue.contexts.payments.models import PaymentOrder
from fairdue.kernel.actor import Actor


def orders(*, actor: Actor, status: str = "", creditor_id: int | None = None) -> tuple[OrderCard, ...]:
    """Return payment orders of the actor's creditors, newest first; `status` empty for all."""
    actor.require("payments.view")
    rows = PaymentOrder.objects.all()
    if actor.creditor_ids is not None:
        rows = rows.filter(creditor_id__in=actor.creditor_ids)
    if status:
        rows = rows.filter(status=status)
    if creditor_id is not None:
        rows = rows.filter(creditor_id=creditor_id)
    return tuple(map(order_card_of, rows.order_by("-id")))
