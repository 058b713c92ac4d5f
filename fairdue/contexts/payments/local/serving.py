"""Run the local provider as a process of its own: one port, one file, one thread that sends notices."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import httpx

from fairdue.contexts.payments.local.app import App
from fairdue.contexts.payments.local.house import House
from fairdue.contexts.payments.local.store import Store

logger = logging.getLogger(__name__)
EVENTS_PATH = "/api/v1/pay/events"
PAUSE_SECONDS = 1.0
THREADS = 4


def local_provider(
    *, path: Path | str, key: str, url: str, merchant_url: str, now: Callable[[], datetime]
) -> House:
    """Return a provider with its books in a file, that tells a merchant at an address."""
    client = httpx.Client(timeout=10.0, trust_env=False)

    def send(body: bytes, headers: Mapping[str, str]) -> int:
        try:
            return client.post(merchant_url + EVENTS_PATH, content=body, headers=dict(headers)).status_code
        except httpx.HTTPError as error:
            logger.warning("the merchant does not answer: %s", type(error).__name__)
            return 0

    return House(store=Store(path), key=key, url=url, send=send, now=now)


def serve_local_provider(house: House, *, host: str, port: int) -> None:
    """Answer requests and send notices until the process is ended."""
    from waitress import serve

    threading.Thread(target=_deliver_for_ever, args=[house], daemon=True).start()
    serve(App(house), host=host, port=port, threads=THREADS, ident=None, _quiet=True)


def _deliver_for_ever(house: House) -> None:
    while True:
        time.sleep(PAUSE_SECONDS)
        try:
            house.deliver()
        except Exception:
            logger.exception("a notice could not be sent")
