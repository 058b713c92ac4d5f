"""A night that is killed at any moment ends, once run again, as if it had never been killed."""

from __future__ import annotations

import random
import signal
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from benchmarks.kills import copy_of, effects, kill_after, run_to_the_end, started
from fairdue.contexts.cases import facade as cases
from fairdue.kernel.actor import system
from fairdue.storage.bulk import database_url

pytestmark = pytest.mark.slow

KILLS = 6
KILLS_A_NIGHT = 4
MARKS = (
    "promises:0", "facts:6", "decide:0", "decide:1", "gate:0", "capacity:0", "capacity:1", "land:1", "land:2", "report:0",
)  # fmt: skip
"""Moments as progress tells them: stage and how far it is; those of `land` lie inside its transaction."""


def _limit() -> None:
    """Let some of the wishes find no capacity, so that there is something to share and to remember."""
    said: dict[str, Any] = {
        "valid_from": date(2025, 10, 1),
        "actor": system("test"),
        "now": datetime(2025, 10, 1, tzinfo=UTC),
    }
    cases.set_capacities(kind="calls", name="m2", amount=4, hours=range(9, 12), **said)
    cases.set_capacity(kind="messages", name="sms", amount=40, **said)


def test_a_night_killed_at_every_stage_or_at_random_moments_ends_like_one_that_was_not(
    book: int, tmp_path: Path
) -> None:
    template = str(connection.settings_dict["NAME"])
    _limit()
    connections.close_all()
    with copy_of(database_url(), template, f"{template}_unkilled") as url:
        report = run_to_the_end(url, tmp_path / "unkilled")
        unkilled = effects(url)
    assert report["cycle"]["status"] == "finished"
    assert len(unkilled["decisions"]) == book
    _kill_at_every_stage(template, tmp_path / "staged", unkilled)
    _kill_at_random(template, tmp_path, unkilled)


def _kill_at_every_stage(template: str, var_dir: Path, unkilled: dict[str, list[Any]]) -> None:
    """Inside the landing too."""
    with copy_of(database_url(), template, f"{template}_killed") as url:
        for mark in MARKS:
            with started(url, var_dir, mark) as process:
                process.wait(timeout=60)
            assert process.returncode == -signal.SIGKILL, mark
        run_to_the_end(url, var_dir)
        assert effects(url) == unkilled


def _kill_at_random(template: str, folder: Path, unkilled: dict[str, list[Any]]) -> None:
    dice, killed, night = random.Random(20251015), 0, 0
    while killed < KILLS:
        night += 1
        var_dir = folder / f"killed-{night}"
        with copy_of(database_url(), template, f"{template}_killed") as url:
            for _ in range(KILLS_A_NIGHT):
                killed += kill_after(dice.uniform(0, 0.6), url, var_dir)
            run_to_the_end(url, var_dir)
            assert effects(url) == unkilled
