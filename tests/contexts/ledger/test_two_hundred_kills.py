"""Two hundred kills at random moments while others post: nothing half-done, nothing acknowledged and lost."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import Transaction
from fairdue.storage.bulk import database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
KILLS = 200


def test_two_hundred_kills_while_posting_leave_a_ledger_that_proves(book):
    accounts = [book.account(policy="cn-loan-instalment", principal=900_000) for _ in range(4)]
    for account in accounts:
        book.dues(
            *(
                (account, f"i{n}", date(2026, 2, 1) + timedelta(days=30 * n), "principal", 60_000)
                for n in range(6)
            )
        )
    script = Path(__file__).with_name("posting_under_load.py")
    run = subprocess.run(
        [sys.executable, str(script), *map(str, accounts), str(KILLS)],
        capture_output=True, text=True, cwd=settings.ROOT_DIR, timeout=300,
        env={**os.environ, "DATABASE_URL": database_url(), "PYTHONPATH": str(settings.ROOT_DIR)},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    told = set(run.stdout.split())
    kept = set(Transaction.objects.values_list("external_ref", flat=True))
    assert len(told) > KILLS
    assert told <= kept
    assert len(kept - told) <= KILLS + 3  # killed between the commit and the word of it
    assert ledger.prove(deep=True).differences == ()
    assert audit.verify().is_intact
