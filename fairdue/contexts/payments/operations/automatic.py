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
from fairdue.contexts.payments.queries.division import whole_to
from fairdue.contexts.payments.queries.evidence import naming_accounts
from fairdue.engine.matching.scoring import Ranked, certain_account
from fairdue.kernel.actor import Actor
from fairdue.storage.nesting import atomic


@atomic
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
    ranked, named = rank_certain(payment)
    account_id = certain_account(ranked)
    if account_id is None:
        return _wait(payment, _why(ranked, len(named)))
    grounds = next(each.grounds for each in ranked if each.account_id == account_id)
    try:
        with transaction.atomic():
            parts = whole_to(payment, named[account_id])
            codes = [ground.code for ground in grounds]
            return place(payment, parts, way="automatic", reasons=codes, actor=actor, now=now, accounts=named)
    except ledger.LedgerError:
        payment.refresh_from_db()
        return _wait(payment, "ledger_refused")


LEFT_AT_ONCE = 1_000


def leave_unnamed(*, payment_ids: Sequence[int], actor: Actor, now: datetime) -> tuple[int, ...]:
    """This function will let payments wait that name no account, by few statements, and return the others.

    1. What it notes is what `match_automatically` would note; only the others need to be asked for there.
    2. A thousand in a transaction of their own: killed between two, the rest has not been looked at.

    :raises PermissionRefused: without `payments.match`
    """
    actor.require("payments.match")
    others: list[int] = []
    for start in range(0, len(payment_ids), LEFT_AT_ONCE):
        others += _leave(payment_ids[start : start + LEFT_AT_ONCE], actor)
    return tuple(others)


@transaction.atomic
def _leave(payment_ids: Sequence[int], actor: Actor) -> list[int]:
    rows = IncomingPayment.objects.select_for_update(of=("self",)).filter(pk__in=payment_ids).order_by("pk")
    if actor.creditor_ids is not None:
        rows = rows.filter(creditor_id__in=actor.creditor_ids)
    open_rows = [
        row
        for row in rows
        if waiting_minor(row) and not row.matched_minor and row.why_waiting != "match_undone"
    ]
    alike = {row.pk for row in open_rows if row.resembles_id is not None}
    named = naming_accounts([row for row in open_rows if row.pk not in alike])
    left = {row.pk: "maybe_repeated" if row.pk in alike else "not_certain" for row in open_rows}
    for why in ("maybe_repeated", "not_certain"):
        quiet = [pk for pk, reason in left.items() if reason == why and pk not in named]
        IncomingPayment.objects.filter(pk__in=quiet).exclude(why_waiting=why).update(why_waiting=why)
    return [pk for pk in payment_ids if pk in named or pk not in left]


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
