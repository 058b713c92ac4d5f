"""`fairdue bench kills`: nights killed at random moments, each compared with one that was never killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import typer
from psycopg import sql

KILLS_A_NIGHT = 4
NIGHT = date(2025, 10, 15)
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
    " overdue_minor, rank, facts_digest, strategy_id, experiment,"
    " arm, probability, dropped, channel from decisions_decision order by person_id",
    "messages": "select person_id, channel, contact_point_id, template_code, round, dedupe_key, not_before,"
    " expires_at, status from outreach_message order by dedupe_key",
    "work": "select person_id, kind, queue, rank, reason, not_before, status from cases_workitem"
    " order by person_id, kind",
    "waiting": "select * from cases_capacitywait order by person_id",
    "cases": "select person_id, status, queue from cases_case order by person_id",
    "figures": "select * from (select card, creditor_id, product_id, team_id, bucket, currency, key, second, base_date,"
    " total, other, first_minor, second_minor from reporting_nightfigure) f order by f::text",
}


@contextmanager
def copy_of(address: str, template: str, name: str) -> Iterator[str]:
    """Give a database of its own with the same book as the one at an address; dropped afterwards."""
    server = address.replace(f"/{template}?", "/postgres?")
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
            yield address.replace(f"/{template}?", f"/{name}?")
        finally:
            admin.execute(drop)


def environment(url: str, var_dir: Path) -> dict[str, str]:
    """Return the environment of a night over a database and a folder."""
    return os.environ | {"DATABASE_URL": url, "FAIRDUE_VAR": str(var_dir), "FAIRDUE_MODE": "test"}


def run_to_the_end(url: str, var_dir: Path) -> dict[str, Any]:
    """Run a night, or what is left of it, by the command, and return its report."""
    done = subprocess.run(
        COMMAND, env=environment(url, var_dir), capture_output=True, text=True, check=True, timeout=120
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


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
    """Return everything that a night left in a database."""
    with psycopg.connect(url) as reader:
        return {name: reader.execute(query).fetchall() for name, query in EFFECTS.items()}


def register(bench: typer.Typer) -> None:
    """Add `kills` to the group `bench`."""
    bench.command("kills")(kills)


def kills(
    times: int = typer.Option(100, help="How often a night is killed."),
    accounts: int = typer.Option(2000, help="Accounts in the book."),
    seed: int = typer.Option(20251015, help="Seed of the moments."),
    as_json: bool = typer.Option(False, "--json", help="Accepted for symmetry; the output is always JSON."),
) -> None:
    """Kill nights by SIGKILL at random moments, resume each to its end, and compare what it left. Exit 1: different.

    About four seconds a kill on two cores; how far it is goes to stderr.
    """
    from benchmarks.common import bench_database
    from fairdue.cli.session import emit

    with bench_database("fairdue_bench_kills") as url, tempfile.TemporaryDirectory() as folder:
        found = run(url, Path(folder), times=times, accounts=accounts, seed=seed)
        emit(found)
    raise typer.Exit(1 if found["different"] else 0)


def run(url: str, folder: Path, *, times: int, accounts: int, seed: int) -> dict[str, Any]:
    """Fill the book, run one night to its end, then kill others until there were enough kills."""
    from django.db import connection, connections

    from benchmarks.cycle_book import fill_book
    from fairdue.journeys.load_packs import load_packs

    fill_book(connection, accounts=accounts, as_of=NIGHT, has_history=True)
    load_packs(now=datetime(2025, 10, 14, 18, tzinfo=UTC))
    template = str(connection.settings_dict["NAME"])
    connections.close_all()
    with copy_of(url, template, f"{template}_whole") as other:
        started_at = time.perf_counter()
        run_to_the_end(other, folder / "whole")
        seconds = time.perf_counter() - started_at
        whole = effects(other)
    dice, killed, nights, different = random.Random(seed), 0, 0, 0
    while killed < times:
        nights += 1
        with copy_of(url, template, f"{template}_killed") as other:
            for _ in range(KILLS_A_NIGHT):
                killed += kill_after(dice.uniform(0, seconds / 2), other, folder / f"killed-{nights}")
            run_to_the_end(other, folder / f"killed-{nights}")
            different += effects(other) != whole
        typer.echo(f"{killed} of {times} kills, {different} nights differ", err=True)
    return {
        "benchmark": "kills",
        "kills": killed,
        "nights": nights,
        "seconds": round(time.perf_counter() - started_at, 1),
        "different": different,
        "rows": {name: len(found) for name, found in whole.items()},
        "load": round(os.getloadavg()[0], 2),
    }
