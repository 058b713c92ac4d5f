"""Providers report payments: signed, once, and a replay gets the answer that it got."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from django.conf import settings as django_settings

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.models import IncomingPayment, WebhookEvent
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from tests.case_world import World

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/payments/http/events"


@pytest.fixture
def account(db):
    world = World.build()
    return world.account(world.person())


def event(**values):
    return {
        "event_id": "evt-1",
        "kind": "payment.received",
        "creditor": "north",
        "payment_ref": "pay-1",
        "amount_minor": 40_000,
        "currency": "CNY",
        "value_date": clock.business_date(clock.now()).isoformat(),
        "payer_name": "王建国",
        "remittance": "还款",
    } | values


def post(client, document, *, url=URL, key=None, at=None, body=None):
    body = json.dumps(document).encode() if body is None else body
    key = key or django_settings.PAYMENT_PROVIDERS["http"]["key"]
    headers = outreach.sign(key=key, body=body, timestamp=at or int(time.time()))
    return client.post(url, data=body, content_type="application/json", headers=headers)


def test_a_payment_that_names_its_account_is_booked_and_matched_at_once(client, account):
    code = payments.issue_code(account_id=account.pk, actor=system("test"), now=clock.now())
    answer = post(client, event(repayment_code=code.spoken))
    assert answer.status_code == 200
    assert answer.json() == {
        "event_id": "evt-1", "payment_id": IncomingPayment.objects.get().pk, "status": "matched",
        "waiting_minor": 0, "currency": "CNY",
    }  # fmt: skip
    today = clock.business_date(clock.now())
    assert ledger.account_summary(account.pk, today).balance.minor == 60_000


def test_the_account_that_the_payer_chose_is_certain(client, account):
    assert post(client, event(account_ref=account.external_ref)).json()["status"] == "matched"


def test_a_replay_is_answered_as_before_and_books_nothing(client, account):
    first = post(client, event())
    again = post(client, event())
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    assert "Idempotent-Replayed" not in first.headers
    assert (IncomingPayment.objects.count(), WebhookEvent.objects.count()) == (1, 1)
    changed = post(client, event(amount_minor=1))
    assert (changed.status_code, changed.json()["code"]) == (409, "payments.webhook.event_reused")
    assert IncomingPayment.objects.count() == 1


def test_the_same_payment_under_another_event_is_booked_once(client, account):
    first = post(client, event())
    second = post(client, event(event_id="evt-2"))
    assert second.json()["payment_id"] == first.json()["payment_id"]
    assert IncomingPayment.objects.count() == 1
    contradiction = post(client, event(event_id="evt-3", amount_minor=1))
    assert (contradiction.status_code, contradiction.json()["code"]) == (409, "payments.reference.reused")


def test_money_taken_back_by_the_provider_is_owed_again(client, account):
    post(client, event(account_ref=account.external_ref))
    answer = post(client, event(event_id="evt-2", kind="payment.returned", reason="insufficient funds"))
    assert (answer.status_code, answer.json()["status"]) == (200, "returned")
    today = clock.business_date(clock.now())
    assert ledger.account_summary(account.pk, today).balance.minor == 100_000
    assert post(client, event(event_id="evt-3", kind="payment.returned")).json()["status"] == "returned"
    stray = post(client, event(event_id="evt-4", kind="payment.returned", payment_ref="never"))
    assert (stray.status_code, stray.json()["code"]) == (404, "payments.payment.unknown")


@pytest.mark.parametrize("forgery", ["key", "old", "future", "body", "unsigned", "provider", "sms key"])
def test_a_forged_or_stale_call_is_refused_and_nothing_is_booked(client, account, forgery):
    body, now = json.dumps(event()).encode(), int(time.time())
    if forgery == "key":
        answer = post(client, None, body=body, key="guess")
    elif forgery == "sms key":
        answer = post(client, None, body=body, key=django_settings.SMS_PROVIDER_KEY)
    elif forgery in ("old", "future"):
        answer = post(client, None, body=body, at=now - 301 if forgery == "old" else now + 400)
    elif forgery == "body":
        headers = outreach.sign(
            key=django_settings.PAYMENT_PROVIDERS["http"]["key"], body=body, timestamp=now
        )
        answer = client.post(URL, data=body + b" ", content_type="application/json", headers=headers)
    elif forgery == "unsigned":
        answer = client.post(URL, data=body, content_type="application/json")
    else:
        answer = post(client, None, body=body, url="/api/v1/payments/nobody/events")
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["code"] == "payments.webhook.signature"
    assert (IncomingPayment.objects.count(), WebhookEvent.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"amount_minor": 0}, 422),
        ({"amount_minor": "400"}, 422),
        ({"amount_minor": 40.5}, 422),
        ({"currency": "cny"}, 422),
        ({"currency": "XYZ"}, 422),
        ({"kind": "payment.maybe"}, 422),
        ({"value_date": "yesterday"}, 422),
        ({"creditor": "nobody"}, 404),
    ],
)
def test_a_signed_call_that_cannot_be_booked_is_a_problem_that_names_no_value(
    client, account, change, status
):
    answer = post(client, event(**change))
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert "王建国" not in answer.content.decode()
    assert (IncomingPayment.objects.count(), WebhookEvent.objects.count()) == (0, 0)


def test_a_provider_reports_only_for_its_creditors(client, account, settings):
    settings.PAYMENT_PROVIDERS = {"http": {"key": "k" * 20, "creditors": ["south"]}}
    assert post(client, event()).json()["code"] == "payments.webhook.creditor"
    assert IncomingPayment.objects.count() == 0


def test_what_the_ledger_refuses_is_received_all_the_same_and_waits(client, account):
    code = payments.issue_code(account_id=account.pk, actor=system("test"), now=clock.now())
    answer = post(client, event(repayment_code=code.spoken, value_date="2020-01-01"))
    assert (answer.status_code, answer.json()["status"]) == (200, "suspense")
    assert (IncomingPayment.objects.get().why_waiting, WebhookEvent.objects.count()) == ("ledger_refused", 1)


def test_a_value_date_of_another_year_is_refused_and_one_of_next_week_counts_from_today(client, account):
    today = clock.business_date(clock.now())
    far = post(client, event(value_date=(today + timedelta(days=40)).isoformat()))
    assert (far.status_code, far.json()["code"]) == (422, "payments.incoming.invalid")
    assert IncomingPayment.objects.count() == 0
    soon = today + timedelta(days=7)
    assert (
        post(client, event(event_id="evt-2", payment_ref="pay-2", value_date=soon.isoformat())).status_code
        == 200
    )
    kept = IncomingPayment.objects.get()
    assert (kept.value_date, kept.effective_date) == (soon, today)
