"""One worker of a storm: does its share of the random events through the product's own doors, until it is killed.

Run as `python -m benchmarks.storm_worker PLAN.json`: a nursery that reads a worker's number a line, forks that worker
and writes its process id. A worker goes on behind the latest event in its file: the event during which it was killed
is done again, under the same keys.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.storm_events import EVENTS

SPRING = ((date(2026, 3, 7), 3), (date(2026, 3, 28), 3), (date(2026, 4, 2), 5))
AUTUMN = ((date(2026, 10, 2), 4), (date(2026, 10, 23), 4), (date(2026, 10, 30), 4))
"""First day and days: clocks change in America on 8 March and 1 November, in Europe on 29 March and 25 October, in
Australia on 5 April and 4 October; Easter closes Australia's telephones; New York counts since 1 September."""
DAY = timedelta(days=1)


def days_of(seed: int) -> list[date]:
    """Return the days of a storm: around the changes of clocks, those of spring and of autumn by turns."""
    episodes = SPRING if seed % 2 else AUTUMN
    return [first + number * DAY for first, count in episodes for number in range(count)]


def moment_of(index: int, events: int, days: list[date], chance: random.Random) -> datetime:
    """Return when an event happens: days pass evenly, most of it by day; now and then the clock steps back or ahead."""
    at = index / events * len(days)
    day, rest = days[int(at)], at % 1
    minute = rest * 1440 if chance.random() < 0.2 else 450 + rest * 900
    moment = (
        datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8) + timedelta(minutes=minute)
    )
    stumble = chance.random()
    if stumble < 0.03:
        return moment - timedelta(minutes=chance.randint(1, 200))
    if stumble < 0.04:
        return moment + timedelta(minutes=chance.randint(1, 40))
    if stumble < 0.05:  # on the very edge of a window or a day
        hour = chance.choice((0, 8, 20, 22))
        edge = moment.replace(minute=0, second=0, microsecond=0) + timedelta(
            hours=(hour - 8 - moment.hour) % 24
        )
        return min(edge, moment + DAY / 8) - timedelta(seconds=chance.randint(-1, 2))
    return moment + timedelta(seconds=chance.uniform(0, 30))


class Worker:
    """One worker with its own file of what it did."""

    def __init__(self, plan: dict[str, Any], number: int) -> None:
        self.plan, self.number = plan, number
        self.people: list[dict[str, Any]] = plan["persons"]
        self.days = days_of(plan["seed"])
        self.path = Path(plan["folder"]) / f"worker-{number}.jsonl"
        self.asked: list[dict[str, Any]] = []
        """Permits of agencies that wait for their report."""
        self.calls: list[dict[str, Any]] = []
        """Calls of our own that wait for their outcome."""

    def run(self) -> None:
        """Do what is left of this worker's events."""
        from fairdue.contexts.identity import facade as identity

        actors = {name: identity.actor_by_username(name) for name in ("north", "south", "both", "boss")}
        self.staff = {name: actor for name, actor in actors.items() if actor is not None}
        out = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        for index in self._left():
            chance = random.Random(f"{self.plan['seed']}:{index}")
            now = moment_of(index, self.plan["events"], self.days, chance)
            offset = (now - datetime.now(UTC)).total_seconds()
            os.environ["FAIRDUE_CLOCK_OFFSET_SECONDS"] = str(offset)
            kind, act = self._pick(chance)
            started = time.perf_counter()
            line = {"i": index, "k": kind, "at": now.isoformat()} | act(self, index, now, chance)
            line["ms"] = round((time.perf_counter() - started) * 1000, 1)
            os.write(out, (json.dumps(line) + "\n").encode())
        os.write(out, b'{"done": true}\n')

    def _left(self) -> Iterator[int]:
        done = -1
        if self.path.exists():
            lines = [json.loads(line) for line in self.path.read_text().splitlines() if line.endswith("}")]
            done = max((line["i"] for line in lines if "i" in line), default=-1)
        workers = self.plan["workers"]
        first = self.number if done < 0 else done + workers
        return iter(range(first, self.plan["events"], workers))

    def _pick(self, chance: random.Random) -> tuple[str, Callable[..., dict[str, Any]]]:
        ready = {"report": bool(self.asked), "outcome": bool(self.calls)}
        while True:
            kind = chance.choices(list(EVENTS), [weight for weight, _ in EVENTS.values()])[0]
            if ready.get(kind, True):
                return kind, EVENTS[kind][1]

    def person(self, chance: random.Random) -> dict[str, Any]:
        """Pick a borrower: half of all events fall on a sixth of them."""
        hot = max(len(self.people) // 6, 1)
        return self.people[chance.randrange(hot if chance.random() < 0.5 else len(self.people))]


def main(path: str) -> None:
    """Fork the worker of each number that is read; who dies is buried by the system."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    from fairdue.contexts.law import facade as law
    from fairdue.kernel import clock

    plan = json.loads(Path(path).read_text())
    settings.AGENCY_CALLS_PER_MINUTE = 1_000_000
    law.pack_versions()
    clock.now()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        connections.close_all()
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            sys.stdin.close()
            Worker(plan, int(line)).run()
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
