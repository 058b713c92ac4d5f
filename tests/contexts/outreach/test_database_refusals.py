"""What the database itself refuses, whoever asks."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from fairdue.contexts.law.models import Permit
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.models import Dispatch
from fairdue.kernel import clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("web", "packs")]

INSERT = """
insert into outreach_dispatch (message_id, permit_id, contact_id, provider, idempotency_key, status, provider_ref,
                               error, tries, reserved_at)
values (%s, %s, 1, 'http', %s, 'reserved', '', '', 1, now())
"""


@pytest.fixture
def sent(borrow, plan):
    """A message that was sent with its permit, and two that were not: of the same person and of another."""
    borrower = borrow()
    plan(borrower)
    outreach.dispatch_due(now=clock.now())
    return Dispatch.objects.get(), plan(borrower), plan(borrow())


def refused(message_id: int, permit_id: int | None) -> str:
    before = Dispatch.objects.count()
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT, [message_id, permit_id, f"forged-{message_id}"])
    assert Dispatch.objects.count() == before
    return str(caught.value)


def test_a_dispatch_without_a_permit_is_refused(sent):
    assert 'null value in column "permit_id"' in refused(sent[1].pk, None)


def test_a_permit_that_does_not_exist_is_refused(sent):
    assert "the permit is not for this person" in refused(sent[1].pk, 999_999)


def test_a_permit_is_used_once(sent):
    dispatch, other, _ = sent
    type(other).objects.filter(pk=other.pk).update(contact_point_id=dispatch.message.contact_point_id)
    assert "duplicate key" in refused(other.pk, dispatch.permit_id)


def test_a_permit_of_another_person_is_refused(sent):
    assert "the permit is not for this person" in refused(sent[2].pk, sent[0].permit_id)


def test_a_message_is_handed_over_once(sent):
    dispatch = sent[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispatch.objects.create(
            message_id=dispatch.message_id, permit_id=dispatch.permit_id, contact_id=1, provider="http",
            idempotency_key="again", reserved_at=clock.now(),
        )  # fmt: skip
    assert (Dispatch.objects.count(), Permit.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "statement",
    ["update outreach_providerevent set kind = 'delivered'", "delete from outreach_providerevent"],
)
def test_a_providers_event_stays_as_it_came(sent, statement):
    outreach.deliver_local_reports(now=clock.now().replace(hour=12))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
