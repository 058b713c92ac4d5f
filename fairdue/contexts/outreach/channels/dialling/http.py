"""An exchange behind HTTP that we describe ourselves, so that any telephone system can be put behind a small bridge.

1. `POST url` with JSON `idempotency_key, number, extension`, signed (`signing`), with an `Idempotency-Key` header;
   200 or 202 with `{"provider_ref": …}` means that it dials.
2. `GET url/{key}`, signed over the key: 200 with `{"provider_ref", "state", "answered_at", "ended_at", "recording"}`
   or 404. States: dialling, ringing, answered, busy, no_answer, failed, ended.
3. `POST url/{key}/hang-up`, signed over the key, ends the call. `GET url/{key}/recording` gives it as audio, `DELETE`
   deletes it for good: 200, 204, 404 and 410 mean that it is gone.
4. Refused connections and 429 mean surely not taken; 4xx is final; everything else is unknown.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar

import httpx

from fairdue.contexts.outreach.channels.base import Rejected, Unknown
from fairdue.contexts.outreach.channels.dialling.base import STATES, CallNews, Taken
from fairdue.contexts.outreach.channels.sms_http import PASSING, trusted
from fairdue.contexts.outreach.signing import sign

TIMEOUT = httpx.Timeout(5.0, connect=2.0)
"""Somebody waits at the screen."""
PIECE = 64 * 1024
GONE = (200, 204, 404, 410)
"""Answers to a deletion after which there is no recording."""


class HttpExchange:
    """The exchange-neutral adapter; each question is a connection of its own."""

    code: ClassVar[str] = "http"

    def __init__(self, *, url: str, key: str) -> None:
        self._url = url.rstrip("/")
        self._key = key

    def dial(self, *, key: str, number: str, extension: str) -> Taken | Rejected:
        """Post the number; the same key twice is one call at the exchange."""
        document = {"idempotency_key": key, "number": number, "extension": extension}
        body = json.dumps(document).encode()
        try:
            answer = self._post(self._url, body, {"Idempotency-Key": key})
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return Rejected("dial.unreachable", is_final=True)
        except httpx.HTTPError as error:
            raise Unknown(f"dial.{type(error).__name__}") from error
        if 400 <= answer.status_code < 500:
            return Rejected(f"dial.{answer.status_code}", is_final=answer.status_code not in PASSING)
        return Taken(str(_document(answer).get("provider_ref", ""))[:120])

    def ask(self, key: str) -> CallNews | None:
        """Ask by the key that we gave."""
        try:
            with _client() as client:
                answer = client.get(f"{self._url}/{key}", headers=self._signed(key.encode()))
        except httpx.HTTPError as error:
            raise Unknown(f"dial.{type(error).__name__}") from error
        return None if answer.status_code == 404 else _news(_document(answer))

    def hang_up(self, key: str) -> None:
        """End the call."""
        try:
            self._post(f"{self._url}/{key}/hang-up", key.encode(), {})
        except httpx.HTTPError as error:
            raise Unknown(f"dial.{type(error).__name__}") from error

    @contextmanager
    def recording(self, key: str) -> Iterator[Iterator[bytes]]:
        """Give the recording piece by piece."""
        try:
            with (
                _client() as client,
                client.stream(
                    "GET", f"{self._url}/{key}/recording", headers=self._signed(key.encode())
                ) as answer,
            ):
                if answer.status_code != 200:
                    raise Unknown(f"dial.{answer.status_code}")
                yield answer.iter_bytes(PIECE)
        except httpx.HTTPError as error:
            raise Unknown(f"dial.{type(error).__name__}") from error

    def delete_recording(self, key: str) -> None:
        """Delete the sound; the same key twice is one deletion."""
        try:
            with _client() as client:
                answer = client.delete(f"{self._url}/{key}/recording", headers=self._signed(key.encode()))
        except httpx.HTTPError as error:
            raise Unknown(f"dial.{type(error).__name__}") from error
        if answer.status_code not in GONE:
            raise Unknown(f"dial.{answer.status_code}")

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        with _client() as client:
            signed = self._signed(body) | {"Content-Type": "application/json"} | headers
            return client.post(url, content=body, headers=signed)

    def _signed(self, body: bytes) -> dict[str, str]:
        return sign(key=self._key, body=body, timestamp=int(time.time()))


def _client() -> httpx.Client:
    return httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False, verify=trusted())


def _document(answer: httpx.Response) -> dict[str, Any]:
    """Read a positive answer; anything else leaves us in the dark."""
    if answer.status_code not in (200, 202):
        raise Unknown(f"dial.{answer.status_code}")
    try:
        document = answer.json()
    except ValueError as error:
        raise Unknown("dial.answer_unreadable") from error
    if not isinstance(document, dict):
        raise Unknown("dial.answer_unreadable")
    return document


def _news(document: dict[str, Any]) -> CallNews:
    state = document.get("state")
    if state not in STATES:
        raise Unknown("dial.state_unknown")
    return CallNews(
        provider_ref=str(document.get("provider_ref", ""))[:120],
        state=state,
        answered_at=_moment(document.get("answered_at")),
        ended_at=_moment(document.get("ended_at")),
        recording_ref=str(document.get("recording") or "")[:300],
    )


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError as error:
        raise Unknown("dial.answer_unreadable") from error
    return found if found and found.tzinfo else None
