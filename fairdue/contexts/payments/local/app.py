"""The local provider's doors: the signed ones of the merchant, and the pages of the payer. A plain WSGI application."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote

from fairdue.contexts.payments.local.house import House, RequestRefused
from fairdue.contexts.payments.local.pages import STYLE, books_page, checkout_page, message_page
from fairdue.contexts.payments.local.store import Payment
from fairdue.kernel.signing import SIGNATURE_HEADER, TIMESTAMP_HEADER, SignatureRefused, verify

MAX_BODY = 20_000
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
Answer = tuple[int, str, bytes, list[tuple[str, str]]]


class App:
    """The provider as a WSGI application."""

    def __init__(self, house: House) -> None:
        self._house = house

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        length = environ.get("CONTENT_LENGTH") or "0"
        size = int(length) if str(length).isdecimal() else MAX_BODY + 1
        body = environ["wsgi.input"].read(size) if 0 < size <= MAX_BODY else b""
        path = unquote(environ.get("PATH_INFO", "/"))
        if size > MAX_BODY:
            status, kind, content, more = _json({"detail": "too large"}, 413)
        elif path.startswith(("/page/", "/style.css", "/books")) or path == "/":
            status, kind, content, more = self._page(environ, path, body)
        else:
            status, kind, content, more = self._merchant(environ, path, body)
        headers = [("Content-Type", kind), ("Content-Length", str(len(content))), ("Cache-Control", "no-store"),
                   ("Content-Security-Policy", POLICY), ("X-Content-Type-Options", "nosniff"),
                   ("Referrer-Policy", "no-referrer"), *more]  # fmt: skip
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return [content]

    def _merchant(self, environ: Mapping[str, Any], path: str, body: bytes) -> Answer:
        """Answer a signed request of the merchant; a GET is signed over its last word."""
        parts = [part for part in path.split("/") if part]
        signed = body if environ["REQUEST_METHOD"] == "POST" else parts[-1].encode() if parts else b""
        headers = {
            TIMESTAMP_HEADER: environ.get("HTTP_X_FAIRDUE_TIMESTAMP", ""),
            SIGNATURE_HEADER: environ.get("HTTP_X_FAIRDUE_SIGNATURE", ""),
        }
        try:
            verify(key=self._house.key, body=signed, headers=headers, at=int(time.time()))
        except SignatureRefused:
            return _json({"detail": "signature refused"}, 401)
        try:
            if environ["REQUEST_METHOD"] == "GET":
                return self._asked(parts)
            document = json.loads(body)
            if not isinstance(document, dict):
                raise RequestRefused("not an object")
            return self._handed_over("/".join(parts), environ.get("HTTP_IDEMPOTENCY_KEY", ""), body, document)
        except (ValueError, KeyError, TypeError) as refusal:
            return _json({"detail": str(refusal)}, 422)

    def _handed_over(self, what: str, key: str, body: bytes, document: dict[str, Any]) -> Answer:
        house = self._house
        if what == "checkouts":
            return self._opened(house.open_checkout(key, body, document))
        if what == "debits":
            return self._opened(house.debit(key, body, document))
        if what == "mandates":
            return _json(
                {"provider_ref": house.register_mandate(key, body, document), "status": "active"}, 201
            )
        if what == "mandates/stop":
            return _json(
                {"provider_ref": house.stop_mandate(str(document["mandate_ref"])), "status": "stopped"}
            )
        if what == "refunds":
            return _json({"provider_ref": house.refund(key, document), "status": "taken"}, 202)
        return _json({"detail": "there is no such door"}, 404)

    def _opened(self, payment: Payment) -> Answer:
        page = f"{self._house.url}/page/{payment.page}" if payment.kind == "checkout" else ""
        return _json({"provider_ref": payment.provider_ref, "status": payment.status, "pay_url": page}, 201)

    def _asked(self, parts: list[str]) -> Answer:
        if len(parts) == 2 and parts[0] == "checkouts":
            self._house.settle_late()
            payment = self._house.store.payment(parts[1])
            return _json(self._house.told(payment)) if payment else _json({"detail": "unknown"}, 404)
        if len(parts) == 2 and parts[0] == "days":
            day = date.fromisoformat(parts[1]).isoformat()
            found = [
                self._house.told(each)
                for each in self._house.store.payments(limit=100_000)
                if self._house.day_of(datetime.fromisoformat(each.changed_at)) == day
            ]
            return _json({"checkouts": found})
        return _json({"detail": "there is no such door"}, 404)

    def _page(self, environ: Mapping[str, Any], path: str, body: bytes) -> Answer:
        query = parse_qs(environ.get("QUERY_STRING", ""))
        form = parse_qs(body.decode("utf-8", "replace")) if body else {}
        language = (query.get("lang") or form.get("lang") or [""])[0]
        if path == "/style.css":
            return 200, "text/css; charset=utf-8", STYLE.encode(), []
        if path in ("/", "/books"):
            if environ["REQUEST_METHOD"] == "POST":
                return self._from_books(form)
            return _html(books_page(self._house, language or "zh"))
        return self._checkout(environ, path.removeprefix("/page/"), form, language)

    def _checkout(
        self, environ: Mapping[str, Any], page: str, form: Mapping[str, list[str]], language: str
    ) -> Answer:
        payment = self._house.store.payment_of_page(page)
        if payment is None:
            return _html(message_page("unknown", language or "zh"), 404)
        language = language or ("en" if payment.document.get("locale") == "en" else "zh")
        if environ["REQUEST_METHOD"] == "POST":
            self._house.decide(page, (form.get("way") or [""])[0])
            self._house.deliver()
            return _see(f"/page/{page}?lang={language}")
        return _html(checkout_page(self._house, payment, language))

    def _from_books(self, form: Mapping[str, list[str]]) -> Answer:
        """Do what somebody at the provider does: give money back, tell once more."""
        ref, what = (form.get("ref") or [""])[0], (form.get("what") or [""])[0]
        if what == "take_back":
            self._house.take_back(ref)
        elif what == "tell_again":
            self._house.tell_again(ref)
        self._house.deliver()
        return _see(f"/books?lang={(form.get('lang') or ['zh'])[0]}")


def _json(document: Mapping[str, Any], status: int = 200) -> Answer:
    return status, "application/json", json.dumps(dict(document)).encode(), []


def _html(text: str, status: int = 200) -> Answer:
    return status, "text/html; charset=utf-8", text.encode(), []


def _see(address: str) -> Answer:
    return 303, "text/plain; charset=utf-8", b"", [("Location", address)]
