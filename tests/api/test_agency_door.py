"""Agencies ask the lender's own gate before they contact and report after; what they do counts at once."""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from django.test import Client

from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import AgencyCall, AgencyContact, Contact, Permit, PermitUse
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties.models import ContactPoint
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from tests.agency_standing import make_fit
from tests.case_world import World

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "【北方银行】您的账单待还，受北方银行委托提醒。核实请拨955xx。回复T退订。"


@pytest.fixture(autouse=True)
def ten_o_clock(monkeypatch):
    """It is ten in the morning of a Monday in Shanghai."""
    from tests.case_world import NOW

    monkeypatch.setenv(clock.OFFSET_VARIABLE, str((NOW - datetime.now(UTC)).total_seconds()))


@pytest.fixture
def world(db):
    built = World.build()
    for agency in ("swift", "calm"):
        built.staff("agency", creditors=("north",), agency=agency)
    return built


@pytest.fixture
def debt(world):
    person = world.person()
    account = world.account(person)
    point = world.phone(person)
    value = outreach_value(point)
    make_fit("swift", "calm")
    return person, account, point, value


def outreach_value(point: ContactPoint) -> str:
    from fairdue.contexts.parties import facade as parties

    return parties.open_contact_point(point.pk)


def call(client, path, document, *, agency="swift", key=None, at=None):
    body = json.dumps(document, default=str).encode()
    key = key or law.agency_access(agency)["key"]
    headers = outreach.sign(key=key, body=body, timestamp=at or int(time.time()))
    return client.post(
        f"/api/v1/agencies/{path}", data=body, content_type="application/json",
        headers=headers | {"X-Fairdue-Agency": agency},
    )  # fmt: skip


def question(debt, **values):
    _, account, _, value = debt
    return {
        "request_id": "q1", "creditor": "north", "account_ref": account.external_ref, "channel": "call",
        "contact_value": value,
    } | values  # fmt: skip


def report(debt, **values):
    asked = question(debt, **values)
    return {"contact_ref": "c1", "result": "conversation", "occurred_at": clock.now().isoformat()} | asked


def test_an_allowed_question_gets_a_permit_that_counts_at_once(client, debt):
    answer = call(client, "permits", question(debt))
    body = answer.json()
    assert (answer.status_code, body["outcome"], body["reasons"]) == (200, "allow", [])
    permit = Permit.objects.get()
    assert (permit.pk, permit.issued_to, permit.channel) == (body["permit_id"], "swift", "call")
    contact = Contact.objects.get()
    assert (contact.made_by, contact.result, contact.permit_id) == ("swift", "reserved", permit.pk)


def test_a_replay_gets_the_first_answer_and_reserves_nothing_more(client, debt):
    first = call(client, "permits", question(debt))
    again = call(client, "permits", question(debt))
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    assert (Permit.objects.count(), Contact.objects.count(), AgencyCall.objects.count()) == (1, 1, 1)
    other = call(client, "permits", question(debt, channel="sms", text=TEXT))
    assert (other.status_code, other.json()["code"]) == (409, "law.agency.request_reused")
    assert Permit.objects.count() == 1


def test_the_lender_and_all_agencies_share_one_budget(client, debt):
    person, _, point, _ = debt
    for _ in range(2):
        law.record_contact(
            person_id=person.pk, channel="call", result="conversation", occurred_at=clock.now() - timedelta(hours=1),
            made_by="lender", actor=system("test"), now=clock.now(), contact_point_id=point.pk,
        )  # fmt: skip
    third = call(client, "contacts", report(debt), agency="calm")
    assert third.status_code == 200
    fourth = call(client, "permits", question(debt)).json()
    assert fourth["outcome"] == "defer"
    assert "CN-FREQ-02" in {reason["rule_id"] for reason in fourth["reasons"]}
    assert fourth["retry_after"] is not None and fourth["permit_id"] is None
    assert Permit.objects.count() == 0


def test_of_agencies_that_race_for_the_last_call_exactly_one_gets_it(debt):
    person, _, point, _ = debt
    for _ in range(2):
        law.record_contact(
            person_id=person.pk, channel="call", result="conversation", occurred_at=clock.now() - timedelta(hours=1),
            made_by="lender", actor=system("test"), now=clock.now(), contact_point_id=point.pk,
        )  # fmt: skip
    outcomes: list[str] = []

    def ask(number: int) -> None:
        try:
            agency = ("swift", "calm")[number % 2]
            asked = question(debt, request_id=f"q{number}")
            outcomes.append(call(Client(), "permits", asked, agency=agency).json()["outcome"])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["allow", *["defer"] * 5]
    assert Permit.objects.count() == 1


def test_a_report_that_names_its_permit_consumes_it(client, debt):
    permit_id = call(client, "permits", question(debt)).json()["permit_id"]
    answer = call(client, "contacts", report(debt, permit_id=permit_id)).json()
    assert (answer["was_permitted"], answer["outcome"], answer["result"]) == (True, "allow", "conversation")
    assert PermitUse.objects.get().permit_id == permit_id
    assert Contact.objects.get().result == "conversation"
    second = call(
        client, "contacts", report(debt, permit_id=permit_id, request_id="q2", contact_ref="c2")
    ).json()
    assert second["was_permitted"] is False
    assert Contact.objects.count() == 2


