"""What the provider tells of a payment takes effect: once, in any order, whatever else happened meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments.cards import waiting_minor
from fairdue.contexts.payments.cards_online import checkout_card
from fairdue.contexts.payments.contracts import Incoming, SharePart
from fairdue.contexts.payments.contracts_online import Notice, NoticeTaken
from fairdue.contexts.payments.errors_online import NoticeForeign, NoticeTooEarly
from fairdue.contexts.payments.models import Checkout, CheckoutNotice, IncomingPayment
from fairdue.contexts.payments.operations.checkouts import locked, record_checkout
from fairdue.contexts.payments.operations.debits import follow_checkout
from fairdue.contexts.payments.operations.locking import lock_payment
from fairdue.contexts.payments.operations.match import place
from fairdue.contexts.payments.operations.provider_refunds import confirm_refund
from fairdue.contexts.payments.operations.receive import receive
from fairdue.contexts.payments.operations.returns import take_back
from fairdue.contexts.payments.queries.division import RULES
from fairdue.engine.payments.checkouts import Step, step
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money
from fairdue.storage.nesting import atomic

SOURCE = "webhook:pay"
"""As which the money of every checkout comes in; its reference is the checkout's."""


@atomic
def take_notice(*, notice: Notice, actor: Actor, now: datetime) -> NoticeTaken:
    """This function will let a notice of the provider take effect and keep it with how it was judged.

    1. Money that the provider took is booked once, as it came, whatever the checkout's state was.
    2. Of the amount and currency that were asked, it settles the debts as the payer saw it before paying; another
       amount or currency, or shares that the ledger refuses by now, wait in suspense for a person.
    3. A refund of all of it takes the money back, or confirms the one that was approved here; of a part,
       it is kept as `differs` and a person looks at it.

    :raises PermissionRefused: without `payments.record`, or `payments.reverse` for a refund
    :raises CheckoutUnknown: if no payment of ours has this name
    :raises NoticeForeign: if the provider knows our payment under another number
    :raises NoticeTooEarly: if a refund comes before any payment; the provider tells it again later
    :raises IncomingInvalid: if what the provider says that it took is nothing that can be booked
    """
    actor.require("payments.record")
    row = locked(notice.checkout_ref, actor)
    if notice.provider_ref and row.provider_ref and notice.provider_ref != row.provider_ref:
        raise NoticeForeign("the payment is known under another number of the provider")
    taken = step(row.status, notice.kind, is_as_asked=_is_whole(row, notice))  # type: ignore[arg-type]
    if taken.verdict == "too_early":
        raise NoticeTooEarly("a refund of what was not told to be paid")
    persons = _book(row, notice, taken, actor, now)
    _keep_progress(row, notice, taken, actor, now)
    _keep(row, notice, taken.verdict, now)
    return NoticeTaken(checkout=checkout_card(row), verdict=taken.verdict, person_ids=persons)


@atomic
def keep_stray(*, notice: Notice, verdict: str, now: datetime) -> None:
    """This function will keep a notice that had no effect, such as one of a payment that is not ours."""
    _keep(Checkout.objects.filter(ref=notice.checkout_ref).first(), notice, verdict, now)


def _is_whole(row: Checkout, notice: Notice) -> bool:
    """Tell whether a notice is over all of it: of what was asked, or for a refund of what was really taken."""
    whole = (row.amount_minor, row.currency)
    if notice.kind == "refunded" and row.payment_id is not None:
        taken = IncomingPayment.objects.values_list("amount_minor", "currency")
        whole = taken.get(pk=row.payment_id)
    return (notice.amount_minor, notice.currency) == whole


def _book(row: Checkout, notice: Notice, taken: Step, actor: Actor, now: datetime) -> tuple[int, ...]:
    if taken.effect == "take_money":
        return _take_money(row, notice, actor, now, is_as_asked=taken.status == "paid")
    if taken.effect == "take_back" and confirm_refund(payment_id=row.payment_id or 0, now=now):
        return ()
    if taken.effect == "take_back":
        reason = notice.failure or "the provider gave the money back"
        day = min(business_date(notice.occurred_at), business_date(now))
        assert row.payment_id is not None  # noqa: S101 - the database holds it for what was paid
        return take_back(
            payment_id=row.payment_id, effective_date=day, reason=reason, actor=actor, now=now
        ).person_ids
    return ()


def _take_money(
    row: Checkout, notice: Notice, actor: Actor, now: datetime, *, is_as_asked: bool
) -> tuple[int, ...]:
    """Book what came; the day that counts is the one on which the provider took it, if that can be."""
    told = business_date(notice.occurred_at)
    is_sound = row.made_at - timedelta(minutes=5) <= notice.occurred_at <= now + timedelta(minutes=5)
    arrived = receive(
        incoming=Incoming(
            creditor_id=row.creditor_id,
            source=SOURCE,
            source_ref=row.ref,
            amount=Money(notice.amount_minor, notice.currency),
            value_date=told if is_sound else business_date(now),
            designated_account_id=row.shares[0]["account_id"] if len(row.shares) == 1 else None,
        ),
        actor=actor,
        now=now,
    )
    row.payment_id = arrived.payment_id
    payment = lock_payment(arrived.payment_id, actor)
    if arrived.is_repeated:
        return arrived.person_ids
    if not is_as_asked:
        _wait(payment, "currency_differs" if notice.currency != row.currency else "amount_differs")
        return ()
    return _settle(payment, row, actor, now)


def _settle(payment: IncomingPayment, row: Checkout, actor: Actor, now: datetime) -> tuple[int, ...]:
    try:
        with transaction.atomic():
            placed = place(payment, _parts(row), way="automatic", reasons=["checkout"], actor=actor, now=now)
            return placed.person_ids
    except ledger.LedgerError:
        payment.refresh_from_db()
        _wait(payment, "ledger_refused")
        return ()


def _parts(row: Checkout) -> Sequence[SharePart]:
    return [
        SharePart(
            account_id=share["account_id"],
            account_ref_masked="",
            amount=Money(share["amount_minor"], row.currency),
            rule=share["rule"],
            zh=RULES.get(share["rule"], RULES["designated"])[0],
            en=RULES.get(share["rule"], RULES["designated"])[1],
        )
        for share in row.shares
    ]


def _wait(payment: IncomingPayment, why: str) -> None:
    if waiting_minor(payment):
        payment.why_waiting = why
        payment.save(update_fields=["why_waiting"])


def _keep_progress(row: Checkout, notice: Notice, taken: Step, actor: Actor, now: datetime) -> None:
    if notice.source == "told":
        row.told_at = now
    row.provider_ref = row.provider_ref or notice.provider_ref[:120]
    if taken.effect != "none":
        row.status = taken.status
        row.failure = notice.failure[:60]
        is_final = taken.status not in ("created", "open", "pending")
        row.settled_at = now if is_final else None
        record_checkout(row, taken.status, actor, now)
    row.save()
    if taken.effect != "none" and row.debit_id is not None:
        follow_checkout(row, actor=actor, now=now)


def _keep(row: Checkout | None, notice: Notice, verdict: str, now: datetime) -> None:
    CheckoutNotice.objects.create(
        checkout=row,
        checkout_ref=notice.checkout_ref[:40],
        event_ref=notice.event_ref[:120],
        kind=notice.kind,
        source=notice.source,
        verdict=verdict[:12],
        amount_minor=notice.amount_minor,
        currency=notice.currency[:3],
        occurred_at=notice.occurred_at,
        recorded_at=now,
    )
