"""A permit is for one send: this text, to this recipient, on this channel, within its time, once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from law_people import NOW, make_person

from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import PermitUse
from fairdue.kernel.actor import system

DIGEST = "a" * 64


@pytest.fixture
def permitted(person):
    return person, reserve(person)


def reserve(person, now=NOW, **more):
    asked = {
        "channel": "sms",
        "contact_point_id": person.mobile,
        "purpose": "collect",
        "content_sha256": DIGEST,
    } | more
    with transaction.atomic():
        return law.reserve(person_id=person.id, now=now, actor=system("test"), **asked).permit_id


def use(person, permit_id, **changes):
    said = {
        "channel": "sms",
        "contact_point_id": person.mobile,
        "content_sha256": DIGEST,
        "now": NOW + timedelta(minutes=1),
    }
    law.use_permit(permit_id=permit_id, **said | changes)


def test_a_permit_is_used_once_and_says_when(permitted):
    use(*permitted)
    assert law.permit(permitted[1]).used_at == NOW + timedelta(minutes=1)
    with pytest.raises(law.PermitUsed):
        use(*permitted)
    assert PermitUse.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"content_sha256": "b" * 64}, law.PermitForAnotherText),
        ({"contact_point_id": None}, law.PermitForAnotherRecipient),
        ({"channel": "email"}, law.PermitForAnotherChannel),
        ({"now": NOW + timedelta(minutes=15)}, law.PermitNotNow),
        ({"now": NOW - timedelta(seconds=1)}, law.PermitNotNow),
    ],
)
def test_a_send_that_differs_is_refused_and_leaves_the_permit_unused(permitted, change, refusal):
    with pytest.raises(refusal):
        use(*permitted, **change)
    assert PermitUse.objects.count() == 0
    use(*permitted)
    assert law.verify_permits().is_intact


def test_an_unknown_permit_cannot_be_used(permitted):
    with pytest.raises(law.PermitUnusable):
        use(permitted[0], permitted[1] + 1)


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [
        ("channel", "call", "channel"),
        ("contact_point_id", 1, "recipient"),
        ("content_sha256", "b" * 64, "text"),
        ("used_at", NOW + timedelta(hours=1), "time"),
    ],
)
def test_the_database_itself_refuses_a_use_that_differs(permitted, column, value, word):
    person, permit_id = permitted
    row = {"channel": "sms", "contact_point_id": person.mobile, "content_sha256": DIGEST, "used_at": NOW} | {
        column: value
    }
    with pytest.raises(DatabaseError, match=f"another {word}"), transaction.atomic():
        PermitUse.objects.create(permit_id=permit_id, **row)
    assert PermitUse.objects.count() == 0


def test_a_use_is_never_changed_or_taken_back(permitted):
    use(*permitted)
    for sql in ("delete from law_permituse", "update law_permituse set channel = 'call'"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert PermitUse.objects.count() == 1


def test_a_use_that_somebody_forced_into_the_table_is_found(permitted):
    use(*permitted)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table law_permituse disable trigger law_permituse_append_only")
        cursor.execute("update law_permituse set content_sha256 = %s", ["b" * 64])
    assert [fault.kind for fault in law.verify_permits().faults] == ["misused"]


def test_a_permit_ends_with_the_hours_in_which_it_was_judged(person):
    late = NOW.replace(hour=13, minute=55)
    permit = law.permit(reserve(person, late))
    assert (permit.issued_at, permit.expires_at) == (late, late + timedelta(minutes=5))


@pytest.mark.parametrize(
    ("channel", "point"),
    [("email", "mobile"), ("sms", "email"), ("letter", "mobile"), ("inapp", "mobile"), ("sms", None)],
)
def test_a_channel_that_cannot_reach_the_contact_point_is_refused(person, channel, point):
    with pytest.raises(law.ContactPointUnfit):
        reserve(person, channel=channel, contact_point_id=getattr(person, point) if point else None)
    assert law.contacts(person.id) == ()


@pytest.mark.django_db(transaction=True)
def test_of_many_sends_under_one_permit_exactly_one_gets_through():
    person = make_person()
    permit_id, answers, barrier = reserve(person), [], threading.Barrier(8)

    def send():
        try:
            barrier.wait()
            use(person, permit_id)
            answers.append("sent")
        except law.PermitUsed:
            answers.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["refused"] * 7 + ["sent"]
