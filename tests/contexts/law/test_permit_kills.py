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

HERE = Path(__file__).parent
ROUNDS, WORKERS = 3, 4


def start(person, number):
    """Start a worker process on the test's own database; it waits for a line."""
    options = connection.settings_dict
    host = f"?host={options['HOST']}" + (f"&port={options['PORT']}" if options["PORT"] else "")
    url = f"postgresql://{options['USER']}:{options['PASSWORD']}@/{options['NAME']}{host}"
    known = {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "fairdue.settings",
        "PYTHONPATH": f"{HERE}:{Path.cwd()}",
    }
    channel, point = [("sms", person.mobile), ("email", person.email)][number % 2]
    words = [sys.executable, str(HERE / "kill_worker.py"), person.id, channel, point, number]
    return subprocess.Popen(
        [str(word) for word in words],
        env=os.environ | known,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.django_db(transaction=True)
def test_caps_hold_and_chains_stay_whole_though_workers_are_killed():
    chance = random.Random(7)
    for round_number in range(ROUNDS):
        person = make_person(f"p{round_number}")
        workers = [start(person, number) for number in range(WORKERS)]
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
        permits = list(Permit.objects.filter(person_id=person.id).values_list("id", flat=True))
        assert set(told) <= set(
            permits
        )  # what was told was committed; who died before telling may have committed
        assert len(permits) <= 2  # two messages a day, by whatever channel and whoever asks
        assert Contact.objects.filter(person_id=person.id, permit__isnull=False).count() == len(permits)
        with transaction.atomic():  # nothing stays locked, and the cap goes on counting from where it was
            left = law.reserve(
                person_id=person.id, channel="call", contact_point_id=person.mobile, purpose="collect",
                content_sha256="", now=NOW, actor=system("test"),
            )  # fmt: skip
        assert left.is_allowed
    assert law.verify_permits().is_intact


@pytest.mark.django_db(transaction=True)
def test_lender_agencies_and_channels_together_never_pass_a_cap():
    person = make_person()
    workers = [start(person, number) for number in range(WORKERS)]
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
