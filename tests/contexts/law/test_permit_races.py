"""Workers that ask for the last permitted contact at the same moment, on real PostgreSQL."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from law_people import NOW, make_person

from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Contact, Permit
from fairdue.kernel.actor import Actor, system
from tests.agency_standing import make_fit

WORKERS = 8


def race(work) -> list:
    """Run the same work in threads that start together; return what each gave back."""
    barrier, answers = threading.Barrier(WORKERS), []

    def run(number: int) -> None:
        try:
            barrier.wait()
            answers.append(work(number))
        except Exception as error:  # noqa: BLE001 - the test looks at it
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def reserve(person, number=0, channel="sms", now=NOW):
    make_fit(f"agency-{number}", persons=[person.id])
    actor = Actor(kind="agency", label=f"agency-{number}", permissions=frozenset({"contacts.make"}))
    point = person.email if channel == "email" else person.mobile
    with transaction.atomic():
        return law.reserve(
            person_id=person.id, channel=channel, contact_point_id=point, purpose="collect", content_sha256="",
            now=now, actor=actor,
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_exactly_one_gets_the_last_permitted_message():
    person = make_person()
    law.record_contact(
        person_id=person.id, channel="sms", result="sent", made_by="lender", actor=system("test"), now=NOW,
        occurred_at=NOW - timedelta(hours=2), contact_point_id=person.mobile,
    )  # fmt: skip
    answers = race(lambda number: reserve(person, number, "sms" if number % 2 else "email"))
    assert sorted(answer.verdict.outcome for answer in answers) == ["allow"] + ["defer"] * (WORKERS - 1)
    assert (Permit.objects.count(), Contact.objects.count()) == (1, 2)
    assert law.verify_permits().is_intact


@pytest.mark.django_db(transaction=True)
def test_lender_and_agencies_share_the_last_conversation_of_the_day():
    person = make_person()
    for hours in (1, 2):
        law.record_contact(
            person_id=person.id, channel="call", result="conversation", made_by="agency-z", actor=system("test"),
            now=NOW, occurred_at=NOW - timedelta(minutes=hours), contact_point_id=person.mobile,
        )  # fmt: skip
    answers = race(lambda number: reserve(person, number, "call"))
    assert [answer.is_allowed for answer in answers].count(True) == 1
    refused = [answer for answer in answers if not answer.is_allowed]
    assert {answer.verdict.rule_ids for answer in refused} == {("CN-FREQ-02",)}


@pytest.mark.django_db(transaction=True)
def test_permits_of_many_persons_at_once_keep_their_chains_whole():
    people = [make_person(f"p{number}") for number in range(WORKERS)]
    answers = race(lambda number: reserve(people[number], number))
    assert [answer.is_allowed for answer in answers] == [True] * WORKERS
    report = law.verify_permits()
    assert (report.permits, report.is_intact) == (WORKERS, True)


@pytest.mark.django_db(transaction=True)
def test_a_hold_binds_those_who_ask_at_the_same_moment():
    person = make_person()

    def work(number):
        if number == 0:
            return law.place_hold(
                person_id=person.id, kind="cease", reason="asked", actor=system("t"), now=NOW
            )
        return reserve(person, number)

    race(work)
    assert reserve(person, now=NOW + timedelta(hours=3)).verdict.outcome == "refuse"
    assert Permit.objects.count() <= 1


@pytest.mark.django_db(transaction=True)
def test_a_permit_is_consumed_once():
    person = make_person()
    permit_id = reserve(person).permit_id
    again = {"person_id": person.id, "institution_group": "bank-1", "made_by": "lender", "channel": "sms"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.create(**again, occurred_at=NOW, recorded_at=NOW, permit_id=permit_id)
    assert Contact.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_is_rolled_back_leaves_neither_permit_nor_contact():
    person = make_person()
    with pytest.raises(RuntimeError), transaction.atomic():
        reserve(person)
        raise RuntimeError("the worker died before it wrote what it sends")
    assert (Permit.objects.count(), Contact.objects.count()) == (0, 0)
    assert reserve(person).is_allowed
    assert law.verify_permits().is_intact


@pytest.mark.django_db(transaction=True)
def test_a_reservation_outside_a_transaction_is_an_error():
    person = make_person()
    with pytest.raises(law.NotInTransaction):
        law.reserve(
            person_id=person.id, channel="sms", contact_point_id=person.mobile, purpose="collect", content_sha256="",
            now=NOW, actor=system("test"),
        )  # fmt: skip
    assert Permit.objects.count() == 0
