"""Record many payments at once, each as `record_payment` would, where they come after all that is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl
from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.ledger.contracts import PaymentGiven, PaymentTaken
from fairdue.contexts.ledger.models import AccountState, LoanContract
from fairdue.contexts.ledger.operations.bulk_receipts import landed_in_order
from fairdue.engine.ledger.accounts import FUNDS
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money


@transaction.atomic
def record_payments(
    *, payments: Sequence[PaymentGiven], fund: str = "cash", actor: Actor, now: datetime
) -> tuple[PaymentTaken, ...]:
    """This function will record those payments that it can together, and return them; the others are untouched.

    1. What is recorded is what `record_payment` records of each: transaction, parts, states, audit.
    2. Taken are all payments of an account, or none: those that `land_in_order` can take, on accounts in the actor's
       scope that the creditor keeps. A reference that the account knows is not taken either.
    3. Nothing is refused: hand what was not taken to `record_payment`, which says why.

    :raises PermissionRefused: without `payments.record`
    """
    actor.require("payments.record")
    if fund not in FUNDS:
        raise ValueError(f"{fund!r} is none of {', '.join(FUNDS)}")
    frame = _frame(_allowed(payments, actor), fund)
    if frame.is_empty():
        return ()
    landed = landed_in_order(frame, now=now)
    taken = tuple(_taken(row) for row in landed.iter_rows(named=True))
    if taken:
        _audit(landed, actor, now)
    return taken


def _allowed(payments: Sequence[PaymentGiven], actor: Actor) -> list[tuple[PaymentGiven, int]]:
    """Return the payments of accounts in scope that are not kept here, each with its person."""
    ids = {payment.account_id for payment in payments}
    states = AccountState.objects.filter(account_id__in=ids)
    if actor.creditor_ids is not None:
        states = states.filter(creditor_id__in=actor.creditor_ids)
    persons = dict(states.values_list("account_id", "person_id"))
    kept = set(LoanContract.objects.filter(account_id__in=ids).values_list("account_id", flat=True))
    return [
        (payment, persons[payment.account_id])
        for payment in payments
        if payment.account_id in persons and payment.account_id not in kept
    ]


def _frame(payments: Sequence[tuple[PaymentGiven, int]], fund: str) -> pl.DataFrame:
    rows = [
        {
            "account_id": payment.account_id,
            "person_id": person_id,
            "external_ref": payment.external_ref,
            "kind": "payment",
            "amount_minor": payment.amount.minor,
            "currency": payment.amount.currency,
            "effective_date": payment.effective_date,
            "source": payment.source,
            "fund": fund,
        }
        for payment, person_id in payments
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


SCHEMA = {
    "account_id": pl.Int64,
    "person_id": pl.Int64,
    "external_ref": pl.String,
    "kind": pl.String,
    "amount_minor": pl.Int64,
    "currency": pl.String,
    "effective_date": pl.Date,
    "source": pl.String,
    "fund": pl.String,
}


def _taken(row: dict[str, object]) -> PaymentTaken:
    return PaymentTaken(
        transaction_id=row["receipt_id"],  # type: ignore[arg-type]
        account_id=row["account_id"],  # type: ignore[arg-type]
        person_id=row["person_id"],  # type: ignore[arg-type]
        external_ref=row["external_ref"],  # type: ignore[arg-type]
    )


def _audit(landed: pl.DataFrame, actor: Actor, now: datetime) -> None:
    audit.record_many(
        code="ledger.payment.recorded",
        actor=actor,
        subject_type="ledger.transaction",
        entries=[
            audit.Entry(
                subject_id=row["receipt_id"],
                person_id=row["person_id"],
                after={
                    "account_id": row["account_id"],
                    "amount": str(Money(row["amount_minor"], row["currency"])),
                    "effective_date": str(row["effective_date"]),
                    "source": row["source"],
                },
            )
            for row in landed.iter_rows(named=True)
        ],
        now=now,
    )
