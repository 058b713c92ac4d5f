"""A clock that was set forward takes no dispatch away from a worker that is still sending."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections

from fairdue.contexts.law.models import Permit, PermitUse
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.channels.base import Accepted
from fairdue.contexts.outreach.channels.sms_http import HttpProvider
from fairdue.contexts.outreach.models import Dispatch, LocalProviderMessage
from fairdue.contexts.outreach.operations.hand_over import hand_over
from fairdue.contexts.outreach.operations.reserve import reserve_messages
from fairdue.contexts.outreach.operations.turns import turn
from fairdue.contexts.outreach.ticking import Ticking
from fairdue.kernel.actor import system

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("packs", "web")]
AHEAD = timedelta(minutes=5)


def elsewhere(work):
    """Do something in a thread with a database session of its own and return what it gave."""
    given = []

    def run():
        try:
            given.append(work())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return given[0]


def test_who_reconciles_by_a_clock_ahead_leaves_alone_what_is_being_sent(borrow, plan, monkeypatch):
    message = plan(borrow())
    now = message.not_before
    send, seen = HttpProvider.send, []

    def slow(self, outgoing, *, handing_over):
        if not seen:
            seen.append(elsewhere(lambda: outreach.dispatch_due(now=now + AHEAD)))
        return send(self, outgoing, handing_over=handing_over)

    monkeypatch.setattr(HttpProvider, "send", slow)
    report = outreach.dispatch_due(now=now)
    assert (report.accepted, seen[0].claimed) == (1, 0)
    assert Permit.objects.count() == PermitUse.objects.count() == LocalProviderMessage.objects.count() == 1
    assert Dispatch.objects.get().permit_id == PermitUse.objects.get().permit_id


def test_who_comes_too_late_finds_the_dispatch_taken_over_and_sends_nothing(borrow, plan):
    message = plan(borrow())
    now = message.not_before
    found = reserve_messages(
        message_ids=[message.pk], actor=system("slow"), now=now, lease=timedelta(seconds=60)
    )
    mine = found[message.pk]
    assert elsewhere(lambda: outreach.dispatch_due(now=now + AHEAD)).accepted == 1

    class Never:
        can_be_asked = True

        def send(self, outgoing, *, handing_over):
            raise AssertionError("it was sent before")

        def query(self, idempotency_key):
            return Accepted("")

    assert hand_over(mine, Never(), Ticking(now)) == "retried"
    assert LocalProviderMessage.objects.count() == PermitUse.objects.count() == 1
    assert Dispatch.objects.get().permit_id == PermitUse.objects.get().permit_id


def test_a_turn_is_held_by_one_session_and_given_back():
    with turn(7) as first, turn(7) as again:
        assert (first, again) == (True, True)
        assert elsewhere(lambda: _taken(7)) is False
        assert elsewhere(lambda: _taken(8)) is True
    assert elsewhere(lambda: _taken(7)) is True


def _taken(dispatch_id):
    with turn(dispatch_id) as is_mine:
        return is_mine
