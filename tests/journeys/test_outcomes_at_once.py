"""An outcome by the desk and one by the debtor's own call wait for each other in one order, never in a circle."""

from __future__ import annotations

import threading

import pytest
from django.db import connections, transaction

from fairdue.contexts.cases.models import Case, Outcome
from fairdue.contexts.law import facade as law
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.record_contact import record_contact
from fairdue.journeys.start_call import start_call
from tests.case_world import NOW, World

pytestmark = pytest.mark.django_db(transaction=True)


def test_outcomes_of_one_case_at_the_same_moment_are_all_recorded():
    world = World.build()
    actor, person = world.staff("collector"), world.person()
    world.account(person)
    case_id, point = world.case(person), parties.contact_points(person.pk)[0].contact_point_id
    called = start_call(case_id=case_id, contact_point_id=point, actor=actor, now=NOW)
    barrier, faults = threading.Barrier(2), []

    def record(**values):
        try:
            barrier.wait()
            record_contact(case_id=case_id, actor=actor, now=NOW, **values)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            faults.append(error)
        finally:
            connections.close_all()

    def both(contact_id):
        own = {"code": "disputes", "contact_id": contact_id, "note": "x"}
        theirs = {"code": "complains", "channel": "inbound", "contact_point_id": point, "note": "y"}
        threads = [threading.Thread(target=record, kwargs=each) for each in (own, theirs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    both(called.contact_id)
    assert faults == []
    assert Outcome.objects.count() == 2
    assert sorted(hold.kind for hold in law.open_holds(person.pk)) == ["complaint", "dispute"]


def test_an_outcome_waits_for_the_persons_lock_before_it_takes_the_cases():
    world = World.build()
    actor, person = world.staff("collector"), world.person()
    world.account(person)
    case_id, point = world.case(person), parties.contact_points(person.pk)[0].contact_point_id
    called = start_call(case_id=case_id, contact_point_id=point, actor=actor, now=NOW)

    def record():
        try:
            record_contact(
                case_id=case_id, code="disputes", actor=actor, now=NOW, contact_id=called.contact_id, note="x"
            )
        finally:
            connections.close_all()

    thread = threading.Thread(target=record)
    with transaction.atomic():
        law.lock_budget(person.pk)
        thread.start()
        thread.join(timeout=1.0)
        assert thread.is_alive()
        assert Case.objects.select_for_update(skip_locked=True).filter(pk=case_id).exists()
    thread.join()
    assert [hold.kind for hold in law.open_holds(person.pk)] == ["dispute"]
