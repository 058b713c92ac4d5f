"""The local provider behaves like a carrier: signed, idempotent, closed in production."""

from __future__ import annotations

import json
import time

import pytest
from django.conf import settings as django_settings

from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.local.behaviour import BehaviourWrong
from fairdue.contexts.outreach.models import LocalProviderMessage
from fairdue.kernel.actor import Actor, PermissionRefused, system

pytestmark = pytest.mark.django_db
URL = "/api/local-provider/messages"
DOCUMENT = {
    "idempotency_key": "k-1",
    "channel": "sms",
    "recipient": "+8613800000001",
    "subject": "",
    "text": "您好",
    "locale": "zh-hans",
}


def post(client, document, *, header="k-1", key=None):
    body = json.dumps(document).encode()
    headers = outreach.sign(
        key=key or django_settings.SMS_PROVIDER_KEY, body=body, timestamp=int(time.time())
    )
    return client.post(
        URL, data=body, content_type="application/json", headers=headers | {"Idempotency-Key": header}
    )


def ask(client, idempotency_key):
    headers = outreach.sign(
        key=django_settings.SMS_PROVIDER_KEY, body=idempotency_key.encode(), timestamp=int(time.time())
    )
    return client.get(f"{URL}/{idempotency_key}", headers=headers)


def test_the_same_key_twice_is_one_message(client):
    first, second = post(client, DOCUMENT), post(client, DOCUMENT)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert LocalProviderMessage.objects.count() == 1


def test_the_same_key_for_another_text_is_refused(client):
    post(client, DOCUMENT)
    assert post(client, DOCUMENT | {"text": "再见"}).status_code == 422
    assert [held.text for held in outreach.local_outbox()] == ["您好"]


def test_it_says_whether_it_knows_a_key(client):
    post(client, DOCUMENT)
    assert ask(client, "k-1").json() == post(client, DOCUMENT).json()
    assert ask(client, "k-2").status_code == 404


@pytest.mark.parametrize(
    "change", [{"text": ""}, {"recipient": None}, {"channel": "fax"}, {"idempotency_key": "k-9"}]
)
def test_what_is_no_message_is_refused(client, change):
    assert post(client, DOCUMENT | change).status_code == 422
    assert LocalProviderMessage.objects.count() == 0


def test_an_unsigned_caller_is_refused(client):
    assert post(client, DOCUMENT, key="guess").status_code == 401
    assert client.get(f"{URL}/k-1").status_code == 401
    assert LocalProviderMessage.objects.count() == 0


def test_it_is_closed_in_production(client, settings):
    settings.MODE = "production"
    assert post(client, DOCUMENT).status_code == 404
    assert ask(client, "k-1").status_code == 404
    assert LocalProviderMessage.objects.count() == 0


def test_it_does_as_it_is_told():
    assert outreach.local_behaviour().delay_seconds == 1
    outreach.set_local_behaviour(
        actor=system("test"), fail_percent=30, delay_seconds=5, duplicate_callbacks=True
    )
    told = outreach.local_behaviour()
    assert (told.fail_percent, told.delay_seconds, told.duplicate_callbacks, told.drop_answer_percent) == (
        30,
        5,
        True,
        0,
    )


@pytest.mark.parametrize(
    "wrong", [{"fail_percent": 101}, {"drop_answer_percent": -1}, {"delay_seconds": 90_000}]
)
def test_it_cannot_be_told_nonsense(wrong):
    with pytest.raises(BehaviourWrong):
        outreach.set_local_behaviour(actor=system("test"), **wrong)
    assert outreach.local_behaviour().fail_percent == 0


def test_telling_it_needs_the_permission():
    with pytest.raises(PermissionRefused):
        outreach.set_local_behaviour(actor=Actor(kind="staff", label="c"), fail_percent=1)
