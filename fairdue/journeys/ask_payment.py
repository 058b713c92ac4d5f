"""A payment that somebody took by hand: asked for on a case, booked only when a second person approves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.contracts import RequestCard
from fairdue.journeys.start_call import accounts_in_scope
from fairdue.journeys.take_payment import PaymentRefused
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money

__all__ = ["PaymentAsked", "ask_payment"]

LIVE = ("open", "approved")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentAsked:
    """The request that waits; `is_repeated` when the same payment had been asked for before."""

    request: RequestCard
    is_repeated: bool = False


@transaction.atomic
def ask_payment(
    *,
    case_id: int,
    account_id: int,
    amount: Money,
    effective_date: date,
    evidence_ref: str,
    reason: str,
    payer_name: str = "",
    actor: Actor,
    now: datetime,
) -> PaymentAsked:
    """This function will ask that money taken by hand be booked, checked as if it were booked now.

    1. Nothing is booked: somebody else approves (`decide_request`), and only then does the money settle anything.
    2. The same reference with the same amount and day on the same debt asks for nothing again; with another
       amount or day it is refused.

    :raises NotInScope: if the case is not in the actor's scope
    :raises PaymentRefused: if the debt is none of the case's, or the reference stands for another payment
    :raises LedgerError: if the ledger would refuse the payment
    """
    actor.require("payments.record")
    case = cases.case_card(case_id=case_id, actor=actor)
    if account_id not in accounts_in_scope(case.person_id, actor):
        raise PaymentRefused("cases.payment.account", f"account {account_id} is not one of this case")
    for earlier in payments.requests_of_account(account_id=account_id, actor=actor):
        if earlier.status in LIVE and earlier.details.get("evidence_ref") == evidence_ref:
            if (earlier.amount, earlier.effective_date) != (amount, effective_date):
                raise PaymentRefused("ledger.reference.reused", "the reference stands for another payment")
            return PaymentAsked(request=earlier, is_repeated=True)
    ledger.preview_event(
        account_id=account_id, kind="payment", amount=amount, effective_date=effective_date, details={}, actor=actor,
        now=now,
    )  # fmt: skip
    asked = payments.request_hand_payment(
        account_id=account_id, amount=amount, effective_date=effective_date, reason=reason, payer_name=payer_name,
        evidence_ref=evidence_ref, actor=actor, now=now,
    )  # fmt: skip
    return PaymentAsked(request=asked)