def test_a_contact_without_permit_counts_and_what_it_broke_is_kept(client, debt):
    at_night = (clock.now() - timedelta(hours=12)).isoformat()
    answer = call(client, "contacts", report(debt, occurred_at=at_night)).json()
    assert (answer["was_permitted"], answer["outcome"]) == (False, "defer")
    assert next(reason["rule_id"] for reason in answer["reasons"]).startswith("CN-TIME")
    told = AgencyContact.objects.get()
    assert (told.outcome, told.contact.made_by) == ("defer", "swift")
    assert Contact.objects.get().result == "conversation"


def test_a_number_that_nobody_knows_counts_and_is_a_breach_of_its_own(client, debt):
    unknown = report(debt, contact_value="+8613999998888")
    answer = call(client, "contacts", unknown).json()
    assert answer["reasons"][0]["rule_id"] == "law.agency.number_unknown"
    assert (Contact.objects.get().contact_point_id, answer["outcome"]) == (None, "refuse")
    asked = call(client, "permits", question(debt, request_id="q9", contact_value="+8613999998888"))
    assert (asked.status_code, asked.json()["code"]) == (404, "law.agency.point_unknown")


def test_a_result_becomes_more_final_under_the_same_number(client, debt):
    call(client, "contacts", report(debt, channel="sms", result="sent"))
    later = call(client, "contacts", report(debt, channel="sms", result="delivered", request_id="q2")).json()
    assert later["result"] == "delivered"
    back = call(client, "contacts", report(debt, channel="sms", result="sent", request_id="q3")).json()
    assert back["result"] == "delivered"
    assert Contact.objects.count() == 1
    other = call(client, "contacts", report(debt, channel="call", request_id="q4"))
    assert (other.status_code, other.json()["code"]) == (409, "law.agency.reference_reused")


def test_a_written_contact_is_read_before_it_is_permitted(client, debt):
    harsh = call(client, "permits", question(debt, channel="sms", text=TEXT + "否则将联系您的家人"))
    assert harsh.json()["outcome"] == "refuse"
    assert "disclosure" in harsh.json()["reasons"][0]["places"]
    assert (Permit.objects.count(), Contact.objects.count()) == (0, 0)
    missing = call(client, "permits", question(debt, channel="sms", request_id="q2"))
    assert (missing.status_code, missing.json()["code"]) == (422, "law.agency.text_missing")
    kind = call(client, "permits", question(debt, channel="sms", text=TEXT, request_id="q3")).json()
    assert kind["outcome"] == "allow"
    assert Permit.objects.get().content_sha256 == kind["content_sha256"] != ""


def test_a_debt_out_of_scope_and_one_that_does_not_exist_are_answered_alike(client, world, debt):
    stranger = world.account(world.person(), creditor="south")
    theirs = question(debt, creditor="south", account_ref=stranger.external_ref)
    nowhere = question(debt, account_ref="no-such", request_id="q2")
    answers = [call(client, "permits", asked) for asked in (theirs, nowhere)]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (404, "law.agency.debt_unknown")
    ] * 2
    assert AgencyCall.objects.count() == 0


@pytest.mark.parametrize("values", [{"agency": "nobody"}, {"key": "x" * 20}, {"at": int(time.time()) - 600}])
def test_an_unsigned_or_unknown_caller_is_not_let_in(client, debt, values):
    answer = call(client, "permits", question(debt), **values)
    assert (answer.status_code, answer.json()["code"]) == (401, "law.agency.signature")
    assert (AgencyCall.objects.count(), Contact.objects.count()) == (0, 0)


def test_an_agency_that_calls_too_often_is_told_when_to_come_back(client, debt, settings):
    settings.AGENCIES = {"swift": {"key": "k" * 20, "per_minute": 2}}
    codes = [call(client, "permits", question(debt), key="k" * 20).status_code for _ in range(2)]
    answer = call(client, "permits", question(debt), key="k" * 20)
    assert (codes, answer.status_code, answer.json()["code"]) == ([200, 200], 429, "law.agency.too_fast")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert call(client, "permits", question(debt), agency="calm").status_code == 200


def test_a_contact_in_the_future_or_with_an_odd_result_is_refused(client, debt):
    ahead = report(debt, occurred_at=(clock.now() + timedelta(hours=1)).isoformat())
    assert call(client, "contacts", ahead).json()["code"] == "law.agency.in_the_future"
    assert (
        call(client, "contacts", report(debt, result="great")).json()["code"] == "law.contact.result_unknown"
    )
    assert (
        call(client, "contacts", report(debt, result="reserved")).json()["code"]
        == "law.contact.result_unknown"
    )
    assert Contact.objects.count() == 0
