"""Begin a payment through the provider, and note how far the provider has it."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.contexts.payments import sealing
from fairdue.contexts.payments.cards_online import checkout_card
from fairdue.contexts.payments.contracts_online import METHODS, Begun, CheckoutCard, CheckoutWish
from fairdue.contexts.payments.errors_online import (
    CheckoutInvalid,
    CheckoutJustPaid,
    CheckoutUnderWay,
    CheckoutUnknown,
)
from fairdue.contexts.payments.models import Checkout
from fairdue.contexts.payments.operations.locking import hold
from fairdue.engine.payments.checkouts import LIVE, CheckoutStatus
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import MAX_MINOR

LIFETIME = timedelta(minutes=30)
"""How long a payer may take on the provider's page."""
JUST = timedelta(minutes=15)
"""So soon after a payment the same one again needs a word of its own."""


@transaction.atomic
def begin_checkout(*, wish: CheckoutWish, actor: Actor, now: datetime, is_again: bool = False) -> Begun:
    """This function will note what somebody is about to pay; nothing has been taken yet.

    1. The same nonce again is the same payment: nothing new is begun, `is_repeated` says so.
    2. Another tab with the same wish is refused while the first is not finished, and for 15 minutes after it was paid
       unless `is_again` says that it is meant.
    3. The shares are what the payer saw and chose (Civil Code of the PRC art. 560: the debtor designates).

    :raises CheckoutInvalid: if shares and amount do not fit, or a debt is not the person's, the creditor's or open
    :raises CheckoutUnderWay, CheckoutJustPaid: as they say
    """
    hold(f"payments.checkout\0{wish.person_id}")
    wish_hash = _wish_hash(wish)
    nonce_hash = sealing.key_of("checkout", wish.person_id, wish.nonce)
    known = Checkout.objects.filter(nonce_hash=nonce_hash).first()
    if known is not None:
        if bytes(known.wish_hash) != wish_hash:
            raise CheckoutInvalid("these answers belong to another payment")
        return Begun(checkout=checkout_card(known), is_repeated=True)
    _guard(wish)
    _require_alone(wish_hash, now, is_again=is_again)
    row = Checkout.objects.create(
        ref=new_ref("P"), person_id=wish.person_id, creditor_id=wish.creditor_id, amount_minor=wish.amount.minor,
        currency=wish.amount.currency, shares=_shares(wish), wish_hash=wish_hash, nonce_hash=nonce_hash,
        method=wish.method, choice=wish.choice, locale=wish.locale, made_by=actor.label, made_at=now,
        expires_at=now + LIFETIME,
    )  # fmt: skip
    record_checkout(row, "begun", actor, now)
    return Begun(checkout=checkout_card(row))


@transaction.atomic
def checkout_opened(*, ref: str, provider_ref: str, pay_url: str, status: CheckoutStatus) -> CheckoutCard:
    """This function will note that the provider has taken a payment over, and where its page is.

    What the provider has told meanwhile stays: its notice may overtake its own answer.

    :raises CheckoutUnknown: if there is none
    """
    row = locked(ref)
    if row.status == "created":
        row.status = "pending" if status == "pending" else "open"
    row.provider_ref, row.pay_url = row.provider_ref or provider_ref[:120], pay_url[:500]
    row.save(update_fields=["status", "provider_ref", "pay_url"])
    return checkout_card(row)


@transaction.atomic
def close_unsent(*, ref: str, failure: str, actor: Actor, now: datetime) -> CheckoutCard:
    """This function will end a payment that the provider never took over: nothing can have been taken.

    :raises CheckoutUnknown: if there is none
    """
    row = locked(ref)
    if row.status == "created":
        row.status, row.failure, row.settled_at = "failed", failure[:60], now
        row.save(update_fields=["status", "failure", "settled_at"])
        record_checkout(row, "failed", actor, now)
    return checkout_card(row)


@transaction.atomic
def note_asked(*, ref: str, now: datetime) -> None:
    """This function will note that the provider was asked how a payment stands."""
    row = locked(ref)
    row.asked_at, row.asked_count = now, row.asked_count + 1
    row.save(update_fields=["asked_at", "asked_count"])


def locked(ref: str, actor: Actor | None = None) -> Checkout:
    """Lock and return a checkout.

    :raises CheckoutUnknown: if there is none in the actor's scope
    """
    row = Checkout.objects.select_for_update(of=("self",)).filter(ref=ref).first()
    out_of_scope = actor is not None and actor.creditor_ids is not None
    if row is None or (out_of_scope and row.creditor_id not in actor.creditor_ids):  # type: ignore[union-attr,operator]
        raise CheckoutUnknown("there is no such payment")
    return row


def new_ref(letter: str) -> str:
    """Draw a name of 120 random bits, in signs that can be read out."""
    alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return letter + "".join(secrets.choice(alphabet) for _ in range(24))


def record_checkout(row: Checkout, what: str, actor: Actor, now: datetime) -> None:
    """Leave what became of a payment in the audit trail."""
    audit.record(
        code=f"payments.checkout.{what}", actor=actor, subject_type="payments.checkout", subject_id=row.pk,
        person_id=row.person_id, now=now,
        after={"amount_minor": row.amount_minor, "currency": row.currency, "method": row.method, "failure": row.failure},
    )  # fmt: skip


def _wish_hash(wish: CheckoutWish) -> bytes:
    shares = sorted((share.account_id, share.amount.minor) for share in wish.shares)
    return sealing.key_of("wish", wish.person_id, wish.creditor_id, wish.amount, shares)


def _shares(wish: CheckoutWish) -> list[dict[str, object]]:
    return [
        {"account_id": share.account_id, "amount_minor": share.amount.minor, "rule": share.rule}
        for share in wish.shares
    ]


def _guard(wish: CheckoutWish) -> None:
    if wish.method not in METHODS or not wish.nonce:
        raise CheckoutInvalid("choose how to pay")
    if not 0 < wish.amount.minor <= MAX_MINOR or not wish.shares:
        raise CheckoutInvalid("an amount is more than 0")
    if any(share.amount.currency != wish.amount.currency or share.amount.minor <= 0 for share in wish.shares):
        raise CheckoutInvalid("each share is more than 0 and in the currency of the payment")
    if sum(share.amount.minor for share in wish.shares) != wish.amount.minor:
        raise CheckoutInvalid("the shares do not come to the amount")
    ids = [share.account_id for share in wish.shares]
    cards = book.account_cards_by_id(ids)
    for account_id in ids:
        card = cards.get(account_id)
        if card is None or (card.person_id, card.creditor_id, card.currency) != (
            wish.person_id,
            wish.creditor_id,
            wish.amount.currency,
        ):
            raise CheckoutInvalid("one of the debts is not one of this person and lender")
    if len(set(ids)) < len(ids):
        raise CheckoutInvalid("a debt stands twice among the shares")


def _require_alone(wish_hash: bytes, now: datetime, *, is_again: bool) -> None:
    rows = Checkout.objects.filter(wish_hash=wish_hash)
    if live := rows.filter(status__in=LIVE).first():
        raise CheckoutUnderWay(live.ref)
    recent = rows.filter(status__in=["paid", "differs"], settled_at__gt=now - JUST).order_by("-id").first()
    if recent is not None and not is_again:
        raise CheckoutJustPaid(recent.ref)
