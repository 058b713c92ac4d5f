"""A payment provider tells of a payment: book it once, match it if it names its account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import polars as pl

from fairdue.contexts.book import facade as book
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.contracts import Incoming, PaymentCard, Received
from fairdue.journeys.receive_payment import receive_payment, take_back
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money
from fairdue.storage.nesting import atomic

PERMISSIONS = frozenset({"payments.record", "payments.match", "payments.reverse", "payments.view"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEvent:
    """One thing that happened to one payment at a provider."""

    provider: str
    event_id: str
    kind: Literal["payment.received", "payment.returned"]
    creditor: str
    payment_ref: str
    amount_minor: int
    currency: str
    value_date: date
    repayment_code: str = ""
    account_ref: str = ""
    payer_name: str = ""
    payer_account: str = ""
    remittance: str = ""
    reason: str = ""


class CreditorRefused(LookupError):
    """The creditor is not known, or the provider does not collect for it."""

    code = "payments.webhook.creditor"


def take_provider_event(
    *, event: ProviderEvent, body: bytes, creditor_codes: Sequence[str] | None, now: datetime
) -> tuple[dict[str, Any], bool]:
    """This function will let an event happen once and return (answer, whether it had been answered before).

    :raises CreditorRefused: as it says
    :raises PaymentsError: if the event contradicts what came before or cannot be booked
    """
    creditor = _creditor(event, creditor_codes)
    actor = Actor(
        kind="provider",
        label=f"payments:{event.provider}",
        role="provider",
        creditor_ids=frozenset({creditor.creditor_id}),
        permissions=PERMISSIONS,
    )
    return payments.answer_once(
        provider=event.provider,
        event_ref=event.event_id,
        body=body,
        work=lambda: _happen(event, creditor.creditor_id, actor, now),
        now=now,
    )


def _creditor(event: ProviderEvent, creditor_codes: Sequence[str] | None) -> book.CreditorCard:
    if creditor_codes is None or event.creditor in creditor_codes:
        try:
            return book.creditor_by_code(event.creditor)
        except book.CreditorUnknown:
            pass
    raise CreditorRefused(f"{event.provider} does not collect for a creditor {event.creditor!r}")


@atomic
def _happen(event: ProviderEvent, creditor_id: int, actor: Actor, now: datetime) -> dict[str, Any]:
    card: Received | PaymentCard
    if event.kind == "payment.received":
        card = _receive(event, creditor_id, actor, now)
    else:
        payment_id = _take_back(event, creditor_id, actor, now)
        card = payments.payment_card(payment_id=payment_id, as_of=business_date(now), actor=actor)
    return {
        "event_id": event.event_id,
        "payment_id": card.payment_id,
        "status": card.status,
        "waiting_minor": card.waiting.minor,
        "currency": card.waiting.currency,
    }


def _receive(event: ProviderEvent, creditor_id: int, actor: Actor, now: datetime) -> Received:
    incoming = Incoming(
        creditor_id=creditor_id,
        source=f"webhook:{event.provider}",
        source_ref=event.payment_ref,
        amount=Money(event.amount_minor, event.currency),
        value_date=event.value_date,
        payer_name=event.payer_name,
        payer_account=event.payer_account,
        remittance=event.remittance,
        structured_ref=event.repayment_code,
        designated_account_id=_designated(event.account_ref, creditor_id),
    )
    return receive_payment(incoming=incoming, actor=actor, now=now)


def _take_back(event: ProviderEvent, creditor_id: int, actor: Actor, now: datetime) -> int:
    payment_id = payments.payment_by_source_ref(
        creditor_id=creditor_id, source=f"webhook:{event.provider}", source_ref=event.payment_ref
    )
    if payment_id is None:
        raise payments.PaymentUnknown(f"{event.provider} has brought no payment {event.payment_ref!r}")
    card = payments.payment_card(payment_id=payment_id, as_of=business_date(now), actor=actor)
    if card.amount != Money(event.amount_minor, event.currency):
        raise payments.ReferenceReused(f"payment {event.payment_ref!r} came over another amount")
    if card.status != "returned":
        take_back(
            payment_id=payment_id,
            effective_date=event.value_date,
            reason=event.reason or "the provider took the payment back",
            actor=actor,
            now=now,
        )
    return payment_id


def _designated(account_ref: str, creditor_id: int) -> int | None:
    """Return the account that the payer chose, or None if the creditor has none of this number."""
    if not account_ref:
        return None
    found = book.account_ids_by_reference(pl.Series([account_ref]), creditor_id=creditor_id)
    return None if found.is_empty() else int(found["account_id"][0])
