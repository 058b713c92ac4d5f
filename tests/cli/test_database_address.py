"""A database that cannot be used is refused in a sentence, with status 2 and without its password."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import connection


def fairdue(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fairdue", *arguments],
        env={**os.environ, "DATABASE_URL": url, "FAIRDUE_MODE": "test"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_an_address_that_nobody_answers_is_said_in_a_sentence():
    answer = fairdue("postgresql://somebody:s3cret@127.0.0.1:1/fairdue", "audit", "verify", "--json")

    assert answer.returncode == 2
    assert answer.stdout == ""
    assert "does not answer" in answer.stderr
    assert "s3cret" not in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.django_db
def test_a_database_without_tables_asks_for_setup():
    settings = connection.settings_dict
    url = f"postgresql://{settings['USER']}@/postgres?host={settings['HOST']}"

    answer = fairdue(url, "ledger", "prove")

    assert answer.returncode == 2
    assert "fairdue setup" in answer.stderr
    assert "Traceback" not in answer.stderr
