"""Receive money: book it to suspense, once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.contracts import IncomingBooking
from fairdue.contexts.payments import sealing
from fairdue.contexts.payments.cards import match_cards, status_of, waiting_minor
from fairdue.contexts.payments.contracts import Incoming, Received
from fairdue.contexts.payments.errors import IncomingInvalid, ReferenceReused
from fairdue.contexts.payments.models import IncomingPayment, PaymentMatch
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import MAX_MINOR, MINOR_DIGITS, Money
from fairdue.storage.nesting import atomic

RECEIVED = "payments.payment.received"
FURTHEST_DAYS = 31
"""A value date may lie ahead, as of a settlement that is announced; it counts from today. Beyond this it is a mistake."""


@atomic
def receive(*, incoming: Incoming, actor: Actor, now: datetime) -> Received:
    """This function will book money that arrived as cash against suspense and keep who sent it, sealed.

    1. The same source and reference again is the same payment: nothing is booked, `is_repeated` says so.
    2. The day that counts for the debt is the value date, or the day of receipt if that is earlier.
    3. Nothing is matched here; what was received never depends on whether it can be matched.

    :raises PermissionRefused: without `payments.record`
    :raises IncomingInvalid: if the amount, currency, reference or creditor is none that can be booked
    :raises ReferenceReused: if the reference came before with another amount
    """
    actor.require("payments.record")
    _guard(incoming, actor, now)
    key = source_key(incoming.source, incoming.source_ref)
    if known := _known(incoming, key):
        return _repeat(known, incoming)
    try:
        with transaction.atomic():
            payment = IncomingPayment.objects.create(**_fields(incoming, key, now))
    except IntegrityError:
        if (known := _known(incoming, key)) is None:
            raise
        return _repeat(known, incoming)
    _book_all([payment], actor, now)
    return _standing(payment, ())


@transaction.atomic
def receive_all(*, incomings: Sequence[Incoming], actor: Actor, now: datetime) -> tuple[int, ...]:
    """This function will receive many payments by the rules of `receive`, and return their numbers in order.

    The caller holds what keeps others from receiving the same ones at this moment.

    :raises PermissionRefused, IncomingInvalid, ReferenceReused: as `receive` says; then nothing is received
    """
    actor.require("payments.record")
    for incoming in incomings:
        _guard(incoming, actor, now)
    keys = [(each.creditor_id, source_key(each.source, each.source_ref)) for each in incomings]
    rows = IncomingPayment.objects.filter(
        creditor_id__in={creditor_id for creditor_id, _ in keys}, source_key__in=[key for _, key in keys]
    )
    known = {(row.creditor_id, bytes(row.source_key)): row for row in rows}
    new: dict[tuple[int, bytes], IncomingPayment] = {}
    for key, incoming in zip(keys, incomings, strict=True):
        if key in known:
            _require_same(known[key], incoming)
        elif key in new:
            _require_same(new[key], incoming)
        else:
            new[key] = IncomingPayment(**_fields(incoming, key[1], now))
    made = IncomingPayment.objects.bulk_create(new.values(), batch_size=1000)
    _book_all(made, actor, now)
    found = known | new
    return tuple(found[key].pk for key in keys)


def _book_all(made: Sequence[IncomingPayment], actor: Actor, now: datetime) -> None:
    bookings = [
        IncomingBooking(
            incoming_payment_id=payment.pk,
            creditor_id=payment.creditor_id,
            amount=Money(payment.amount_minor, payment.currency),
            effective_date=payment.effective_date,
        )
        for payment in made
    ]
    ledger.book_all_incoming(bookings, now=now)
    audit.record_many(
        code=RECEIVED,
        actor=actor,
        subject_type="payments.payment",
        entries=[audit.Entry(subject_id=payment.pk, after=_recorded(payment)) for payment in made],
        now=now,
    )


def _recorded(payment: IncomingPayment) -> dict[str, str]:
    return {
        "amount": str(Money(payment.amount_minor, payment.currency)),
        "value_date": str(payment.value_date),
        "source": payment.source,
    }


def source_key(source: str, source_ref: str) -> bytes:
    """Return the key of a payment as its source names it; statements of one bank share one name space."""
    kind, _, name = source.partition(":")
    return sealing.key_of("source", kind, name if kind == "webhook" else "", source_ref)


def received(payment: IncomingPayment, *, is_repeated: bool = False) -> Received:
    """Return where a payment stands."""
    rows = list(PaymentMatch.objects.filter(payment=payment, undone_at=None).order_by("id"))
    return _standing(payment, rows, is_repeated=is_repeated)


def _standing(
    payment: IncomingPayment, rows: Sequence[PaymentMatch], *, is_repeated: bool = False
) -> Received:
    return Received(
        payment_id=payment.pk,
        status=status_of(payment),
        matches=match_cards(rows, payment.currency),
        person_ids=tuple(sorted({row.person_id for row in rows})),
        waiting=Money(waiting_minor(payment), payment.currency),
        why_waiting=payment.why_waiting if status_of(payment) == "suspense" else "",
        is_repeated=is_repeated,
    )


def _guard(incoming: Incoming, actor: Actor, now: datetime) -> None:
    amount = incoming.amount
    if actor.creditor_ids is not None and incoming.creditor_id not in actor.creditor_ids:
        raise IncomingInvalid("this creditor is not in your scope")
    if amount.currency not in MINOR_DIGITS:
        raise IncomingInvalid(f"{amount.currency!r} is no currency in which books are kept here")
    if not 0 < amount.minor <= MAX_MINOR:
        raise IncomingInvalid("money that arrives is more than 0 and at most 2^53 minor units")
    if incoming.value_date > business_date(now) + timedelta(days=FURTHEST_DAYS):
        raise IncomingInvalid(
            f"its value date {incoming.value_date} lies more than {FURTHEST_DAYS} days ahead"
        )
    if not incoming.source_ref.strip():
        raise IncomingInvalid("the source must give the payment a reference of its own")


def _known(incoming: Incoming, key: bytes) -> IncomingPayment | None:
    rows = IncomingPayment.objects.filter(creditor_id=incoming.creditor_id, source_key=key)
    return rows.first()


def _repeat(known: IncomingPayment, incoming: Incoming) -> Received:
    _require_same(known, incoming)
    return received(known, is_repeated=True)


def _require_same(known: IncomingPayment, incoming: Incoming) -> None:
    if Money(known.amount_minor, known.currency) != incoming.amount:
        raise ReferenceReused(
            f"the reference came before as payment {known.pk} over "
            f"{Money(known.amount_minor, known.currency)}, now over {incoming.amount}"
        )


def _fields(incoming: Incoming, key: bytes, now: datetime) -> dict[str, object]:
    texts = {
        "remittance": incoming.remittance,
        "structured": incoming.structured_ref,
        "end_to_end": incoming.end_to_end_ref,
    }
    sealed = json.dumps(texts, ensure_ascii=False) if any(texts.values()) else ""
    kind, _, name = incoming.source.partition(":")
    return {
        "creditor_id": incoming.creditor_id,
        "source": incoming.source,
        "source_key": key,
        "amount_minor": incoming.amount.minor,
        "currency": incoming.amount.currency,
        "value_date": incoming.value_date,
        "effective_date": min(incoming.value_date, business_date(now)),
        "payer_name_sealed": sealing.seal(incoming.payer_name, sealing.NAME_PURPOSE),
        "payer_name_masked": sealing.mask_payer(incoming.payer_name),
        "payer_name_hash": sealing.hashed(sealing.normal_name(incoming.payer_name), sealing.NAME_PURPOSE),
        "payer_account_sealed": sealing.seal(incoming.payer_account, sealing.ACCOUNT_PURPOSE),
        "payer_account_masked": sealing.mask_account(incoming.payer_account),
        "payer_account_hash": sealing.account_hash(incoming.payer_account),
        "remittance_sealed": sealing.seal(sealed, sealing.REMITTANCE_PURPOSE),
        "remittance_masked": sealing.mask_text(incoming.remittance),
        "reference_masked": sealing.mask_text(incoming.structured_ref)[:80],
        "designated_account_id": incoming.designated_account_id,
        "statement_id": int(name) if kind == "bank" else None,
        "resembles_id": incoming.resembles_id,
        "recorded_at": now,
    }
