"""Providers report over a signed webhook: each event once, in any order."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from django.conf import settings as django_settings

from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.models import Dispatch, Message, ProviderEvent
from fairdue.contexts.parties import facade as parties
from fairdue.kernel import clock
from tests.contexts.outreach.conftest import (  # noqa: F401 - fixtures
    borrow,
    creditor,
    packs,
    plan,
    product,
    ten_o_clock,
    web,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("web", "packs")]
URL = "/api/v1/providers/http/events"


@pytest.fixture
def sent(borrow, plan):  # noqa: F811
    """A message that the local provider has taken."""
    message = plan(borrow())
    outreach.dispatch_due(now=clock.now())
    return Dispatch.objects.select_related("message").get(message=message)


def event(dispatch, kind="delivered", **extra):
    return {
        "event_ref": extra.pop("event_ref", f"{dispatch.provider_ref}-{kind}"),
        "kind": kind,
        "occurred_at": clock.now().isoformat(),
        "provider_ref": dispatch.provider_ref,
        **extra,
    }


def post(client, *events, key=None, timestamp=None, url=URL, body=None):
    body = body if body is not None else json.dumps({"events": events}).encode()
    headers = outreach.sign(
        key=key or django_settings.SMS_PROVIDER_KEY, body=body, timestamp=timestamp or int(time.time())
    )
    return client.post(url, data=body, content_type="application/json", headers=headers)


def test_a_delivery_report_takes_effect_once(client, sent):
    answer = post(client, event(sent))
    assert (answer.status_code, answer.json()) == (200, {"received": 1, "new": 1, "effective": 1})
    again = post(client, event(sent))
    assert (again.status_code, again.json()) == (200, {"received": 1, "new": 0, "effective": 0})
    assert ProviderEvent.objects.count() == 1
    assert Message.objects.get().status == "delivered"


def test_delivered_after_failed_counts_and_failed_after_delivered_does_not(client, sent):
    assert post(client, event(sent, "failed", reason="busy")).json()["effective"] == 1
    assert Message.objects.get().status == "failed"
    assert post(client, event(sent, "delivered")).json()["effective"] == 1
    assert Message.objects.get().status == "delivered"
    assert post(client, event(sent, "failed", event_ref="late")).json()["effective"] == 0
    assert (Message.objects.get().status, ProviderEvent.objects.count()) == ("delivered", 3)


def test_a_report_that_overtakes_our_own_record_is_kept(client, sent):
    Dispatch.objects.update(status="reserved", provider_ref="", next_try_at=clock.now())
    Message.objects.update(status="sending")
    answer = post(client, event(sent, idempotency_key=sent.idempotency_key))
    assert answer.json()["effective"] == 1
    assert outreach.dispatch_due(now=clock.now() + timedelta(minutes=2)).claimed == 0
    assert Dispatch.objects.get().status == "delivered"


def test_an_unknown_reference_is_recorded_without_effect(client, sent):
    answer = post(client, event(sent, provider_ref="nobody"))
    assert (answer.status_code, answer.json()) == (200, {"received": 1, "new": 1, "effective": 0})
    assert ProviderEvent.objects.get().dispatch_id is None
    assert Message.objects.get().status == "sent"


@pytest.mark.parametrize("forgery", ["key", "old", "future", "body", "unsigned", "provider"])
def test_a_forged_or_stale_callback_is_refused_and_nothing_is_stored(client, sent, forgery):
    body = json.dumps({"events": [event(sent)]}).encode()
    if forgery == "key":
        answer = post(client, key="guess", body=body)
    elif forgery == "old":
        answer = post(client, timestamp=int(time.time()) - 301, body=body)
    elif forgery == "future":
        answer = post(client, timestamp=int(time.time()) + 400, body=body)
    elif forgery == "body":
        headers = outreach.sign(key=django_settings.SMS_PROVIDER_KEY, body=body, timestamp=int(time.time()))
        answer = client.post(URL, data=body + b" ", content_type="application/json", headers=headers)
    elif forgery == "unsigned":
        answer = client.post(URL, data=body, content_type="application/json")
    else:
        answer = post(client, body=body, url="/api/v1/providers/unheard-of/events")
    assert answer.status_code == 401
    assert ProviderEvent.objects.count() == 0
    assert Message.objects.get().status == "sent"


@pytest.mark.parametrize(
    "change", [{"kind": "vanished"}, {"occurred_at": "2025-10-15T10:00:00"}, {"event_ref": ""}]
)
def test_a_signed_call_that_is_no_event_is_refused_whole(client, sent, change):
    answer = post(client, event(sent), event(sent, "failed") | change)
    assert answer.status_code == 422
    assert ProviderEvent.objects.count() == 0


def test_a_reply_with_an_opt_out_word_is_an_opt_out(client, sent):
    answer = post(client, event(sent, "replied", text=" T。 "))
    assert answer.json()["effective"] == 1
    (consent,) = parties.latest_consents(sent.message.person_id)
    assert (consent.kind, consent.channel, consent.contact_point_id) == (
        "opt_out",
        "sms",
        sent.message.contact_point_id,
    )
    assert ProviderEvent.objects.get().detail["is_opt_out"] is True


def test_any_other_reply_is_kept_sealed(client, sent):
    answer = post(client, event(sent, "replied", text="我下周还,T 恤卖了就还"))
    assert answer.json() == {"received": 1, "new": 1, "effective": 0}
    assert parties.latest_consents(sent.message.person_id) == ()
    assert "下周" not in json.dumps(ProviderEvent.objects.get().detail, ensure_ascii=False)


def test_a_complaint_is_an_opt_out_and_a_clock_that_runs_fast_does_not_matter(client, sent):
    late = (clock.now() + timedelta(minutes=4)).isoformat()
    assert post(client, event(sent, "complained") | {"occurred_at": late}).json()["effective"] == 1
    assert [each.kind for each in parties.latest_consents(sent.message.person_id)] == ["opt_out"]
