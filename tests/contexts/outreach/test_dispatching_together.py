"""Messages that share a transaction: what is wrong with one keeps none of the others from leaving."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, OperationalError

from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Contact, Permit
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.models import Dispatch, Message
from fairdue.contexts.outreach.operations import dispatch as dispatching
from fairdue.contexts.outreach.operations import reserve as reserving
from fairdue.contexts.outreach.operations.reconcile import LEASE
from fairdue.contexts.outreach.operations.reserve import idempotency_key
from fairdue.kernel import clock
from tests.contexts.outreach.conftest import accepted_keys

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("web", "packs")]


def dispatch():
    return outreach.dispatch_due(now=clock.now())


def spoil(monkeypatch, message, error):
    """Let the writing of one message's permitted text fail, after all of the transaction were judged."""
    real = reserving.sealed

    def sealing(each, composed):
        if each.pk == message.pk:
            raise error
        return real(each, composed)

    monkeypatch.setattr(reserving, "sealed", sealing)


@pytest.mark.parametrize("error", [ValueError("a fault"), IntegrityError("a row that cannot be written")])
def test_a_message_that_fails_after_the_judging_is_put_off_and_the_others_leave(
    borrow, plan, monkeypatch, error
):
    messages = [plan(borrow()) for _ in range(4)]
    spoil(monkeypatch, messages[1], error)
    report = dispatch()
    assert (report.claimed, report.deferred, report.accepted) == (4, 1, 3)
    assert accepted_keys() == [idempotency_key(messages[place]) for place in (0, 2, 3)]
    faulty = Message.objects.get(pk=messages[1].pk)
    assert (faulty.status, faulty.attempts, faulty.verdict["reasons"][0]["rule_id"]) == (
        "planned", 1, "outreach.fault",
    )  # fmt: skip
    assert Permit.objects.count() == Contact.objects.count() == Dispatch.objects.count() == 3
    assert law.verify_permits().is_intact


def test_a_contact_point_that_the_gate_does_not_know_keeps_only_its_own_message(borrow, plan, monkeypatch):
    messages, stranger = [plan(borrow()) for _ in range(3)], borrow()
    real = reserving.compose

    def composing(message, now, sources):
        composed = real(message, now, sources)
        return (
            replace(composed, contact_point_id=stranger.mobile_id)
            if message.pk == messages[2].pk
            else composed
        )

    monkeypatch.setattr(reserving, "compose", composing)
    report = dispatch()
    assert (report.claimed, report.deferred, report.accepted) == (3, 1, 2)
    assert accepted_keys() == [idempotency_key(message) for message in messages[:2]]


def test_a_database_that_is_gone_stops_the_pass_and_nothing_is_lost(borrow, plan, monkeypatch):
    messages = [plan(borrow()) for _ in range(2)]
    spoil(monkeypatch, messages[0], OperationalError("the server is gone"))
    with pytest.raises(OperationalError):
        dispatch()
    assert (Permit.objects.count(), Dispatch.objects.count(), accepted_keys()) == (0, 0, [])
    assert set(Message.objects.values_list("status", flat=True)) == {"planned"}


def test_two_messages_to_one_person_are_judged_one_after_the_other(borrow, plan):
    borrower = borrow()
    first, second, other = plan(borrower), plan(borrower, channel="email"), plan(borrow())
    report = dispatch()
    assert (report.claimed, report.accepted, report.deferred) == (3, 2, 1)
    assert sorted(accepted_keys()) == sorted(map(idempotency_key, (first, other)))
    second.refresh_from_db()
    assert second.status == "planned"
    assert {reason["rule_id"] for reason in second.verdict["reasons"]} == {"HOUSE-MSG-03"}


def test_more_messages_than_share_a_transaction_leave_in_one_pass(borrow, plan, monkeypatch):
    monkeypatch.setattr(dispatching, "TOGETHER", 2)
    keys = {idempotency_key(plan(borrow())) for _ in range(5)}
    assert dispatch().accepted == 5
    assert set(accepted_keys()) == keys
    assert len(accepted_keys()) == 5


def test_a_pass_that_took_long_leaves_the_rest_to_be_found_after_its_lease(borrow, plan, monkeypatch):
    for _ in range(3):
        plan(borrow())
    real, calls = dispatching.hand_over, []

    def slowly(found, channel, ticking, files):
        calls.append(found)
        outcome = real(found, channel, ticking, files)
        ticking._start += LEASE * 2 / 3
        return outcome

    monkeypatch.setattr(dispatching, "hand_over", slowly)
    report = dispatch()
    assert (len(calls), report.accepted, report.retried) == (1, 1, 2)
    monkeypatch.setattr(dispatching, "hand_over", real)
    later = outreach.dispatch_due(now=clock.now() + LEASE * 2)
    assert (later.reconciled, later.accepted) == (2, 2)
    assert len(set(accepted_keys())) == len(accepted_keys()) == 3
