"""`fairdue bench storm`: random events through real dispatch, calls, agencies and kills, held to the law by a naive checker."""

from __future__ import annotations

import collections
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
from pathlib import Path
from typing import Any

import typer

from benchmarks.common import bench_database, drop_database, machine

CHECKER = "benchmarks/storm_checker.py: plain Python over plain rows; shares no code with the engine"
EVENTS_A_PERSON = 120
KILL_EVERY = 500
"""Events between two kills, on average."""


def register(bench: typer.Typer) -> None:
    """Add `storm` to the group `bench`."""
    bench.command("storm")(storm)


def storm(
    events: int = typer.Option(10_000, help="Random events in all."),
    workers: int = typer.Option(4, help="Worker processes at once."),
    seed: int = typer.Option(1, help="Seed of the first slice; the next slice takes the next seed."),
    slice_events: int = typer.Option(
        50_000, "--slice", help="Events of a slice: each has a database of its own."
    ),
    journal: Path | None = typer.Option(
        None,
        help="File with a line a finished slice: a run that is started again goes on behind the last one.",
    ),
    database: str = typer.Option(
        "fairdue_bench_storm", help="Name of the database that is made and dropped."
    ),
    as_json: bool = typer.Option(False, "--json", help="Accepted for symmetry; the output is always JSON."),
) -> None:
    """Let workers call, write, ask, consent, dispute and die at random; check every permit against the law's text.

    Exit status 0: nothing was found; 1: a rule was broken, something left without a permit, or a permit served twice.
    """
    from fairdue.cli.session import emit

    done, template = _finished(journal), f"{database}_template"
    drop_database(template)
    for number, size in enumerate(_sizes(events, slice_events)):
        if any((found["seed"], found["events"]) == (seed + number, size) for found in done):
            continue
        with bench_database(database, template=template) as url:
            found = run(url, events=size, workers=workers, seed=seed + number)
        done.append(found)
        if journal is not None:
            with journal.open("a") as file:
                file.write(json.dumps(found) + "\n")
    drop_database(template)
    total = added(done)
    emit(total)
    if total["violations"] or total["sends_without_permit"] or total["permits_used_twice"] or total["faults"]:
        raise typer.Exit(1)


def _sizes(events: int, slice_events: int) -> list[int]:
    full, rest = divmod(events, slice_events)
    return [slice_events] * full + ([rest] if rest else [])


def _finished(journal: Path | None) -> list[dict[str, Any]]:
    if journal is None or not journal.exists():
        return []
    return [json.loads(line) for line in journal.read_text().splitlines()]


SUMS = (
    "events", "sends", "messages_sent", "permits_checked", "violations", "raced", "sends_without_permit",
    "permits_used_twice", "kills",
)  # fmt: skip


def added(slices: list[dict[str, Any]]) -> dict[str, Any]:
    """Return slices added up."""
    total: dict[str, Any] = {"benchmark": "storm"} | {
        name: sum(each[name] for each in slices) for name in SUMS
    }
    for name in ("by_kind", "outcomes", "refused_by", "seconds_by_kind"):
        counted: collections.Counter[str] = collections.Counter()
        for each in slices:
            counted.update(each[name])
        total[name] = dict(counted.most_common())
    seconds = sum(each["seconds"] for each in slices)
    return total | {
        "chains_intact": all(each["chains_intact"] for each in slices),
        "faults": [fault for each in slices for fault in each["faults"]][:40],
        "seconds": round(seconds, 1), "check_seconds": round(sum(each["check_seconds"] for each in slices), 1),
        "events_per_second": round(total["events"] / seconds, 1) if seconds else 0,
        "seeds": [each["seed"] for each in slices], "workers": max((each["workers"] for each in slices), default=0),
        "machine": machine(), "checker": CHECKER,
    }  # fmt: skip


