"""Match what waits in a process that is killed at a random moment, again and again; the last one may finish.

Run as a script: the creditor's code and the number of kills.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from datetime import UTC, datetime

import django

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def start(creditor: str) -> int:
    """Start a process that matches what waits, twenty payments in a transaction, and return its number."""
    pid = os.fork()
    if pid:
        return pid
    from fairdue.journeys import take_bank_statement
    from fairdue.kernel.actor import system

    take_bank_statement.TOGETHER = 20
    code = 1
    try:
        take_bank_statement.match_waiting(creditor_code=creditor, actor=system("load"), now=NOW)
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    """Kill each process but the last."""
    django.setup()
    from fairdue.contexts.ledger.queries.terms import components, policies
    from fairdue.journeys import take_bank_statement  # noqa: F401

    policies(), components()
    chance = random.Random(7)
    for _ in range(int(sys.argv[2])):
        pid = start(sys.argv[1])
        time.sleep(chance.uniform(0.01, 0.25))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    _, status = os.waitpid(start(sys.argv[1]), 0)
    raise SystemExit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
