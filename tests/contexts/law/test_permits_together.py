"""Several persons judged in one transaction: as each alone, all or none, never in each other's way."""

from __future__ import annotations

import random
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from law_people import NOW, make_person

from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Contact, Permit, PermitChain
from fairdue.kernel.actor import system

WORKERS, PERSONS = 6, 5


def asked(person, channel="sms", point="mobile"):
    return law.Asked(
        person_id=person.id, channel=channel, contact_point_id=getattr(person, point), purpose="collect",
        content_sha256="a" * 64,
    )  # fmt: skip


def reserve_many(*every, now=NOW):
    with transaction.atomic():
        return law.reserve_many(every, now=now, actor=system("test"))


@pytest.fixture
def people(transactional_db):
    return [make_person(f"p{number}") for number in range(PERSONS)]


@pytest.fixture
def one_chain(monkeypatch):
    """Let all permits stand in one chain, as of persons whose ids are 64 apart."""
    for module in ("chain", "locking", "operations.issue", "operations.reserve"):
        monkeypatch.setattr(f"fairdue.contexts.law.{module}.chain_of", lambda person_id: 7)


def test_each_gets_the_answer_that_it_would_get_alone_in_the_order_of_asking(people):
    law.place_hold(person_id=people[1].id, kind="cease", reason="asked", actor=system("t"), now=NOW)
    law.record_contact(
        person_id=people[2].id, channel="sms", result="sent", made_by="lender", actor=system("test"), now=NOW,
        occurred_at=NOW - timedelta(hours=1), contact_point_id=people[2].mobile,
    )  # fmt: skip
    found = reserve_many(*map(asked, reversed(people)))
    assert [each.verdict.outcome for each in found] == ["allow", "allow", "defer", "refuse", "allow"]
    alone = [
        law.preview(
            person_id=people[place].id, channel="sms", contact_point_id=people[place].mobile, purpose="collect",
            now=NOW, actor=system("test"),
        )
        for place in (1, 2)
    ]  # fmt: skip
    assert [found[3].verdict, found[2].verdict] == alone
    permits = {permit.pk: permit.person_id for permit in Permit.objects.all()}
    assert {each.permit_id for each in found if each.is_allowed} == permits.keys()
    assert [permits[found[place].permit_id] for place in (0, 1, 4)] == [
        people[place].id for place in (4, 3, 0)
    ]
    assert all(
        Contact.objects.get(pk=each.contact_id).permit_id == each.permit_id
        for each in found
        if each.is_allowed
    )
    assert law.verify_permits().is_intact


@pytest.mark.usefixtures("one_chain")
def test_permits_of_one_transaction_follow_each_other_in_their_chain(people):
    reserve_many(*map(asked, people[:2]))
    reserve_many(*map(asked, people[2:]))
    assert list(Permit.objects.order_by("position").values_list("chain", "position")) == [
        (7, place + 1) for place in range(PERSONS)
    ]
    assert PermitChain.objects.get().position == PERSONS


def test_one_person_is_asked_for_once_a_transaction(people):
    with pytest.raises(law.PersonTwice):
        reserve_many(asked(people[0]), asked(people[1]), asked(people[0], "email", "email"))
    assert (Permit.objects.count(), Contact.objects.count()) == (0, 0)


def test_all_stand_or_fall_together(people):
    stranger = law.Asked(
        person_id=people[1].id, channel="sms", contact_point_id=people[0].mobile, purpose="collect", content_sha256=""
    )  # fmt: skip
    with pytest.raises(law.ContactPointUnknown):
        reserve_many(asked(people[0]), stranger)
    assert (Permit.objects.count(), Contact.objects.count()) == (0, 0)
    assert reserve_many() == ()


def test_workers_that_ask_for_the_same_persons_in_other_orders_wait_for_each_other_and_each_person_gets_one(
    people,
):
    reserve_many(*(asked(person, "call") for person in people))  # the chains have begun
    barrier, found = threading.Barrier(WORKERS), []

    def work(number):
        mixed = random.Random(number).sample(people, len(people))
        try:
            barrier.wait()
            for size in (PERSONS, 2, 1):
                found.extend(reserve_many(*map(asked, mixed[:size])))
        except Exception as error:  # noqa: BLE001 - the test looks at it
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not [error for error in found if isinstance(error, Exception)]
    assert [each.is_allowed for each in found].count(True) == PERSONS
    assert sorted(Permit.objects.filter(channel="sms").values_list("person_id", flat=True)) == [
        person.id for person in people
    ]
    assert law.verify_permits().is_intact
