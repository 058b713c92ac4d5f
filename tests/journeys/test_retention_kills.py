"""Erasing processes that are killed at any moment: nothing is half done, the next one goes on, the proof holds."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.audit.models import DeletionBatch, DeletionRun
from fairdue.contexts.outreach.models import Message
from fairdue.journeys import retention
from fairdue.kernel.actor import system
from fairdue.storage.bulk import database_url
from tests.retention_world import NOW, TODAY, person, traces

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS, MESSAGES = 2, 150
WORKER = """
import sys, django
django.setup()
from datetime import UTC, datetime, date
from fairdue.journeys import retention
from fairdue.kernel.actor import system
sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
retention.run(as_of=date.fromisoformat(sys.argv[1]), actor=system("worker"), now=datetime.fromisoformat(sys.argv[2]), batch=5)
"""


def worker():
    known = {
        "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "fairdue.settings", "PYTHONPATH": str(Path.cwd()),
    }  # fmt: skip
    words = [sys.executable, "-c", WORKER, TODAY.isoformat(), NOW.isoformat()]
    return subprocess.Popen(
        words, env=os.environ | known, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_a_killed_run_leaves_nothing_half_done_and_the_next_one_goes_on():
    chance = random.Random(11)
    who = person(TODAY - timedelta(days=4500))
    model = traces(who).message
    model.pk = None
    Message.objects.bulk_create(
        [
            Message(
                **{
                    **{
                        f.attname: getattr(model, f.attname)
                        for f in Message._meta.fields
                        if f.attname != "id"
                    },
                    "dedupe_key": f"k{n}",
                }
            )
            for n in range(MESSAGES)
        ]
    )
    kills = []
    for _round in range(ROUNDS):
        running = worker()
        assert running.stdout.readline() == "ready\n"
        before = DeletionBatch.objects.count()
        running.stdin.write("go\n")
        running.stdin.flush()
        while DeletionBatch.objects.count() < before + 3:
            time.sleep(0.005)
        time.sleep(chance.random() * 0.1)
        running.kill()
        running.communicate()
        wait_until_gone()
        kills.append(DeletionBatch.objects.count() - before)
        erased = sum(batch.record_count for batch in audit.deletion_batches(class_code="message_text"))
        assert Message.objects.filter(content_sealed=None).count() == erased
    assert min(kills) >= 3 and DeletionRun.objects.filter(finished_at=None).count() == 1
    report = retention.run(as_of=TODAY, actor=system("test"), now=NOW)
    assert report.is_resumed and report.erased["message_text"] == MESSAGES + 1
    assert DeletionRun.objects.count() == 1
    assert retention.verify(as_of=TODAY, actor=system("test")).findings == ()


def wait_until_gone():
    """Wait until the server has noticed that the killed process is gone, and rolled it back."""
    for _attempt in range(500):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
                " WHERE locktype = 'advisory' AND granted AND datname = current_database()"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.01)
    raise AssertionError("the killed process still holds its lock")


def test_two_processes_do_not_erase_at_once():
    import psycopg

    from fairdue.journeys.retention.run import RUN_LOCK

    with psycopg.connect(database_url()) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [RUN_LOCK])
        with pytest.raises(retention.RetentionUnderWay):
            retention.run(as_of=TODAY, actor=system("test"), now=NOW)
    assert not DeletionRun.objects.exists()


def test_a_hold_placed_while_a_batch_waits_for_the_person_is_seen(monkeypatch):
    """Between the plan and the batch a hold is placed: the batch judges again under lock, and leaves the person alone."""
    from fairdue.contexts.law import facade as law
    from fairdue.contexts.parties import facade as parties

    who = person(TODAY - timedelta(days=4500))
    message = traces(who).message
    locked = parties.lock_persons

    def hold_first(person_ids):
        law.place_hold(person_id=who.id, kind="internal", reason="suit", actor=system("test"), now=NOW)
        locked(person_ids)

    monkeypatch.setattr(parties, "lock_persons", hold_first)
    assert retention.run(as_of=TODAY, actor=system("test"), now=NOW).erased == {}
    message.refresh_from_db()
    assert message.content_sealed is not None
