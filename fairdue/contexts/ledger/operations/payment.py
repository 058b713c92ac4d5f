"""Record one payment: by hand, from a provider, or by the borrower."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.ledger.contracts import PaymentReceipt
from fairdue.contexts.ledger.errors import (
    AccountUnknown,
    AmountInvalid,
    BeforeOpening,
    CurrencyDiffers,
    FutureDate,
    ReferenceReused,
)
from fairdue.contexts.ledger.models import AccountState, Transaction
from fairdue.contexts.ledger.operations.reallocate import reallocate
from fairdue.contexts.ledger.queries.history import parts_of
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import MAX_MINOR, Money


@transaction.atomic
def record_payment(
    *,
    account_id: int,
    amount: Money,
    effective_date: date,
    external_ref: str,
    source: str,
    actor: Actor,
    now: datetime,
    fund: str = "cash",
) -> PaymentReceipt:
    """This function will record a payment, allocate it by the account's policy and return where it went.

    1. The same reference with the same content returns the earlier receipt with `is_repeated`.
    2. The effective date is not before the day of the opening balances and not after the business date.

    :raises PermissionRefused: without `payments.record`
    :raises AccountUnknown: if the account is not open or belongs to a creditor outside the actor's scope
    :raises CurrencyDiffers, AmountInvalid, BeforeOpening, FutureDate: as they say
    :raises ReferenceReused: if the reference was used for another content
    """
    actor.require("payments.record")
    state = lock_state(account_id, actor)
    if known := Transaction.objects.filter(account_id=account_id, external_ref=external_ref).first():
        return _repeat(known, amount, effective_date)
    _guard(state, amount, effective_date, now)
    payment = Transaction.objects.create(
        account_id=account_id,
        person_id=state.person_id,
        external_ref=external_ref,
        kind="payment",
        amount_minor=amount.minor,
        currency=amount.currency,
        effective_date=effective_date,
        recorded_at=now,
        source=source,
        fund=fund,
    )
    reallocate(str(account_id), now=now)
    audit.record(
        code="ledger.payment.recorded",
        actor=actor,
        subject_type="ledger.transaction",
        subject_id=payment.id,
        person_id=state.person_id,
        now=now,
        after={
            "account_id": account_id,
            "amount": str(amount),
            "effective_date": str(effective_date),
            "source": source,
        },
    )
    return _receipt(payment, is_repeated=False)


def lock_state(account_id: int, actor: Actor) -> AccountState:
    """Lock and return the state of an account in the actor's scope.

    :raises AccountUnknown: if there is none
    """
    state = AccountState.objects.select_for_update().filter(account_id=account_id).first()
    if state is None or (actor.creditor_ids is not None and state.creditor_id not in actor.creditor_ids):
        raise AccountUnknown(f"account {account_id} is not open or not in your scope")
    return state


def _guard(state: AccountState, amount: Money, effective_date: date, now: datetime) -> None:
    if amount.currency != state.currency:
        raise CurrencyDiffers(f"the account is kept in {state.currency}, the payment is in {amount.currency}")
    if not 0 < amount.minor <= MAX_MINOR:
        raise AmountInvalid(f"a payment is more than 0 and at most 2^53 minor units, not {amount.minor}")
    if effective_date > business_date(now):
        raise FutureDate(f"{effective_date} lies after the business date {business_date(now)}")
    if effective_date < state.balance_date:
        raise BeforeOpening(f"{effective_date} lies before the opening balances of {state.balance_date}")


def _repeat(known: Transaction, amount: Money, effective_date: date) -> PaymentReceipt:
    same = (known.kind, known.amount_minor, known.currency, known.effective_date)
    if same != ("payment", amount.minor, amount.currency, effective_date):
        raise ReferenceReused(f"reference {known.external_ref!r} was used before for something else")
    return _receipt(known, is_repeated=True)


def _receipt(payment: Transaction, *, is_repeated: bool) -> PaymentReceipt:
    return PaymentReceipt(
        transaction_id=payment.id,
        account_id=payment.account_id,
        person_id=payment.person_id,
        amount=Money(payment.amount_minor, payment.currency),
        effective_date=payment.effective_date,
        parts=parts_of([payment.id], payment.currency).get(payment.id, ()),
        is_repeated=is_repeated,
    )
