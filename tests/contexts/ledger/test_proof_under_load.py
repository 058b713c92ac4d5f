"""A proof that runs while others post sees one moment: never a difference that is none."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.queries import prove as room
from fairdue.kernel.money import Money

pytestmark = pytest.mark.django_db(transaction=True)


def test_postings_that_land_during_a_proof_make_no_difference(book, monkeypatch):
    monkeypatch.setattr(room, "LEAST_ACCOUNTS", 2)
    monkeypatch.setattr(room, "CHUNK_POSTINGS", 10)
    accounts = [book.account(policy="cn-loan-instalment", principal=100_000) for _ in range(12)]
    book.dues(*((account, "S1", date(2026, 3, 10), "principal", 20_000) for account in accounts))
    stop = threading.Event()
    paid: list[int] = []

    def pay_on():
        try:
            while not stop.is_set():
                account = accounts[len(paid) % len(accounts)]
                ledger.record_payment(
                    account_id=account,
                    amount=Money(100, "CNY"),
                    effective_date=date(2026, 4, 1),
                    external_ref=f"P{len(paid)}",
                    source="hand",
                    actor=book.actor,
                    now=book.now,
                )
                paid.append(account)
        finally:
            connection.close()

    payer = threading.Thread(target=pay_on)
    payer.start()
    try:
        reports = [ledger.prove(deep=bool(number % 2)) for number in range(8)]
    finally:
        stop.set()
        payer.join()
    assert [report.differences for report in reports] == [()] * 8
    assert reports[-1].postings > reports[0].postings
    assert ledger.prove(deep=True).postings == 12 + len(paid)
