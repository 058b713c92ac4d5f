"""`fairdue demo`: what a log and a machine read of it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings

from fairdue.cli.demo.command import _with_lines
from fairdue.cli.demo.screen import description
from fairdue.cli.demo.state import DemoState
from fairdue.journeys.load_packs import load_packs
from fairdue.journeys.nightly_cycle import run_cycle
from fairdue.kernel.actor import system

NOW = datetime(2025, 10, 14, 18, 0, tzinfo=UTC)


def test_without_a_terminal_each_step_says_when_it_starts_and_ends(capsys: pytest.CaptureFixture[str]):
    done = []
    _with_lines([(name, lambda advance, name=name: done.append(name)) for name in ("Tables", "Night")])
    said = capsys.readouterr()
    lines = said.err.splitlines()
    assert done == ["Tables", "Night"]
    assert [line.partition(",")[0] for line in lines] == ["Tables …", "✓ Tables", "Night …", "✓ Night"]
    assert said.out == ""


@pytest.mark.django_db(transaction=True)
def test_a_machine_reads_logins_and_the_nights_counts(
    settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    settings.VAR_DIR = tmp_path
    monkeypatch.setitem(os.environ, "FAIRDUE_PUBLIC_URL", "http://127.0.0.1:8000")
    load_packs(now=NOW)
    state = DemoState("2025-10-15", 5, 0.0)
    run_cycle(cycle_date=state.date, actor=system("test"), now=NOW, var_dir=tmp_path)
    document = description(state, serving=False)
    assert (document["accounts"], document["desk"], document["borrower"]) == (5, None, None)
    assert [login["role"] for login in document["logins"]][:2] == ["collector", "supervisor"]
    assert len(document["logins"]) == 10
    assert document["night"]["facts"] == {"in": 0, "out": 0, "rejected": 0}
    assert description(state, serving=True)["desk"] == "http://127.0.0.1:8000/desk/"
