"""Payments that come at once, twice or are cut off leave a ledger that proves."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.conf import settings
from django.db import connection

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import AccountState, DueItem, Transaction
from fairdue.kernel.money import Money
from fairdue.storage.bulk import database_url

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 6, 10)
PAYER = """
import sys, time, django
django.setup()
from datetime import UTC, date, datetime
from django.db import transaction
from fairdue.contexts.ledger import facade as ledger
from fairdue.kernel.actor import system
from fairdue.kernel.money import Money
with transaction.atomic():
    ledger.record_payment(account_id=int(sys.argv[1]), amount=Money(30_000, "CNY"), effective_date=date(2026, 6, 10),
        external_ref="P1", source="hand", actor=system("test"), now=datetime(2026, 6, 15, 4, tzinfo=UTC))
    print("paid", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def account(book):
    """Return an account of which 500.00 of 1,000.00 fell due in two parts."""
    account = book.account(principal=100_000)
    book.dues(
        (account, "1", date(2026, 3, 10), "principal", 20_000),
        (account, "2", date(2026, 4, 10), "principal", 30_000),
    )
    return account


def pay(book, account, reference):
    try:
        receipt = ledger.record_payment(
            account_id=account, amount=Money(5_000, "CNY"), effective_date=DAY, external_ref=reference,
            source="hand", actor=book.actor, now=book.now,
        )  # fmt: skip
        return receipt.is_repeated
    finally:
        connection.close()


def paid_items(account):
    return list(
        DueItem.objects.filter(account_id=account).order_by("due_date").values_list("paid_minor", flat=True)
    )


def test_payments_on_one_account_at_once_are_all_allocated_once(book, account):
    with ThreadPoolExecutor(6) as pool:
        repeated = list(pool.map(lambda n: pay(book, account, f"P{n}"), range(6)))
    assert repeated == [False] * 6
    assert paid_items(account) == [20_000, 10_000]
    assert AccountState.objects.get(account_id=account).balance_minor == 70_000
    assert ledger.prove().is_proved


def test_the_same_payment_at_once_is_recorded_once(book, account):
    with ThreadPoolExecutor(6) as pool:
        repeated = sorted(pool.map(lambda _: pay(book, account, "P1"), range(6)))
    assert repeated == [False] + [True] * 5
    assert Transaction.objects.count() == 1
    assert len(audit.events(code="ledger.payment.recorded")) == 1
    assert paid_items(account) == [5_000, 0]
    assert ledger.prove().is_proved


def test_a_payment_whose_process_is_killed_left_no_trace_and_can_be_made_again(book, account):
    victim = subprocess.Popen(
        [sys.executable, "-c", PAYER, str(account)],
        stdout=subprocess.PIPE, text=True, cwd=settings.ROOT_DIR, env={**os.environ, "DATABASE_URL": database_url()},
    )  # fmt: skip
    assert victim.stdout.readline() == "paid\n"
    victim.kill()
    victim.wait()
    assert pay(book, account, "P2") is False  # waits until the server has noticed and let go of the account
    assert list(Transaction.objects.values_list("external_ref", flat=True)) == ["P2"]
    assert len(audit.events(code="ledger.payment.recorded")) == 1
    assert paid_items(account) == [5_000, 0]
    assert ledger.prove().is_proved
