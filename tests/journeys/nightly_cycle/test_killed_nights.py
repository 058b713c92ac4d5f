"""A night that is killed at any moment ends, once run again, as if it had never been killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from psycopg import sql

from fairdue.storage.bulk import database_url

pytestmark = pytest.mark.slow

KILLS = 10
KILLS_A_NIGHT = 4
MARKS = (
    "promises:0", "facts:6", "decide:0", "decide:1", "gate:0", "capacity:0", "land:1", "land:2", "report:0",
)  # fmt: skip
"""Moments as progress tells them: stage and how far it is; those of `land` lie inside its transaction."""
COMMAND = [sys.executable, "-m", "fairdue", "cycle", "run", "--date", "2025-10-15", "--json"]
FOLLOWED = """
import os, signal, sys
from fairdue.cli.session import prepare
prepare()
import fairdue.journeys.nightly_cycle as nightly
from datetime import date
from fairdue.kernel import clock
from fairdue.kernel.actor import system
print("ready", flush=True)
def progress(stage, done, total):
    if f"{stage}:{done}" == sys.argv[1]:
        os.kill(os.getpid(), signal.SIGKILL)
nightly.run_cycle(cycle_date=date(2025, 10, 15), actor=system("cycle"), now=clock.now(), progress=progress)
print("done", flush=True)
"""
EFFECTS = {
    "stages": "select name, position, status, in_count, out_count, rejected::text, detail::text"
    " from decisions_cyclestage order by position",
    "cycle": "select cycle_date, status, pack_versions::text from decisions_cycle",
    "decisions": "select person_id, step, rows_fired, template, planned_for, outcome, reasons, days_past_due,"
    " overdue_minor, rank, facts_digest from decisions_decision order by person_id",
    "messages": "select person_id, channel, contact_point_id, template_code, round, dedupe_key, not_before,"
    " expires_at, status from outreach_message order by dedupe_key",
    "work": "select person_id, kind, queue, rank, reason, not_before, status from cases_workitem"
    " order by person_id, kind",
    "cases": "select person_id, status, queue from cases_case order by person_id",
}


@contextmanager
def copy_of(template: str, name: str) -> Iterator[str]:
    """A database of its own with the same book; dropped afterwards."""
    server = database_url().replace(f"/{template}?", "/postgres?")
    with psycopg.connect(server, autocommit=True) as admin:
        drop = sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
        admin.execute(drop)
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()",
            [template],
        )  # a connection that an earlier test left open would forbid the copy
        create = sql.SQL("create database {} template {}")
        admin.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield database_url().replace(f"/{template}?", f"/{name}?")
        finally:
            admin.execute(drop)


def environment(url: str, var_dir: Path) -> dict[str, str]:
    return os.environ | {"DATABASE_URL": url, "FAIRDUE_VAR": str(var_dir), "FAIRDUE_MODE": "test"}


def run_to_the_end(url: str, var_dir: Path) -> dict[str, Any]:
    done = subprocess.run(
        COMMAND, env=environment(url, var_dir), capture_output=True, text=True, check=True, timeout=120
    )
    return json.loads(done.stdout)


@contextmanager
def started(url: str, var_dir: Path, mark: str = "") -> Iterator[subprocess.Popen[str]]:
    """A night in a process of its own, from the moment at which it begins; it kills itself at the mark."""
    command = [sys.executable, "-c", FOLLOWED, mark]
    process = subprocess.Popen(command, env=environment(url, var_dir), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield process
    process.wait()
    process.stdout.close()


def kill_after(seconds: float, url: str, var_dir: Path) -> bool:
    """Kill a night some seconds after it began, and tell whether it was still running."""
    with started(url, var_dir) as process:
        time.sleep(seconds)
        was_running = process.poll() is None
        process.send_signal(signal.SIGKILL)
    return was_running


def effects(url: str) -> dict[str, list[Any]]:
    with psycopg.connect(url) as reader:
        return {name: reader.execute(query).fetchall() for name, query in EFFECTS.items()}


@pytest.fixture
def unkilled(book: int, tmp_path: Path) -> dict[str, list[Any]]:
    """What a night leaves that runs from its beginning to its end."""
    template = str(connection.settings_dict["NAME"])
    connections.close_all()
    with copy_of(template, f"{template}_unkilled") as url:
        report = run_to_the_end(url, tmp_path / "unkilled")
        found = effects(url)
    assert report["cycle"]["status"] == "finished"
    assert len(found["decisions"]) == book
    return found


def test_a_night_killed_at_random_moments_ends_like_one_that_was_not(
    unkilled: dict[str, list[Any]], tmp_path: Path
) -> None:
    template = str(connection.settings_dict["NAME"])
    connections.close_all()
    dice, killed, night = random.Random(20251015), 0, 0
    while killed < KILLS:
        night += 1
        var_dir = tmp_path / f"killed-{night}"
        with copy_of(template, f"{template}_killed") as url:
            for _ in range(KILLS_A_NIGHT):
                killed += kill_after(dice.uniform(0, 0.6), url, var_dir)
            run_to_the_end(url, var_dir)
            assert effects(url) == unkilled


def test_a_night_killed_at_every_stage_and_inside_the_landing_ends_like_one_that_was_not(
    unkilled: dict[str, list[Any]], tmp_path: Path
) -> None:
    template = str(connection.settings_dict["NAME"])
    connections.close_all()
    with copy_of(template, f"{template}_killed") as url:
        for mark in MARKS:
            with started(url, tmp_path / "killed", mark) as process:
                process.wait(timeout=60)
            assert process.returncode == -signal.SIGKILL, mark
        run_to_the_end(url, tmp_path / "killed")
        assert effects(url) == unkilled
