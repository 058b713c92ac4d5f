"""Match a payment without a person when that is certain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments.cards import waiting_minor
from fairdue.contexts.payments.contracts import Matched
from fairdue.contexts.payments.models import IncomingPayment
from fairdue.contexts.payments.operations.locking import lock_payment
from fairdue.contexts.payments.operations.match import answer, place
from fairdue.contexts.payments.queries.candidates import rank_certain
from fairdue.contexts.payments.queries.division import shares_of
from fairdue.engine.matching.scoring import Ranked, certain_account
from fairdue.kernel.actor import Actor


@transaction.atomic
def match_automatically(*, payment_id: int, actor: Actor, now: datetime) -> Matched:
    """This function will match a payment when its account is certain, and else note why it waits.

    1. Certain is a live repayment code, a structured reference that is the account's with an amount that fits,
       or the account that the payer chose at the provider; the currency is the account's.
    2. A payment that may be a repetition of another, and one that a person has touched (a match undone, a part
       matched), waits for a person.
    3. If the ledger refuses the payment, it waits as `ledger_refused`; what was received stays received.

    :raises PermissionRefused: without `payments.match`
    :raises PaymentUnknown: if there is no such payment in the actor's scope
    """
    actor.require("payments.match")
    payment = lock_payment(payment_id, actor)
    if not waiting_minor(payment) or payment.matched_minor or payment.why_waiting == "match_undone":
        return answer(payment, ())
    if payment.resembles_id is not None:
        return _wait(payment, "maybe_repeated")
    ranked, named_count = rank_certain(payment)
    account_id = certain_account(ranked)
    if account_id is None:
        return _wait(payment, _why(ranked, named_count))
    grounds = next(each.grounds for each in ranked if each.account_id == account_id)
    try:
        with transaction.atomic():
            parts = shares_of(payment, [account_id], None, actor)
            codes = [ground.code for ground in grounds]
            return place(payment, parts, way="automatic", reasons=codes, actor=actor, now=now)
    except ledger.LedgerError:
        payment.refresh_from_db()
        return _wait(payment, "ledger_refused")


def _why(ranked: Sequence[Ranked], named_count: int) -> str:
    if sum(each.is_certain for each in ranked) > 1:
        return "several_certain"
    if ranked:
        return "amount_differs"
    return "currency_differs" if named_count else "not_certain"


def _wait(payment: IncomingPayment, why: str) -> Matched:
    if payment.why_waiting != why:
        payment.why_waiting = why
        payment.save(update_fields=["why_waiting"])
    return answer(payment, ())
