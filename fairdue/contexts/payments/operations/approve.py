"""Approve a request: what was asked for happens in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments import sealing
from fairdue.contexts.payments.cards import waiting_minor
from fairdue.contexts.payments.contracts import Approved, Incoming
from fairdue.contexts.payments.errors import NothingWaiting
from fairdue.contexts.payments.models import PaymentOrder, Request
from fairdue.contexts.payments.operations.locking import lock_payment
from fairdue.contexts.payments.operations.match import place
from fairdue.contexts.payments.operations.receive import receive
from fairdue.contexts.payments.operations.requests import close, lock_open_request, require_other
from fairdue.contexts.payments.operations.returns import send_out
from fairdue.contexts.payments.queries.division import shares_of
from fairdue.contexts.payments.queries.requests import deciding
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True)
class _Done:
    """What the approval of a kind has made."""

    payment_id: int | None = None
    transaction_id: int | None = None
    order_id: int | None = None


@transaction.atomic
def approve(*, request_id: int, reason: str = "", actor: Actor, now: datetime) -> Approved:
    """This function will approve a request of somebody else and let it happen, both or neither.

    1. The database itself refuses a decision by the requester.
    2. If the account has changed so that the event is refused now, the ledger's refusal passes through and
       the request stays open.
    3. What happens carries the approval reference `request:<id>`.

    :raises PermissionRefused: without `ledger.approve` or `payments.approve`, as the kind needs
    :raises RequestUnknown, RequestClosed, OwnRequest: as they say
    :raises LedgerError: if the ledger refuses it now
    """
    row = lock_open_request(request_id, actor)
    actor.require(deciding(row.kind))
    require_other(row, actor)
    done = _WAYS.get(row.kind, _event)(row, actor, now)
    row.transaction_id, row.result_payment_id = done.transaction_id, done.payment_id
    card = close(row, "approved", reason, actor, now)
    return Approved(
        request=card,
        person_ids=(row.person_id,) if row.person_id else (),
        payment_id=done.payment_id,
        transaction_id=done.transaction_id,
        order_id=done.order_id,
    )


def _money(row: Request) -> Money:
    return Money(row.amount_minor or 0, row.currency)


def _event(row: Request, actor: Actor, now: datetime) -> _Done:
    receipt = ledger.record_event(
        account_id=row.account_id or 0,
        kind=row.kind,
        amount=None if row.amount_minor is None else _money(row),
        effective_date=row.effective_date,
        details=row.details,
        external_ref=f"request:{row.pk}",
        actor=actor,
        now=now,
        approval_ref=f"request:{row.pk}",
    )
    return _Done(transaction_id=receipt.transaction_id)


def _hand_payment(row: Request, actor: Actor, now: datetime) -> _Done:
    payee = sealing.unseal_fields(row.payee_sealed, sealing.PAYEE_PURPOSE)
    answer = receive(
        incoming=Incoming(
            creditor_id=row.creditor_id,
            source="hand",
            source_ref=f"request:{row.pk}",
            amount=_money(row),
            value_date=row.effective_date,
            payer_name=payee.get("name", ""),
        ),
        actor=actor,
        now=now,
    )
    payment = lock_payment(answer.payment_id, actor)
    parts = shares_of(payment, [row.account_id or 0], None, actor)
    matched = place(payment, parts, way="by_hand", reasons=[], actor=actor, now=now)
    return _Done(payment_id=payment.pk, transaction_id=matched.matches[0].transaction_id)


def _refund(row: Request, actor: Actor, now: datetime) -> _Done:
    receipt = ledger.record_event(
        account_id=row.account_id or 0,
        kind="refund",
        amount=_money(row),
        effective_date=business_date(now),
        details={},
        external_ref=f"request:{row.pk}",
        actor=actor,
        now=now,
        approval_ref=f"request:{row.pk}",
    )
    return _Done(transaction_id=receipt.transaction_id, order_id=_order(row, now).pk)


def _return(row: Request, actor: Actor, now: datetime) -> _Done:
    payment = lock_payment(row.payment_id or 0, actor)
    if waiting_minor(payment) != row.amount_minor or payment.returned_minor:
        raise NothingWaiting(
            f"of payment {payment.pk} {Money(waiting_minor(payment), payment.currency)} waits now"
        )
    send_out(payment, business_date(now), now)
    return _Done(payment_id=payment.pk, order_id=_order(row, now).pk)


def _order(row: Request, now: datetime) -> PaymentOrder:
    payee = sealing.unseal_fields(row.payee_sealed, sealing.PAYEE_PURPOSE)
    return PaymentOrder.objects.create(
        request=row,
        kind=row.kind,
        creditor_id=row.creditor_id,
        account_id=row.account_id,
        amount_minor=row.amount_minor or 0,
        currency=row.currency,
        payee_sealed=row.payee_sealed,
        payee_name_masked=sealing.mask_payer(payee["name"]),
        payee_account_masked=sealing.mask_account(payee["account"]),
        made_at=now,
    )


_WAYS: dict[str, Callable[[Request, Actor, datetime], _Done]] = {
    "hand_payment": _hand_payment,
    "refund": _refund,
    "return": _return,
}
