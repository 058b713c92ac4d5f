"""A request that was only late counts for the try that made it, under the permit that was used for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fairdue.contexts.law.models import Contact, Permit, PermitUse
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.channels import open_channel
from fairdue.contexts.outreach.channels.base import Unknown
from fairdue.contexts.outreach.channels.sms_http import HttpProvider
from fairdue.contexts.outreach.composing import open_content, text_digest
from fairdue.contexts.outreach.models import Dispatch, LocalProviderMessage
from fairdue.contexts.outreach.operations import reconcile

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("web", "packs")]


class Killed(BaseException):
    """The end of a process."""


@pytest.fixture
def late(borrow, plan, monkeypatch):
    """A message whose request is on its way, whose second try died before it used its permit; let it arrive."""
    message = plan(borrow())
    now, on_its_way, send = message.not_before, [], HttpProvider.send

    def lost(self, outgoing, *, handing_over):
        on_its_way.append(outgoing)
        raise Unknown("no answer")

    def killed(*_):
        raise Killed

    with monkeypatch.context() as first:
        first.setattr(HttpProvider, "send", lost)
        assert outreach.dispatch_due(now=now).unknown == 1
        first.setattr(reconcile, "hand_over", killed)
        with pytest.raises(Killed):
            outreach.dispatch_due(now=now + timedelta(minutes=1))

    def arrive():
        with outreach_adapter() as adapter:
            send(adapter, on_its_way[0], handing_over=lambda: None)

    return now, arrive


def outreach_adapter():
    """Return the adapter of the dispatch's provider."""
    return open_channel(Dispatch.objects.get().provider)


def test_what_arrived_late_stands_under_the_permit_that_was_used(late):
    now, arrive = late
    used, unused = Permit.objects.order_by("pk")
    assert Dispatch.objects.get().permit_id == unused.pk
    arrive()

    assert outreach.dispatch_due(now=now + timedelta(minutes=4)).accepted == 1

    sent = Dispatch.objects.select_related("message").get()
    assert [use.permit_id for use in PermitUse.objects.all()] == [used.pk] == [sent.permit_id]
    assert text_digest(*open_content(sent.message.content_sealed)) == used.content_sha256
    assert dict(Contact.objects.values_list("permit_id", "result")) == {used.pk: "sent", unused.pk: "failed"}
    assert sent.contact_id == Contact.objects.get(permit=used).pk
    assert LocalProviderMessage.objects.count() == 1


def test_what_never_arrived_is_sent_under_a_permit_of_its_own(late):
    now, _ = late

    assert outreach.dispatch_due(now=now + timedelta(minutes=4)).accepted == 1

    sent = Dispatch.objects.get()
    assert PermitUse.objects.filter(permit_id=sent.permit_id).exists()
    assert list(Contact.objects.order_by("pk").values_list("result", flat=True)) == [
        "failed",
        "failed",
        "sent",
    ]
    assert LocalProviderMessage.objects.count() == 1


def test_a_refusal_in_between_does_not_forget_what_may_still_arrive(late):
    now, arrive = late
    outreach.dispatch_due(now=now + timedelta(hours=14))
    assert Dispatch.objects.get().error == "outreach.deferred"
    arrive()

    assert outreach.dispatch_due(now=now + timedelta(hours=23)).accepted == 1

    assert PermitUse.objects.count() == LocalProviderMessage.objects.count() == 1
    assert Dispatch.objects.get().permit_id == PermitUse.objects.get().permit_id


def test_what_was_put_off_but_left_counts_after_all(borrow, plan, monkeypatch):
    message = plan(borrow())
    now, on_its_way, send = message.not_before, [], HttpProvider.send

    def lost(self, outgoing, *, handing_over):
        on_its_way.append(outgoing)
        raise Unknown("no answer")

    with monkeypatch.context() as first:
        first.setattr(HttpProvider, "send", lost)
        outreach.dispatch_due(now=now)
    outreach.dispatch_due(now=now + timedelta(hours=14))
    assert Contact.objects.get().result == "failed"
    with outreach_adapter() as adapter:
        send(adapter, on_its_way[0], handing_over=lambda: None)

    assert outreach.dispatch_due(now=now + timedelta(hours=23)).accepted == 1

    assert Contact.objects.get().result == "sent"
    assert Permit.objects.count() == PermitUse.objects.count() == LocalProviderMessage.objects.count() == 1
