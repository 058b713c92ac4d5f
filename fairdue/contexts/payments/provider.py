"""The payment provider as we talk to it: the protocol of `docs/how-to/pay-online.md`, both directions signed.

1. Each request has an idempotency key, our own name of the thing: sent twice it happens once.
2. No answer, or none that can be read, is `ProviderSilent`: what became of it is asked later, under the same name.
3. A refusal for good (4xx) is `ProviderRefused`: then nothing has been taken.
4. No request names a person; what the payer types at the provider never comes here.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from ssl import SSLContext
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from fairdue.contexts.payments.contracts_online import CheckoutCard, MandateCard, Notice
from fairdue.contexts.payments.errors_online import ProviderRefused, ProviderSilent
from fairdue.engine.payments.checkouts import KINDS
from fairdue.kernel.signing import sign

TIMEOUT = httpx.Timeout(10.0, connect=3.0)
PASSING = (408, 409, 425, 429)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """The provider has a request: its own name of it, how it stands, and where its page is, if it has one."""

    provider_ref: str
    status: str
    pay_url: str = ""


def is_open() -> bool:
    """Tell whether this installation has a payment provider."""
    return bool(settings.PAY_URL)


def pay_provider() -> PayProvider:
    """Return the provider of this installation; use it as a context, or for one request."""
    return PayProvider(url=settings.PAY_URL, key=settings.PAY_KEY, transport=settings.PAY_TRANSPORT)


class PayProvider:
    """A payment provider behind HTTP; one connection serves several requests."""

    def __init__(self, *, url: str, key: str, transport: httpx.BaseTransport | None = None) -> None:
        self._url, self._key = url.rstrip("/"), key
        self._client = httpx.Client(
            timeout=TIMEOUT, follow_redirects=False, trust_env=False, verify=_trusted(), transport=transport
        )

    def open_checkout(self, card: CheckoutCard, *, return_url: str, description: str) -> TakenOver:
        """Hand a payment over and return where the payer goes on.

        :raises ProviderSilent, ProviderRefused: as they say
        """
        document = _money(card) | {
            "method": card.method, "description": description, "return_url": return_url,
            "locale": card.locale, "expires_at": card.expires_at.isoformat(),
        }  # fmt: skip
        return self._handed_over("checkouts", card.ref, document, needs_page=True)

    def debit(self, card: CheckoutCard, *, mandate_ref: str) -> TakenOver:
        """Ask for a debit under a mandate.

        :raises ProviderSilent, ProviderRefused: as they say
        """
        return self._handed_over("debits", card.ref, _money(card) | {"mandate_ref": mandate_ref})

    def register_mandate(self, card: MandateCard, *, payer: Mapping[str, str]) -> TakenOver:
        """Tell the provider of a mandate that was given: from which account, and how much at most.

        :raises ProviderSilent, ProviderRefused: as they say
        """
        document = {
            "mandate_ref": card.ref, "cap_minor": card.cap.minor, "currency": card.cap.currency,
            "accepted_at": card.accepted_at.isoformat() if card.accepted_at else "", "payer": dict(payer),
        }  # fmt: skip
        return self._handed_over("mandates", card.ref, document)

    def stop_mandate(self, ref: str) -> TakenOver:
        """Tell the provider that a mandate has ended.

        :raises ProviderSilent, ProviderRefused: as they say
        """
        return self._handed_over("mandates/stop", ref, {"mandate_ref": ref})

    def refund(self, *, refund_ref: str, checkout_ref: str, amount_minor: int, currency: str) -> TakenOver:
        """Ask the provider to give money back to whom it came from.

        :raises ProviderSilent, ProviderRefused: as they say
        """
        document = {"checkout_ref": checkout_ref, "amount_minor": amount_minor, "currency": currency}
        return self._handed_over("refunds", refund_ref, document)

    def ask(self, ref: str) -> Notice | None:
        """Return how a payment stands at the provider, or None if it surely never took it over.

        :raises ProviderSilent: if it does not answer, or not understandably
        """
        answer = self._get(f"checkouts/{ref}", ref)
        if answer.status_code == 404:
            return None
        return _notice(_read(answer), ref)

    def day(self, day: date) -> tuple[Notice, ...]:
        """Return how each payment of a day stands at the provider.

        :raises ProviderSilent: if it does not answer, or not understandably
        """
        document = _read(self._get(f"days/{day.isoformat()}", day.isoformat()))
        try:
            return tuple(_notice(each, str(each["checkout_ref"])) for each in document["checkouts"])
        except (KeyError, TypeError) as error:
            raise ProviderSilent("the list of the day cannot be read") from error

    def _handed_over(
        self, what: str, key: str, document: Mapping[str, Any], *, needs_page: bool = False
    ) -> TakenOver:
        body = json.dumps(dict(document) | {"idempotency_key": key}, ensure_ascii=False).encode()
        headers = sign(key=self._key, body=body, timestamp=int(time.time()))
        headers |= {"Idempotency-Key": key, "Content-Type": "application/json"}
        try:
            answer = self._client.post(f"{self._url}/{what}", content=body, headers=headers)
        except httpx.HTTPError as error:
            raise ProviderSilent(f"no answer: {type(error).__name__}") from error
        if 400 <= answer.status_code < 500 and answer.status_code not in PASSING:
            raise ProviderRefused(f"refused with {answer.status_code}")
        document = _read(answer)
        taken = TakenOver(
            provider_ref=str(document.get("provider_ref", ""))[:120],
            status=str(document.get("status", "")),
            pay_url=str(document.get("pay_url", ""))[:500],
        )
        if not taken.provider_ref or (needs_page and not _is_page(taken.pay_url)):
            raise ProviderSilent("the answer names no reference or no page")
        return taken

    def _get(self, path: str, signed: str) -> httpx.Response:
        headers = sign(key=self._key, body=signed.encode(), timestamp=int(time.time()))
        try:
            return self._client.get(f"{self._url}/{path}", headers=headers)
        except httpx.HTTPError as error:
            raise ProviderSilent(f"no answer: {type(error).__name__}") from error


def _money(card: CheckoutCard) -> dict[str, Any]:
    return {"checkout_ref": card.ref, "amount_minor": card.amount.minor, "currency": card.amount.currency}


def _is_page(url: str) -> bool:
    """Tell whether a payer may be sent there: an address of the web, without a password in it, encrypted in production."""
    parts = urlsplit(url)
    schemes = ("https",) if settings.MODE == "production" else ("https", "http")
    return parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc


def _read(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code not in (200, 201, 202):
        raise ProviderSilent(f"answered with {answer.status_code}")
    try:
        document = answer.json()
    except ValueError as error:
        raise ProviderSilent("the answer cannot be read") from error
    if not isinstance(document, dict):
        raise ProviderSilent("the answer cannot be read")
    return document


def _notice(document: Mapping[str, Any], ref: str) -> Notice:
    """Read how a payment stands; what is not understood counts as no answer and is asked again."""
    try:
        if document["status"] not in KINDS or document["checkout_ref"] != ref:
            raise ProviderSilent("the answer is about something else")
        return Notice(
            event_ref=f"asked:{ref}:{document['status']}",
            kind=document["status"],
            checkout_ref=ref,
            provider_ref=str(document["provider_ref"])[:120],
            amount_minor=int(document["amount_minor"]),
            currency=str(document["currency"]),
            occurred_at=_instant(str(document["occurred_at"])),
            failure=str(document.get("failure", ""))[:60],
            source="asked",
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ProviderSilent("the answer cannot be read") from error


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant without an offset")
    return moment


@lru_cache(maxsize=1)
def _trusted() -> SSLContext:
    """Return the certificates that are trusted, read once a process."""
    return httpx.create_ssl_context(trust_env=False)
