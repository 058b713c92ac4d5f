"""Money arrives or is taken back: ledger, then promises, then the work that is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.contracts import Assessment, CaseCard
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.contracts import PaymentReceipt
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.record_event import take_back_transaction
from fairdue.journeys.start_call import accounts_in_scope
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTaken:
    """The receipt with its allocation, what became of promises, and how much work it closed."""

    receipt: PaymentReceipt
    promises: Assessment
    closed_work_count: int
    is_anything_due: bool
    message_id: int | None
    """The planned in-app receipt, if one was asked for."""


class PaymentRefused(cases.CaseRefused):
    """The payment does not fit the case; `code` says why, nothing was recorded or reversed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _case_with_account(case_id: int, account_id: int, actor: Actor) -> CaseCard:
    case = cases.case_card(case_id=case_id, actor=actor)
    if account_id not in accounts_in_scope(case.person_id, actor):
        raise PaymentRefused("cases.payment.account", f"account {account_id} is not one of this case")
    return case


@transaction.atomic
def take_payment(
    *,
    case_id: int,
    account_id: int,
    amount: Money,
    effective_date: date,
    external_ref: str,
    actor: Actor,
    now: datetime,
    source: str = "hand",
    is_noticed: bool = False,
) -> PaymentTaken:
    """Record a payment, judge the person's promises, and close open work when nothing is due any more.

    1. The same reference again records nothing again; promises are judged all the same.
    2. Work stays open as long as anything is overdue.
    3. With `is_noticed` an in-app receipt is planned in the same transaction; the gate judges it later.

    :raises NotInScope: if the case is not in the actor's scope
    :raises PaymentRefused: if the account is not one of the case's
    :raises LedgerError: if the ledger refuses the amount, the date or the reference
    """
    actor.require("payments.record")
    case = _case_with_account(case_id, account_id, actor)
    receipt = ledger.record_payment(
        account_id=account_id,
        amount=amount,
        effective_date=effective_date,
        external_ref=external_ref,
        source=source,
        actor=actor,
        now=now,
    )
    promises = cases.assess_promises(person_id=case.person_id, now=now)
    is_due = _is_anything_due(case.person_id, business_date(now))
    closed = 0
    if not is_due:
        closed = cases.close_work(person_id=case.person_id, reason="nothing is due", actor=actor, now=now)
    return PaymentTaken(
        receipt=receipt,
        promises=promises,
        closed_work_count=closed,
        is_anything_due=is_due,
        message_id=_notice(receipt, now) if is_noticed else None,
    )


def _notice(receipt: PaymentReceipt, now: datetime) -> int:
    """Plan the receipt in the person's language; the same payment is told once."""
    message_id, _ = outreach.plan_message(
        person_id=receipt.person_id,
        account_id=receipt.account_id,
        channel="inapp",
        template_code="notice.payment_received",
        purpose="service",
        locale=parties.person_card(receipt.person_id).locale,
        values={
            "paid_amount": {"minor": receipt.amount.minor, "currency": receipt.amount.currency},
            "paid_date": receipt.effective_date.isoformat(),
        },
        dedupe_key=f"receipt:{receipt.transaction_id}",
        now=now,
    )
    return message_id


def _is_anything_due(person_id: int, today: date) -> bool:
    return any(account.overdue.minor > 0 for account in ledger.person_summary(person_id, today).accounts)


@transaction.atomic
def reverse_payment(
    *,
    case_id: int,
    account_id: int,
    transaction_id: int,
    reason: str,
    external_ref: str,
    actor: Actor,
    now: datetime,
) -> Assessment:
    """Take a payment back and judge the person's promises again: what it had kept is kept no longer.

    :raises NotInScope: if the case is not in the actor's scope
    :raises PaymentRefused: if no reason is given, the account is not the case's, or the transaction not
        the account's
    :raises LedgerError: if the ledger refuses the reversal
    """
    actor.require("payments.reverse")
    if not reason.strip():
        raise PaymentRefused("cases.payment.reason_missing", "say why the payment is reversed")
    case = _case_with_account(case_id, account_id, actor)
    if all(row.transaction_id != transaction_id for row in ledger.account_transactions(account_id, 10_000)):
        raise PaymentRefused(
            "cases.payment.transaction", f"transaction {transaction_id} is not one of this account"
        )
    take_back_transaction(
        transaction_id=transaction_id, reason=reason, external_ref=external_ref, actor=actor, now=now
    )
    return cases.assess_promises(person_id=case.person_id, now=now)
