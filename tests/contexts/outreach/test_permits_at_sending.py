"""What differs from its permit never leaves: another text, recipient, channel or time, or a permit that was used."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import PermitUse
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.composing import seal_content
from fairdue.contexts.outreach.models import Dispatch, Message
from fairdue.contexts.outreach.operations import dispatch as dispatching
from fairdue.contexts.outreach.operations.dispatch import Adapters
from fairdue.contexts.outreach.operations.hand_over import hand_over
from fairdue.contexts.outreach.operations.reconcile import LEASE
from fairdue.contexts.outreach.operations.reserve import reserve_messages
from fairdue.contexts.outreach.ticking import Ticking
from fairdue.contexts.parties import facade as parties
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from tests.contexts.outreach.conftest import accepted_keys

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("web", "packs")]


@pytest.fixture
def reserved(borrow, plan):
    """A message with its permit, before it is handed over."""
    message = plan(borrow())
    found = reserve_messages(message_ids=[message.pk], actor=system("test"), now=clock.now(), lease=LEASE)
    dispatch = found[message.pk]
    assert isinstance(dispatch, Dispatch)
    return dispatch


def send(dispatch, now=None):
    with Adapters() as adapters:
        fresh = Dispatch.objects.select_related("message").get(pk=dispatch.pk)
        return hand_over(fresh, adapters.get(fresh.provider), Ticking(now or clock.now()))


def test_a_message_leaves_under_its_permit_which_is_used_then(reserved):
    assert send(reserved) == "accepted"
    assert law.permit(reserved.permit_id).used_at is not None
    assert len(accepted_keys()) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"content_sealed": lambda _: seal_content("", "另一段文字")}, "law.permit.another_text"),
        ({"contact_point_id": lambda other: other.mobile_id}, "law.permit.another_recipient"),
        ({"channel": lambda _: "email"}, "law.permit.another_channel"),
    ],
)
def test_a_message_that_was_changed_after_its_permit_does_not_leave(reserved, borrow, change, code):
    other = borrow()
    Message.objects.filter(pk=reserved.message_id).update(
        **{name: make(other) for name, make in change.items()}
    )
    assert send(reserved) == "retried"
    assert Dispatch.objects.get(pk=reserved.pk).error == code
    assert (accepted_keys(), PermitUse.objects.count()) == ([], 0)


def test_an_inbox_message_whose_worker_died_before_using_its_permit_is_delivered_under_one_that_was_used(
    borrow, plan
):
    message = plan(borrow(), channel="inapp")
    now = message.not_before
    reserve_messages(message_ids=[message.pk], actor=system("test"), now=now, lease=LEASE)  # and it died
    report = outreach.dispatch_due(now=now + LEASE + timedelta(seconds=1))
    assert (report.reconciled, report.accepted) == (1, 1)
    dispatch = Dispatch.objects.get()
    assert (dispatch.status, dispatch.message.status) == ("delivered", "delivered")
    assert [use.permit_id for use in PermitUse.objects.all()] == [dispatch.permit_id]


def test_a_worker_that_wakes_after_the_permit_has_expired_sends_nothing_and_the_next_try_is_judged_anew(
    reserved,
):
    late = clock.now() + timedelta(minutes=16)
    assert send(reserved, late) == "retried"
    assert Dispatch.objects.get(pk=reserved.pk).error == "law.permit.not_now"
    assert accepted_keys() == []
    assert outreach.dispatch_due(now=late + timedelta(minutes=1)).accepted == 1
    assert Dispatch.objects.get(pk=reserved.pk).permit_id != reserved.permit_id
    assert len(accepted_keys()) == 1


def test_two_workers_that_hold_one_dispatch_send_it_once(reserved):
    assert send(reserved) == "accepted"
    Dispatch.objects.filter(pk=reserved.pk).update(status="reserved")
    assert send(reserved) == "unknown"
    assert Dispatch.objects.get(pk=reserved.pk).error == "law.permit.used"
    assert (len(accepted_keys()), PermitUse.objects.count()) == (1, 1)
    assert (
        outreach.dispatch_due(now=clock.now() + timedelta(minutes=2)).accepted == 1
    )  # the provider was asked
    assert (len(accepted_keys()), PermitUse.objects.count()) == (1, 1)


def test_what_is_sent_in_a_pass_was_used_each_once(borrow, plan):
    for _ in range(3):
        plan(borrow())
    assert dispatching.dispatch_due(now=clock.now()).accepted == 3
    assert PermitUse.objects.count() == 3
    assert law.verify_permits().is_intact


def hold(dispatch, moment=None):
    person_id = Message.objects.values_list("person_id", flat=True).get(pk=dispatch.message_id)
    return law.place_hold(
        person_id=person_id, kind="internal", reason="t", actor=system("test"), now=moment or clock.now()
    )


def test_a_message_whose_borrower_was_put_on_hold_after_its_permit_does_not_leave_and_is_judged_anew(
    reserved,
):
    hold_id = hold(reserved, clock.now() - timedelta(hours=1))  # by the clock of a machine that is slow
    assert send(reserved) == "retried"
    assert Dispatch.objects.get(pk=reserved.pk).error == "law.permit.overtaken"
    assert (accepted_keys(), PermitUse.objects.count()) == ([], 0)
    law.lift_hold(hold_id=hold_id, reason="t", actor=system("test"), now=clock.now())
    assert outreach.dispatch_due(now=clock.now() + timedelta(minutes=1)).accepted == 1
    assert len(accepted_keys()) == 1


def test_a_message_whose_borrower_said_stop_after_its_permit_does_not_leave(reserved):
    person_id = Message.objects.values_list("person_id", flat=True).get(pk=reserved.message_id)
    parties.record_consent(
        person_id=person_id, kind="opt_out", channel="sms", contact_point_id=None, source="t", detail=None,
        actor=system("test"), occurred_at=clock.now(), now=clock.now(),
    )  # fmt: skip
    assert send(reserved) == "retried"
    assert (accepted_keys(), PermitUse.objects.count()) == ([], 0)


def test_a_message_waits_for_a_hold_that_is_being_placed_and_then_does_not_leave(reserved):
    sent = []

    def deliver():
        sent.append(send(reserved))
        connection.close()

    sender = threading.Thread(target=deliver)
    with transaction.atomic():
        hold(reserved)
        sender.start()
        sender.join(0.5)
        assert (sender.is_alive(), sent) == (True, [])
    sender.join(10)
    assert (sent, accepted_keys(), PermitUse.objects.count()) == (["retried"], [], 0)
