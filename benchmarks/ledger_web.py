"""Receipts through the web path: a provider reports a payment, signed, that names its account."""

from __future__ import annotations

import json
import time
from typing import Any

from benchmarks.ledger_book import NOW

PROVIDER, KEY = "bench", "a-key-of-the-benchmark"
URL = f"/api/v1/payments/{PROVIDER}/events"
WARM_UP = 5


def receipts_through_the_web(accounts: int, count: int) -> tuple[list[float], int]:
    """Return the milliseconds of server time of each receipt, and how many statements one takes.

    Each request passes the middleware, the signature, the booking, the match, the ledger and the promises, and
    is committed before its answer.
    """
    from django.conf import settings
    from django.test import Client, override_settings

    hosts = [*settings.ALLOWED_HOSTS, "testserver"]
    providers = {PROVIDER: {"key": KEY, "creditors": ["bench"]}}
    with override_settings(ALLOWED_HOSTS=hosts, PAYMENT_PROVIDERS=providers):
        client = Client()
        for number in range(WARM_UP):
            _report(client, -1 - number, accounts)
        seconds = [_report(client, number, accounts) for number in range(count)]
        return seconds, _statements(client, count, accounts)


def _report(client: Any, number: int, accounts: int) -> float:
    from fairdue.contexts.outreach import facade as outreach

    document = {
        "event_id": f"event:{number}",
        "kind": "payment.received",
        "creditor": "bench",
        "payment_ref": f"payment:{number}",
        "amount_minor": 12_345,
        "currency": "CNY",
        "value_date": NOW.date().isoformat(),
        "payer_name": "王建国",
        "remittance": "还款",
        "account_ref": f"B{1 + number * 41 % accounts}",
    }
    body = json.dumps(document).encode()
    headers = outreach.sign(key=KEY, body=body, timestamp=int(time.time()))
    started = time.perf_counter()
    answer = client.post(URL, data=body, content_type="application/json", headers=headers)
    taken = (time.perf_counter() - started) * 1000
    if answer.status_code != 200 or answer.json()["status"] != "matched":
        raise RuntimeError(f"a receipt was not matched: {answer.status_code} {answer.content!r}")
    return taken


def _statements(client: Any, number: int, accounts: int) -> int:
    from django.db import connection

    statements: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        _report(client, number, accounts)
    return len(statements)
