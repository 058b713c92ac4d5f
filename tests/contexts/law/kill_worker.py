"""A worker that asks for permits for one person as fast as it can, until it is killed or the gate says no for good.

Run as `python kill_worker.py PERSON CHANNEL POINT NUMBER`; prints a line for each permit that it has committed.
"""

from __future__ import annotations

import sys
from datetime import timedelta

import django

django.setup()

from django.db import transaction
from law_people import NOW

from fairdue.contexts.law import facade as law
from fairdue.kernel.actor import Actor


def main(person_id: int, channel: str, point: int, number: int) -> None:
    actor = Actor(kind="agency", label=f"agency-{number}", permissions=frozenset({"contacts.make"}))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for attempt in range(10_000):
        with transaction.atomic():
            reservation = law.reserve(
                person_id=person_id, channel=channel, contact_point_id=point, purpose="collect", content_sha256="",
                now=NOW + timedelta(seconds=attempt), actor=actor,
            )  # fmt: skip
        if reservation.permit_id:
            sys.stdout.write(f"{reservation.permit_id}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
