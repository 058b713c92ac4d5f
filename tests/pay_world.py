"""The local provider in the same process: real requests both ways, without a socket, for tests of paying online."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from django.conf import settings
from django.test import Client

from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.facade import CheckoutCard, CheckoutShare, CheckoutWish
from fairdue.contexts.payments.local.app import App
from fairdue.contexts.payments.local.house import House
from fairdue.contexts.payments.local.store import Payment, Store
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money
from fairdue.kernel.signing import sign

EVENTS = "/api/v1/pay/events"
URL = "http://pay.test"


@dataclass
class Provider:
    """The provider, and everything that it told us with what we answered."""

    house: House
    told: list[tuple[dict[str, Any], int, dict[str, Any]]] = field(default_factory=list)

    @classmethod
    def open(cls, now: datetime | None = None) -> Provider:
        """Start a provider with empty books; it posts its notices to this installation's API."""
        from fairdue.kernel import clock

        moment = (lambda: now) if now else clock.now
        provider = cls(House(store=Store(":memory:"), key=settings.PAY_KEY, url=URL, send=None, now=moment))  # type: ignore[arg-type]
        provider.house.send = provider.post
        return provider

    def transport(self) -> httpx.WSGITransport:
        """Return the way to it that settings.PAY_TRANSPORT takes."""
        return httpx.WSGITransport(app=App(self.house))

    def post(self, body: bytes, headers: Mapping[str, str]) -> int:
        """Post a signed body to our webhook and remember the answer."""
        answer = Client().post(
            EVENTS, data=body, content_type="application/json",
            headers={name: value for name, value in headers.items() if name != "Content-Type"},
        )  # fmt: skip
        self.told.append((json.loads(body), answer.status_code, answer.json()))
        return answer.status_code

    def event(
        self, card: CheckoutCard, kind: str, *, key: str = "", **changes: Any
    ) -> tuple[int, dict[str, Any]]:
        """Tell something about a payment ourselves, signed; return status and answer."""
        known = self.house.store.payment(card.ref)
        document = {
            "event_id": f"e-{len(self.told)}-{kind}", "kind": kind, "checkout_ref": card.ref,
            "provider_ref": known.provider_ref if known else "LP0", "amount_minor": card.amount.minor,
            "currency": card.amount.currency, "occurred_at": self.house.now().isoformat(),
        } | changes  # fmt: skip
        body = json.dumps(document).encode()
        self.post(body, sign(key=key or settings.PAY_KEY, body=body, timestamp=int(time.time())))
        _, status, answer = self.told[-1]
        return status, answer

    def payer_does(self, card: CheckoutCard, way: str) -> None:
        """Let the payer press a button on the provider's page."""
        self.house.decide(self.payment(card).page, way)
        self.house.deliver()

    def payment(self, card: CheckoutCard) -> Payment:
        """Return the payment as the provider has it."""
        found = self.house.store.payment(card.ref)
        assert found is not None
        return found


def wish(person_id: int, creditor_id: int, shares: Mapping[int, int], **changes: Any) -> CheckoutWish:
    """Return a wish to pay shares of debts in CNY."""
    fields: dict[str, Any] = {
        "person_id": person_id, "creditor_id": creditor_id, "amount": Money(sum(shares.values())),
        "shares": tuple(CheckoutShare(account_id=key, amount=Money(minor)) for key, minor in shares.items()),
        "method": "card", "choice": "other", "nonce": "nonce-1",
    }  # fmt: skip
    return CheckoutWish(**(fields | changes))


def borrower(person_id: int) -> Actor:
    """Return the actor that the borrower is."""
    return Actor(kind="borrower", label="borrower", id=person_id, role="borrower", creditor_ids=None)


def standing(card: CheckoutCard) -> CheckoutCard:
    """Return how a checkout stands now."""
    return payments.checkout(ref=card.ref, person_id=card.person_id)
