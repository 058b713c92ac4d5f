"""Approved returns of payments through the provider go back the way they came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairdue.contexts.payments import facade as payments
from fairdue.kernel.actor import system


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundsSent:
    """What asking the provider for refunds came to."""

    sent_count: int = 0
    refused_count: int = 0
    silent_count: int = 0


def send_refunds(*, now: datetime) -> RefundsSent:
    """This function will ask the provider for every approved refund, each under one name: asked twice, given once.

    Refused for good, the money waits in suspense again as a payment of its own, and a person finds another way.
    """
    if not payments.is_open():
        return RefundsSent()
    actor, sent, refused, silent = system("pay"), 0, 0, 0
    for each in payments.refunds_to_send():
        try:
            taken = payments.pay_provider().refund(
                refund_ref=f"R{each.checkout_ref}", checkout_ref=each.checkout_ref,
                amount_minor=each.amount.minor, currency=each.amount.currency,
            )  # fmt: skip
        except payments.ProviderSilent:
            silent += 1
            continue
        except payments.ProviderRefused as refusal:
            payments.refund_sent(order_id=each.order_id, provider_ref="refused", actor=actor, now=now)
            payments.fail_order(
                order_id=each.order_id, reason=f"the provider: {refusal}", actor=actor, now=now
            )
            refused += 1
            continue
        payments.refund_sent(order_id=each.order_id, provider_ref=taken.provider_ref, actor=actor, now=now)
        sent += 1
    return RefundsSent(sent_count=sent, refused_count=refused, silent_count=silent)
