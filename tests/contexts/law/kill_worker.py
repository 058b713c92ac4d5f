"""A worker that asks for permits for some persons together as fast as it can, until it is killed.

Run as `python kill_worker.py NUMBER CHANNEL PERSON:POINT …`; prints a line for each permit that it has committed.
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


def main(number: int, channel: str, *persons: str) -> None:
    actor = Actor(kind="agency", label=f"agency-{number}", permissions=frozenset({"contacts.make"}))
    asked = [
        law.Asked(
            person_id=int(person_id), channel=channel, contact_point_id=int(point), purpose="collect", content_sha256=""
        )
        for person_id, point in (person.split(":") for person in persons)
    ]  # fmt: skip
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for attempt in range(10_000):
        with transaction.atomic():
            found = law.reserve_many(asked, now=NOW + timedelta(seconds=attempt), actor=actor)
        for reservation in found:
            if reservation.permit_id:
                sys.stdout.write(f"{reservation.permit_id}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
