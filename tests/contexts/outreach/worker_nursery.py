"""A process that gives birth to dispatch workers on demand, so that a test can kill many of them quickly.

Reads a line per worker on stdin, forks it, writes its process id on stdout. Each worker works until
nothing is due or open, then ends by itself with status 0.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta

import django

LEASE = timedelta(seconds=1)


def work() -> None:
    """Dispatch until everything is settled."""
    from fairdue.contexts.outreach import facade as outreach
    from fairdue.contexts.outreach.models import Message
    from fairdue.kernel import clock

    while True:
        report = outreach.dispatch_due(now=clock.now(), worker=f"worker-{os.getpid()}", lease=LEASE, limit=20)
        if report.claimed == 0:
            if not outreach.unsettled_count() and not Message.objects.filter(status="planned").exists():
                return
            time.sleep(0.1)


def main() -> None:
    """Fork a worker for every line; the rules are read once, so that a worker is at work at once."""
    django.setup()
    from django.db import connections

    from fairdue.contexts.law import facade as law

    law.pack_versions()
    for _ in sys.stdin:
        connections.close_all()
        child = os.fork()
        if child == 0:
            sys.stdin.close()
            work()
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
