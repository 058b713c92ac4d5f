"""Payment orders: export for the bank, confirm, fail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments import sealing
from fairdue.contexts.payments.cards import order_card_of
from fairdue.contexts.payments.contracts import Incoming, OrderCard, OrderExport
from fairdue.contexts.payments.errors import OrderState, OrderUnknown, ReasonMissing
from fairdue.contexts.payments.models import PaymentOrder, Request
from fairdue.contexts.payments.operations.receive import receive
from fairdue.engine.payments.orders import Order, orders_csv, pain_001
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import HOUSE_ZONE, business_date
from fairdue.kernel.money import Money

FORMATS = {"pain.001": (pain_001, "xml"), "csv": (orders_csv, "csv")}


@transaction.atomic
def export_orders(
    *, creditor_id: int, format: str = "pain.001", order_ids: Sequence[int] = (), actor: Actor, now: datetime
) -> OrderExport:
    """This function will mark open orders as sent and return the file for the bank (`csv` or `pain.001`).

    1. Without `order_ids` all open orders of the creditor go out; an order goes out once. Money that goes back through
       the payment provider is not among them.
    2. The file is the only place where payees stand in clear; who took it is on record.

    :raises PermissionRefused: without `payments.approve`
    :raises OrderState: if the format is unknown, a named order is not open, or there is nothing to send
    """
    actor.require("payments.approve")
    if format not in FORMATS:
        raise OrderState(f"unknown format {format!r}; known: {', '.join(FORMATS)}")
    if actor.creditor_ids is not None and creditor_id not in actor.creditor_ids:
        raise OrderUnknown("this creditor is not in your scope")
    rows = PaymentOrder.objects.select_for_update(of=("self",)).filter(creditor_id=creditor_id, status="open")
    rows = rows.exclude(request__in=Request.objects.filter(details__way="provider"))
    rows = rows.filter(pk__in=list(order_ids)) if order_ids else rows
    found = list(rows.order_by("id"))
    if not found or (order_ids and len(found) < len(set(order_ids))):
        raise OrderState(
            "there is no open order to send" if not found else "an order named is not open any more"
        )
    export_ref = f"FD{now.astimezone(HOUSE_ZONE):%Y%m%d%H%M%S}-{found[0].pk}"
    for order in found:
        order.status, order.sent_at, order.export_ref = "sent", now, export_ref
    PaymentOrder.objects.bulk_update(found, ["status", "sent_at", "export_ref"])
    totals: dict[str, Money] = {}
    for order in found:
        amount = Money(order.amount_minor, order.currency)
        totals[order.currency] = totals.get(order.currency, Money(0, order.currency)) + amount
    audit.record(
        code="payments.orders.exported",
        actor=actor,
        subject_type="payments.export",
        subject_id=export_ref,
        now=now,
        after={
            "orders": [order.pk for order in found],
            "totals": {key: str(sum_) for key, sum_ in totals.items()},
        },
    )
    write, suffix = FORMATS[format]
    content = write([_clear(order) for order in found], _payer_name(creditor_id, actor), export_ref, now)
    return OrderExport(
        export_ref=export_ref,
        file_name=f"refunds-{export_ref}.{suffix}",
        content=content,
        order_count=len(found),
        totals=totals,
    )


@transaction.atomic
def confirm_order(*, order_id: int, actor: Actor, now: datetime) -> OrderCard:
    """This function will note that the bank has executed an order.

    :raises PermissionRefused: without `payments.approve`
    :raises OrderUnknown, OrderState: as they say
    """
    order = _lock_sent(order_id, actor)
    order.status, order.confirmed_at = "confirmed", now
    order.save(update_fields=["status", "confirmed_at"])
    return _recorded(order, "confirmed", "", actor, now)


@transaction.atomic
def fail_order(*, order_id: int, reason: str, actor: Actor, now: datetime) -> OrderCard:
    """This function will note that the bank refused an order and put the money back where it was.

    1. A refund is reversed: the account's credit balance stands again.
    2. Money that was to go back to its payer has come back, and waits in suspense as a payment of its own.

    :raises PermissionRefused: without `payments.approve`
    :raises OrderUnknown, OrderState, ReasonMissing: as they say
    """
    order = _lock_sent(order_id, actor)
    if not reason.strip():
        raise ReasonMissing("say why the bank refused the order")
    order.status, order.failed_at, order.failure_reason = "failed", now, reason.strip()[:300]
    order.save(update_fields=["status", "failed_at", "failure_reason"])
    if order.kind == "refund":
        ledger.reverse_transaction(
            transaction_id=order.request.transaction_id or 0, reason=reason, actor=actor, now=now
        )
    else:
        _take_in_again(order, actor, now)
    return _recorded(order, "failed", reason, actor, now)


def _take_in_again(order: PaymentOrder, actor: Actor, now: datetime) -> None:
    payee = sealing.unseal_fields(order.payee_sealed, sealing.PAYEE_PURPOSE)
    receive(
        incoming=Incoming(
            creditor_id=order.creditor_id,
            source="hand",
            source_ref=f"order:{order.pk}",
            amount=Money(order.amount_minor, order.currency),
            value_date=business_date(now),
            payer_name=payee["name"],
            payer_account=payee["account"],
            resembles_id=order.request.payment_id,
        ),
        actor=actor,
        now=now,
    )


def _lock_sent(order_id: int, actor: Actor) -> PaymentOrder:
    actor.require("payments.approve")
    order = PaymentOrder.objects.select_for_update(of=("self",)).filter(pk=order_id).first()
    if order is None or (actor.creditor_ids is not None and order.creditor_id not in actor.creditor_ids):
        raise OrderUnknown(f"order {order_id} does not exist or is not in your scope")
    if order.status != "sent":
        raise OrderState(f"order {order_id} is {order.status}, not sent")
    return order


def _recorded(order: PaymentOrder, what: str, reason: str, actor: Actor, now: datetime) -> OrderCard:
    audit.record(
        code=f"payments.order.{what}",
        actor=actor,
        subject_type="payments.order",
        subject_id=order.pk,
        now=now,
        reason=reason,
        after={"amount_minor": order.amount_minor, "currency": order.currency},
    )
    return order_card_of(order)


def _payer_name(creditor_id: int, actor: Actor) -> str:
    return next((card.name_zh for card in book.creditors(actor) if card.creditor_id == creditor_id), "")


def _clear(order: PaymentOrder) -> Order:
    payee = sealing.unseal_fields(order.payee_sealed, sealing.PAYEE_PURPOSE)
    return Order(
        order_id=order.pk,
        amount=Money(order.amount_minor, order.currency),
        payee_name=payee["name"],
        payee_account=payee["account"],
        payee_bank=payee.get("bank", ""),
        purpose="退还溢缴款" if order.kind == "refund" else "退回款项",
    )
