"""Ask for a second pair of eyes; refuse; withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments import sealing
from fairdue.contexts.payments.cards import waiting_minor
from fairdue.contexts.payments.contracts import RequestCard, RequestKind
from fairdue.contexts.payments.errors import (
    NothingWaiting,
    OwnRequest,
    ReasonMissing,
    RequestClosed,
    RequestInvalid,
)
from fairdue.contexts.payments.models import Request
from fairdue.contexts.payments.operations.locking import lock_payment, lock_request
from fairdue.contexts.payments.operations.provider_refunds import came_through_provider
from fairdue.contexts.payments.queries.evidence import words_of
from fairdue.contexts.payments.queries.requests import LEDGER_KINDS, asking, card_of, deciding
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import MAX_MINOR, Money


@transaction.atomic
def request(
    *,
    kind: RequestKind,
    account_id: int,
    amount: Money | None,
    effective_date: date,
    details: Mapping[str, Any],
    reason: str,
    actor: Actor,
    now: datetime,
) -> RequestCard:
    """This function will ask for an event that needs approval, such as a waiver, checked as if it happened now.

    1. Amount and details are those of the event kind (`engine.ledger.event_kinds`); the ledger judges them by a
       preview, so that nobody is asked to approve what would be refused.
    2. Payments by hand, refunds and returns have functions of their own.

    :raises PermissionRefused: without `ledger.adjust`
    :raises RequestInvalid: if the kind is none of these, or the account not in the actor's scope
    :raises ReasonMissing: without a reason
    :raises LedgerError: if the ledger would refuse the event
    """
    if kind not in LEDGER_KINDS:
        raise RequestInvalid(f"{kind!r} is not asked for here; known: {', '.join(LEDGER_KINDS)}")
    actor.require(asking(kind))
    account = _account(account_id, actor)
    ledger.preview_event(
        account_id=account_id,
        kind=kind,
        amount=amount,
        effective_date=effective_date,
        details=details,
        actor=actor,
        now=now,
        approval_ref="request:preview",
    )
    return _create(
        kind, reason, actor, now, account=account, amount=amount, effective_date=effective_date,
        details=dict(details),
    )  # fmt: skip


@transaction.atomic
def request_hand_payment(
    *,
    account_id: int,
    amount: Money,
    effective_date: date,
    reason: str,
    payer_name: str = "",
    evidence_ref: str = "",
    actor: Actor,
    now: datetime,
) -> RequestCard:
    """This function will ask that money taken by hand be booked; on approval it is a payment like any other.

    :raises PermissionRefused: without `payments.record`
    :raises RequestInvalid: if the amount, currency or date cannot be booked on the account
    :raises LedgerError: if the ledger would refuse the payment, such as before the opening or after an assignment
    :raises ReasonMissing: without a reason
    """
    actor.require(asking("hand_payment"))
    account = _account(account_id, actor)
    _require_amount(amount, account.currency)
    if effective_date > business_date(now):
        raise RequestInvalid(f"{effective_date} lies after the business date {business_date(now)}")
    ledger.check_payment(
        account_id=account_id, amount=amount, effective_date=effective_date, actor=actor, now=now
    )
    return _create(
        "hand_payment", reason, actor, now, account=account, amount=amount, effective_date=effective_date,
        details={"evidence_ref": evidence_ref[:80]}, payee={"name": payer_name},
    )  # fmt: skip


@transaction.atomic
def request_refund(
    *,
    account_id: int,
    amount: Money,
    payee_name: str,
    payee_account: str,
    payee_bank: str = "",
    reason: str,
    actor: Actor,
    now: datetime,
) -> RequestCard:
    """This function will ask that a credit balance be paid out.

    :raises PermissionRefused: without `payments.record`
    :raises RequestInvalid: if it is more than the credit balance, or payee or account number are missing
    :raises ReasonMissing: without a reason
    """
    actor.require(asking("refund"))
    account = _account(account_id, actor)
    _require_amount(amount, account.currency)
    held = ledger.account_summary(account_id, business_date(now)).credit_balance
    if held < amount:
        raise RequestInvalid(f"the credit balance is {held}, less than {amount}")
    return _create(
        "refund", reason, actor, now, account=account, amount=amount, effective_date=business_date(now),
        details={}, payee=_payee(payee_name, payee_account, payee_bank),
    )  # fmt: skip


@transaction.atomic
def request_return(
    *,
    payment_id: int,
    reason: str,
    payee_name: str = "",
    payee_account: str = "",
    payee_bank: str = "",
    actor: Actor,
    now: datetime,
) -> RequestCard:
    """This function will ask that what waits of a payment be sent back, by default to the account it came from.

    All of a payment through the provider goes back the way it came, through the provider, unless a payee is named.

    :raises PermissionRefused: without `payments.match`
    :raises PaymentUnknown: if there is no such payment in the actor's scope
    :raises NothingWaiting: if nothing of it waits, or a part was sent back before
    :raises RequestInvalid: if payee or account number are not known, or a return is asked for already
    """
    actor.require(asking("return"))
    payment = lock_payment(payment_id, actor)
    if not waiting_minor(payment) or payment.returned_minor:
        raise NothingWaiting(f"nothing of payment {payment_id} waits that could be sent back")
    details: dict[str, Any] = {}
    if (checkout := came_through_provider(payment)) and not payee_account:
        details = {"way": "provider"}
        payee_name, payee_account = payee_name or "原路退回 · the way it came", checkout
    payee = _payee(
        payee_name or words_of(payment).payer_name,
        payee_account or sealing.unseal(payment.payer_account_sealed, sealing.ACCOUNT_PURPOSE),
        payee_bank,
    )
    return _create(
        "return", reason, actor, now, payment_id=payment_id, creditor_id=payment.creditor_id, payee=payee,
        amount=Money(waiting_minor(payment), payment.currency), effective_date=business_date(now), details=details,
    )  # fmt: skip


@transaction.atomic
def refuse(*, request_id: int, reason: str, actor: Actor, now: datetime) -> RequestCard:
    """This function will refuse a request of somebody else; nothing moves.

    :raises PermissionRefused: without the permission that the kind needs
    :raises RequestUnknown, RequestClosed, OwnRequest, ReasonMissing: as they say
    """
    row = lock_open_request(request_id, actor)
    actor.require(deciding(row.kind))
    require_other(row, actor)
    if not reason.strip():
        raise ReasonMissing("say why the request is refused")
    return close(row, "refused", reason, actor, now)


@transaction.atomic
def withdraw(*, request_id: int, reason: str = "", actor: Actor, now: datetime) -> RequestCard:
    """This function will withdraw a request of one's own.

    :raises RequestUnknown, RequestClosed: as they say
    :raises OwnRequest: if somebody else requested it
    """
    row = lock_open_request(request_id, actor)
    if row.requested_by_id != actor.id:
        raise OwnRequest(f"request {request_id} is {row.requested_by}'s; only its author withdraws it")
    return close(row, "withdrawn", reason, actor, now)


def lock_open_request(request_id: int, actor: Actor) -> Request:
    """Lock and return an open request in the actor's scope.

    :raises RequestUnknown, RequestClosed: as they say
    """
    row = lock_request(request_id, actor)
    if row.status != "open":
        raise RequestClosed(f"{row.decided_by} has {row.status} request {request_id}")
    return row


def require_other(row: Request, actor: Actor) -> None:
    """Pass silently, or refuse whoever made the request, and whoever is nobody in particular.

    :raises OwnRequest: so
    """
    if actor.id is None or row.requested_by_id == actor.id:
        raise OwnRequest(f"request {row.pk} is decided by somebody other than {row.requested_by}")


def close(row: Request, status: str, reason: str, actor: Actor, now: datetime) -> RequestCard:
    """This function will write the decision on a locked request."""
    row.status, row.decided_by_id, row.decided_by = status, actor.id, actor.label
    row.decided_at, row.decision_reason = now, reason.strip()[:500]
    row.save()
    audit.record(
        code=f"payments.request.{status}",
        actor=actor,
        subject_type="payments.request",
        subject_id=row.pk,
        person_id=row.person_id,
        now=now,
        reason=reason,
        after={"kind": row.kind, "requested_by": row.requested_by, "amount_minor": row.amount_minor},
    )
    return card_of(row, actor)


def _create(
    kind: RequestKind,
    reason: str,
    actor: Actor,
    now: datetime,
    *,
    amount: Money | None,
    effective_date: date,
    details: dict[str, Any],
    account: book.AccountCard | None = None,
    creditor_id: int = 0,
    payment_id: int | None = None,
    payee: Mapping[str, str] | None = None,
) -> RequestCard:
    if actor.id is None:
        raise RequestInvalid("a request has an author: only a member of staff makes one")
    if not reason.strip():
        raise ReasonMissing("say why this is asked for")
    masked = [
        sealing.mask_payer((payee or {}).get("name", "")),
        sealing.mask_account((payee or {}).get("account", "")),
    ]
    try:
        with transaction.atomic():
            row = Request.objects.create(
                kind=kind,
                creditor_id=account.creditor_id if account else creditor_id,
                account_id=account.account_id if account else None,
                person_id=account.person_id if account else None,
                payment_id=payment_id,
                amount_minor=amount.minor if amount else None,
                currency=amount.currency if amount else account.currency if account else "CNY",
                effective_date=effective_date,
                details=details,
                payee_sealed=sealing.seal_fields(payee, sealing.PAYEE_PURPOSE) if payee else None,
                payee_masked=" ".join(part for part in masked if part),
                reason=reason.strip()[:500],
                requested_by_id=actor.id,
                requested_by=actor.label,
                requested_at=now,
            )
    except IntegrityError as error:
        raise RequestInvalid("a return of this payment is asked for already") from error
    audit.record(
        code="payments.request.made",
        actor=actor,
        subject_type="payments.request",
        subject_id=row.pk,
        person_id=row.person_id,
        now=now,
        reason=reason,
        after={"kind": kind, "account_id": row.account_id, "amount_minor": row.amount_minor},
    )
    return card_of(row, actor)


def _account(account_id: int, actor: Actor) -> book.AccountCard:
    card = book.account_cards_by_id([account_id], actor=actor).get(account_id)
    if card is None:
        raise RequestInvalid(f"account {account_id} does not exist or is not in your scope")
    return card


def _require_amount(amount: Money, currency: str) -> None:
    if amount.currency != currency:
        raise RequestInvalid(f"the account is kept in {currency}, the amount is in {amount.currency}")
    if not 0 < amount.minor <= MAX_MINOR:
        raise RequestInvalid("the amount is more than 0 and at most 2^53 minor units")


def _payee(name: str, account: str, bank: str) -> dict[str, str]:
    if not name.strip() or not account.strip():
        raise RequestInvalid("name the payee and the account that the money goes to")
    return {"name": name.strip()[:140], "account": account.strip()[:40], "bank": bank.strip()[:60]}