def run(url: str, *, events: int, workers: int, seed: int) -> dict[str, Any]:
    """Fill an empty world, let the storm pass over it, let things come to rest, check, and return the report."""
    from django.db import connection, connections

    from benchmarks.storm_book import fill_world, start_log

    with tempfile.TemporaryDirectory(prefix="storm-") as folder:
        start_log(connection)
        world = fill_world(persons=max(events // EVENTS_A_PERSON, 12), seed=seed)
        plan = world | {"events": events, "workers": workers, "seed": seed, "folder": folder}
        plan_file = Path(folder) / "plan.json"
        plan_file.write_text(json.dumps(plan))
        started = time.perf_counter()
        with _carrier(url) as address:
            kills = _rage(plan_file, plan, _environment(url, address))
            seconds = time.perf_counter() - started
        lines = list(_lines(Path(folder)))
        started = time.perf_counter()
        found = _checked(url, lines)
        connections["default"].close()
    return {
        "seed": seed, "workers": workers, "events": len({line["i"] for line in lines}), "kills": kills,
        "seconds": round(seconds, 1), "check_seconds": round(time.perf_counter() - started, 1),
        **_told(lines), **found,
    }  # fmt: skip


def _environment(url: str, address: str) -> dict[str, str]:
    """Return what workers live in; it is they who are killed, not the server, so a commit need not wait for the disk."""
    return os.environ | {
        "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "fairdue.settings", "FAIRDUE_SMS_URL": address,
        "FAIRDUE_SMTP_URL": "", "FAIRDUE_LOG_LEVEL": "CRITICAL", "POLARS_MAX_THREADS": "1",
        "PGOPTIONS": "-c synchronous_commit=off",
    }  # fmt: skip


@contextmanager
def _carrier(url: str) -> Iterator[str]:
    """Run the carrier in a process of its own and give its address."""
    words = [sys.executable, "-m", "benchmarks.storm_carrier", url]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    try:
        port = process.stdout.readline().strip()
        if not port:
            raise RuntimeError("the carrier does not start")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _rage(plan_file: Path, plan: dict[str, Any], environment: dict[str, str]) -> int:
    """Keep all workers at work and kill one every now and then, until every event was done; return the kills."""
    words = [sys.executable, "-m", "benchmarks.storm_worker", str(plan_file)]
    nursery = subprocess.Popen(
        words,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        crew = {number: _born(nursery, number) for number in range(plan["workers"])}
        return _hunt(nursery, crew, Path(plan["folder"]), random.Random(plan["seed"]))
    finally:
        os.killpg(nursery.pid, signal.SIGKILL)
        nursery.wait()


def _born(nursery: subprocess.Popen[str], number: int) -> int:
    assert nursery.stdin is not None and nursery.stdout is not None
    nursery.stdin.write(f"{number}\n")
    nursery.stdin.flush()
    line = nursery.stdout.readline()
    if not line:
        raise RuntimeError("the nursery of workers has died")
    return int(line)


def _hunt(nursery: subprocess.Popen[str], crew: dict[int, int], folder: Path, chance: random.Random) -> int:
    kills, next_kill = 0, KILL_EVERY * chance.random()
    while crew:
        time.sleep(chance.uniform(0.002, 0.03))
        for number in [number for number in crew if _is_done(folder, number)]:
            del crew[number]
        for number, pid in crew.items():  # one that fell over by itself would stop the storm
            if not Path(f"/proc/{pid}").exists() and not _is_done(folder, number):
                raise RuntimeError(f"worker {number} fell over: see what it wrote")
        if crew and _count(folder) >= next_kill:
            number = chance.choice(sorted(crew))
            os.kill(crew[number], signal.SIGKILL)
            kills += 1
            next_kill = _count(folder) + KILL_EVERY * chance.uniform(0.2, 1.8)
            crew[number] = _born(nursery, number)
    return kills


_LINE_BYTES = 110
"""About so long is a line: good enough to place the kills."""


def _count(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.glob("worker-*.jsonl")) / _LINE_BYTES


def _is_done(folder: Path, number: int) -> bool:
    path = folder / f"worker-{number}.jsonl"
    if not path.exists() or not path.stat().st_size:
        return False
    with path.open("rb") as file:
        file.seek(-min(20, path.stat().st_size), os.SEEK_END)
        return file.read().endswith(b'{"done": true}\n')


def _lines(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield what the workers wrote, a line an event."""
    for path in sorted(folder.glob("worker-*.jsonl")):
        for text in path.read_text().splitlines():
            line = json.loads(text)
            if "i" in line:
                yield line


def _told(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Count what the workers told: events by kind, outcomes, refusals by rule."""
    kinds = collections.Counter(line["k"] for line in lines)
    outcomes = collections.Counter(f"{line['k']}.{line['o']}" for line in lines)
    took: collections.Counter[str] = collections.Counter()
    for line in lines:
        took[line["k"]] += line["ms"]
    rules = collections.Counter(rule for line in lines for rule in line.get("r", ()))
    return {
        "by_kind": dict(kinds.most_common()), "outcomes": dict(outcomes.most_common()), "refused_by": dict(rules),
        "seconds_by_kind": {kind: round(milliseconds / 1000, 1) for kind, milliseconds in took.most_common()},
    }  # fmt: skip


_SENT_SQL = """
SELECT (SELECT count(*) FROM law_permituse), (SELECT count(*) FROM storm_carried)
     + (SELECT count(*) FROM outreach_dispatch WHERE provider = 'inapp' AND status = 'delivered')
"""
_REFUSED_SQL = """
SELECT reason ->> 'rule_id', count(*) FROM outreach_message, jsonb_array_elements(verdict -> 'reasons') reason
 WHERE verdict IS NOT NULL GROUP BY 1
"""


def _checked(url: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Ask the naive checker, and the permits' own proof."""
    import psycopg

    from benchmarks import storm_checker
    from fairdue.contexts.law import facade as law

    handed = [line[name] for line in lines for name in ("shown", "told") if line.get(name)]
    with psycopg.connect(url) as connection:
        spoke = {line["permit"]: line["staff"] for line in lines if line.get("permit") and line.get("staff")}
        found = storm_checker.check(connection, handed=handed, spoke=spoke)
        sends, messages = connection.execute(_SENT_SQL).fetchone() or (0, 0)
        refused: dict[str, int] = dict(connection.execute(_REFUSED_SQL).fetchall())
    found["faults"] += [line["fault"] for line in lines if "fault" in line][:20]
    return found | {
        "sends": sends, "messages_sent": messages, "messages_refused_by": refused,
        "chains_intact": law.verify_permits().is_intact,
    }  # fmt: skip
