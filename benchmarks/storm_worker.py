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
from zoneinfo import ZoneInfo

from benchmarks.storm_days import days_of
from benchmarks.storm_events import EVENTS

DAY = timedelta(days=1)


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
        self.barred: dict[str, list[tuple[dict[str, Any], Any]]] = {"held": [], "stopped": [], "broken": []}
        """Borrowers, and numbers, with whom a hold, a word of theirs or a wrong number stood against a contact."""
        self.delisted: set[str] = set()

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

    def person(self, chance: random.Random, now: datetime | None = None) -> dict[str, Any]:
        """Pick a borrower: half of all events fall on a sixth of them; mostly one where it is day, if a moment is named."""
        hot = max(len(self.people) // 6, 1)
        for _ in range(4):
            person = self.people[chance.randrange(hot if chance.random() < 0.5 else len(self.people))]
            if (
                now is None
                or chance.random() < 0.15
                or 8 <= now.astimezone(ZoneInfo(person["zone"])).hour < 22
            ):
                break
        return person

    def note(self, person: dict[str, Any], point: Any, rules: list[str]) -> None:
        """Remember what stood against a contact, so that it may end some events later."""
        for name, told in BARS.items():
            if told.intersection(rules) and len(self.barred[name]) < 200:
                self.barred[name].append((person, point))

    def freed(self, name: str, chance: random.Random) -> tuple[dict[str, Any], Any] | None:
        """Return somebody against whom such a thing stood, mostly."""
        known = self.barred[name]
        return known.pop(chance.randrange(len(known))) if known and chance.random() < 0.8 else None


BARS = {
    "held": {"HOUSE-HOLD-01", "HOUSE-HOLD-02", "CN-PLAN-04", "CN-LET-02"}, "stopped": {"CN-CHAN-02"},
    "broken": {"HOUSE-POINT-01"},
}  # fmt: skip
"""Rules that tell of what somebody can lift."""


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
