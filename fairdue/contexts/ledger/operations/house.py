"""Book money that reached the creditor before anybody knows whose debt it pays."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from fairdue.contexts.ledger.contracts import IncomingBooking
from fairdue.contexts.ledger.errors import AmountInvalid, FutureDate, ReferenceReused
from fairdue.contexts.ledger.models import HousePosting
from fairdue.engine.ledger.accounts import CASH, SUSPENSE
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import MAX_MINOR, Money


def book_incoming(
    *, incoming_payment_id: int, creditor_id: int, amount: Money, effective_date: date, now: datetime
) -> None:
    """This function will book money that arrived: cash against suspense, once per incoming payment.

    The same booking again changes nothing.

    :raises AmountInvalid, FutureDate: as they say
    :raises ReferenceReused: if the incoming payment was booked with another amount, currency, day or creditor
    """
    _book("incoming", CASH, SUSPENSE, incoming_payment_id, creditor_id, amount, effective_date, now)


def book_all_incoming(bookings: Sequence[IncomingBooking], *, now: datetime) -> None:
    """This function will book money of incoming payments that were never booked before, in one statement.

    :raises AmountInvalid, FutureDate: as they say
    :raises IntegrityError: if one was booked before
    """
    for booking in bookings:
        _require_sound(booking.amount, booking.effective_date, now)
    rows = [
        HousePosting(
            entry=uuid.uuid4(),
            incoming_payment_id=booking.incoming_payment_id,
            creditor_id=booking.creditor_id,
            kind="incoming",
            debit=CASH,
            credit=SUSPENSE,
            amount_minor=booking.amount.minor,
            currency=booking.amount.currency,
            effective_date=booking.effective_date,
            recorded_at=now,
        )
        for booking in bookings
    ]
    HousePosting.objects.bulk_create(rows, batch_size=1000)


def return_incoming(
    *, incoming_payment_id: int, creditor_id: int, amount: Money, effective_date: date, now: datetime
) -> None:
    """This function will book money that was sent back to its payer: suspense against cash, once.

    :raises AmountInvalid, FutureDate, ReferenceReused: as for `book_incoming`
    """
    _book("returned", SUSPENSE, CASH, incoming_payment_id, creditor_id, amount, effective_date, now)


def _book(
    kind: str,
    debit: str,
    credit: str,
    incoming_payment_id: int,
    creditor_id: int,
    amount: Money,
    effective_date: date,
    now: datetime,
) -> None:
    _require_sound(amount, effective_date, now)
    booked, is_new = HousePosting.objects.get_or_create(
        incoming_payment_id=incoming_payment_id,
        kind=kind,
        defaults={
            "entry": uuid.uuid4(),
            "creditor_id": creditor_id,
            "debit": debit,
            "credit": credit,
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "effective_date": effective_date,
            "recorded_at": now,
        },
    )
    same = (booked.creditor_id, booked.amount_minor, booked.currency, booked.effective_date)
    if not is_new and same != (creditor_id, amount.minor, amount.currency, effective_date):
        raise ReferenceReused(f"incoming payment {incoming_payment_id} was booked before as something else")


def _require_sound(amount: Money, effective_date: date, now: datetime) -> None:
    if not 0 < amount.minor <= MAX_MINOR:
        raise AmountInvalid(f"an amount is more than 0 and at most 2^53 minor units, not {amount.minor}")
    if effective_date > business_date(now):
        raise FutureDate(f"{effective_date} lies after the business date {business_date(now)}")
