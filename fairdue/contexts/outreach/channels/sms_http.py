"""A provider behind HTTP that we describe ourselves, so that any aggregator can be put behind a small bridge.

1. `POST url` with JSON `idempotency_key, channel, recipient, subject, text, locale`, signed (`signing`),
   with an `Idempotency-Key` header; a mail that carries a file has `attachment: {name, media_type, base64}`
   too; 200 or 202 with `{"provider_ref": …}` means taken over.
2. `GET url/{idempotency_key}`, signed over the key, answers 200 with the same object or 404.
3. Refused connections and 429 mean surely not taken; 4xx is final; everything else is unknown.
"""

from __future__ import annotations

import base64
import json
import ssl
import time
from collections.abc import Callable
from functools import lru_cache
from types import TracebackType
from typing import ClassVar, Self

import httpx

from fairdue.contexts.outreach.channels.base import Accepted, Outgoing, Rejected, Unknown
from fairdue.contexts.outreach.signing import sign

TIMEOUT = httpx.Timeout(10.0, connect=3.0)
PASSING = (408, 409, 425, 429)


class HttpProvider:
    """The provider-neutral adapter; one connection is kept for a whole batch."""

    code: ClassVar[str] = "http"
    can_be_asked: ClassVar[bool] = True

    def __init__(self, *, url: str, key: str) -> None:
        self._url = url.rstrip("/")
        self._key = key
        self._client = httpx.Client(
            timeout=TIMEOUT, follow_redirects=False, trust_env=False, verify=trusted()
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def send(self, outgoing: Outgoing, *, handing_over: Callable[[], None]) -> Accepted | Rejected:
        """Post the text; the same key twice is one message at the provider."""
        body = _body(outgoing)
        headers = self._signed(body) | {
            "Idempotency-Key": outgoing.idempotency_key,
            "Content-Type": "application/json",
        }
        try:
            answer = self._client.post(self._url, content=body, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return Rejected("http.unreachable", is_final=False)
        except httpx.HTTPError as error:
            raise Unknown(f"http.{type(error).__name__}") from error
        if answer.status_code in PASSING:
            return Rejected(f"http.{answer.status_code}", is_final=False)
        if 400 <= answer.status_code < 500:
            return Rejected(f"http.{answer.status_code}", is_final=True)
        return _accepted(answer)

    def query(self, idempotency_key: str) -> Accepted | None:
        """Ask by the key that we gave."""
        try:
            answer = self._client.get(
                f"{self._url}/{idempotency_key}", headers=self._signed(idempotency_key.encode())
            )
        except httpx.HTTPError as error:
            raise Unknown(f"http.{type(error).__name__}") from error
        return None if answer.status_code == 404 else _accepted(answer)

    def _signed(self, body: bytes) -> dict[str, str]:
        return sign(key=self._key, body=body, timestamp=int(time.time()))


@lru_cache(maxsize=1)
def trusted() -> ssl.SSLContext:
    """Return the certificates that are trusted, read once a process: a pass that opens a client must not read them again."""
    return httpx.create_ssl_context(trust_env=False)


def _body(outgoing: Outgoing) -> bytes:
    fields = ("idempotency_key", "channel", "recipient", "subject", "text", "locale")
    document = {name: getattr(outgoing, name) for name in fields}
    if (file := outgoing.attachment) is not None:
        content = base64.b64encode(file.content).decode()
        document["attachment"] = {"name": file.name, "media_type": file.media_type, "base64": content}
    return json.dumps(document, ensure_ascii=False).encode()


def _accepted(answer: httpx.Response) -> Accepted:
    """Read a positive answer; anything else leaves us in the dark."""
    if answer.status_code not in (200, 202):
        raise Unknown(f"http.{answer.status_code}")
    try:
        return Accepted(str(answer.json()["provider_ref"])[:120])
    except (ValueError, KeyError, TypeError) as error:
        raise Unknown("http.answer_unreadable") from error
