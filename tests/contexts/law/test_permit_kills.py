"""Workers of the lender and its agencies, as processes that die at any moment: caps hold, chains stay whole."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection, transaction
from law_people import NOW, make_person

from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Contact, Permit
from fairdue.kernel.actor import system
from tests.agency_standing import make_fit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
HERE = Path(__file__).parent
ROUNDS, WORKERS = 3, 4


def start(number, *people):
    """Start a worker process that asks for these persons together, on the test's own database; it waits for a line."""
    options = connection.settings_dict
    host = f"?host={options['HOST']}" + (f"&port={options['PORT']}" if options["PORT"] else "")
    url = f"postgresql://{options['USER']}:{options['PASSWORD']}@/{options['NAME']}{host}"
    known = {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "fairdue.settings",
        "PYTHONPATH": f"{HERE}:{Path.cwd()}",
    }
    make_fit(f"agency-{number}", persons=[person.id for person in people])
    channel, medium = [("sms", "mobile"), ("email", "email")][number % 2]
    asked = [f"{person.id}:{getattr(person, medium)}" for person in people]
    return subprocess.Popen(
        [sys.executable, str(HERE / "kill_worker.py"), str(number), channel, *asked],
        env=os.environ | known,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_caps_hold_and_chains_stay_whole_though_workers_are_killed():
    chance = random.Random(7)
    for round_number in range(ROUNDS):
        one, other = make_person(f"p{round_number}"), make_person(f"q{round_number}")
        # alone and together, in either order: who waits for whom must never run in a circle
        asking = [(one,), (one, other), (other, one), (other,)]
        workers = [start(number, *people) for number, people in enumerate(asking)]
        for worker in workers:
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        for worker in chance.sample(workers, WORKERS):
            time.sleep(chance.random() * 0.15)
            worker.kill()
        told = [
            int(line) for worker in workers for line in worker.communicate()[0].splitlines() if line.strip()
        ]
        permits = dict(Permit.objects.filter(person_id__in=(one.id, other.id)).values_list("id", "person_id"))
        # what was told was committed; who died before telling may have committed
        assert set(told) <= permits.keys()
        for person in (one, other):
            mine = [number for number, person_id in permits.items() if person_id == person.id]
            assert len(mine) <= 2  # two messages a day, by whatever channel and whoever asks
            assert Contact.objects.filter(person_id=person.id, permit_id__in=mine).count() == len(mine)
            with transaction.atomic():  # nothing stays locked, and the cap goes on counting from where it was
                left = law.reserve(
                    person_id=person.id, channel="call", contact_point_id=person.mobile, purpose="collect",
                    content_sha256="", now=NOW, actor=system("test"),
                )  # fmt: skip
            assert left.is_allowed
    assert law.verify_permits().is_intact


def test_lender_agencies_and_channels_together_never_pass_a_cap():
    person = make_person()
    workers = [start(number, person) for number in range(WORKERS)]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    deadline = time.monotonic() + 20
    while Permit.objects.count() < 1 and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(2)
    for worker in workers:
        worker.kill()
        worker.communicate()
    # a second message may not follow within two hours, and every worker's clock stands within those
    assert Permit.objects.filter(person_id=person.id).count() == 1
    assert {contact.made_by[:7] for contact in Contact.objects.all()} == {"agency-"}
