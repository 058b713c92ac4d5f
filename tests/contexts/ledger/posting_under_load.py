"""Several processes post on a few accounts until they are killed, one after the other, at random moments.

Run as a script: the ids of the accounts, then the number of kills. Prints one line per acknowledged reference.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import BinaryIO

import django

PROCESSES = 3
NOW = datetime(2026, 6, 15, 4, tzinfo=UTC)


def post_for_ever(accounts: list[int], out: int) -> None:
    """Record events of all kinds; tell each reference after its transaction is over."""
    from fairdue.contexts.ledger import facade as ledger
    from fairdue.kernel.actor import system

    chance = random.Random(os.getpid())
    for number in range(1_000_000):
        reference = f"{os.getpid()}-{number}"
        try:
            one_event(ledger, chance, chance.choice(accounts), reference, system("load"))
        except ledger.LedgerError:
            continue
        os.write(out, f"{reference}\n".encode())


def one_event(ledger, chance, account, reference, actor) -> None:
    from fairdue.kernel.money import Money

    day = date(2026, 2, 1) + timedelta(days=chance.randrange(130))
    kind = chance.choice(["payment", "payment", "payment", "charge", "waiver", "pause", "credit"])
    details = {
        "charge": {"component": "fee", "due_date": day.isoformat()},
        "waiver": {"component": "fee"},
        "credit": {"component": "interest"},
        "pause": {"from": day.isoformat(), "to": (day + timedelta(days=2)).isoformat()},
    }.get(kind, {})
    amount = None if kind in ("pause", "waiver") else Money(chance.randrange(1, 3_000), "CNY")
    ledger.record_event(
        account_id=account, kind=kind, amount=amount, effective_date=day, details=details, external_ref=reference,
        actor=actor, now=NOW, approval_ref="request:1",
    )  # fmt: skip


@dataclass
class Child:
    """A process that posts, and the end of the pipe on which it tells what it recorded."""

    pid: int
    words: BinaryIO


def start(accounts: list[int]) -> Child:
    """Start a process that posts until it is killed."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Child(pid, os.fdopen(reading, "rb"))
    try:
        post_for_ever(accounts, writing)
    finally:
        os._exit(1)


def kill(child: Child, after: float) -> None:
    """Kill a process some time after its first word; pass on what it told."""
    first = child.words.readline()
    time.sleep(after)
    os.kill(child.pid, signal.SIGKILL)
    os.waitpid(child.pid, 0)
    sys.stdout.write((first + child.words.read()).decode())


def main() -> None:
    """Keep the processes posting and kill one after the other."""
    django.setup()
    # everything is imported before the fork; the columns' threads and the connection are not yet begun
    from fairdue.contexts.ledger import facade  # noqa: F401
    from fairdue.contexts.ledger.queries.terms import components, policies

    policies(), components()

    *accounts, kills = [int(one) for one in sys.argv[1:]]
    chance = random.Random(7)
    children = [start(accounts) for _ in range(PROCESSES)]
    for _ in range(kills):
        kill(children.pop(0), chance.uniform(0, 0.06))
        children.append(start(accounts))
    for child in children:
        kill(child, 0)


if __name__ == "__main__":
    main()
