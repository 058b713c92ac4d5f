"""A collector's work around a case: calls behind a door, letters and visits, changes with a way back, the record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.care.models import Matter
from fairdue.contexts.cases.models import Case, CaseChange, Outcome, WorkItem
from fairdue.contexts.law.models import Contact, Hold, Permit
from fairdue.contexts.outreach.facade import errands_of
from fairdue.contexts.outreach.models import Errand, PhoneCall
from fairdue.contexts.parties.models import Consent, ContactPoint
from fairdue.contexts.parties.sealing import CONTACT_PURPOSE
from fairdue.kernel.clock import business_date, now
from fairdue.storage.pdf_signing import verify_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def collector(world, staff, signed_in, at_half_past_ten, settings):
    settings.DIAL_URL = ""
    staff("collector")
    return signed_in("collector")


def address(world, part: str = "") -> str:
    return f"/desk/case/{world.case.pk}/{part}"


def shown(client, world, part: str = "") -> str:
    return client.get(address(world, part)).content.decode()


def at_home(world) -> ContactPoint:
    ring = django_settings.FIELD_KEYS
    return ContactPoint.objects.create(
        person=world.person, medium="address", value_sealed=ring.seal("海淀区1号", CONTACT_PURPOSE),
        value_masked="海淀区***", value_hash=ring.search_hash("海淀区1号", CONTACT_PURPOSE), recorded_at=now(),
        zone="Asia/Shanghai",
    )  # fmt: skip


def test_an_outcome_of_the_debtor_needs_the_debtor_to_be_confirmed(collector, world):
    collector.post(address(world, "call"), {"contact_point_id": world.point.pk})
    call = PhoneCall.objects.get()
    before = shown(collector, world)
    script = before[before.index('id="script"') : before.index('id="next-title"')]
    assert "Credit card" not in script and "8,200" not in script and "First: who is speaking?" in script
    said = {"outcome": "call:right_party", "contact_id": call.contact_id}
    refused = collector.post(address(world, "outcome"), said)
    assert refused.status_code == 422 and "confirm first that it was the debtor" in refused.content.decode()
    assert Outcome.objects.count() == 0
    collector.post(address(world, "call/confirm"), {"fact": "shoe_size"})
    assert PhoneCall.objects.get().confirmed_at is None
    collector.post(address(world, "call/confirm"), {"fact": "id_tail"})
    assert PhoneCall.objects.get().confirmed_by_facts == ["id_tail"]
    assert "Credit card" in (after := shown(collector, world))[after.index('id="script"') :]
    assert collector.post(address(world, "outcome"), said).status_code == 302
    assert (PhoneCall.objects.get().is_open, Contact.objects.get().result) == (False, "conversation")
    (event,) = audit.events(code="outreach.call.confirmed")
    assert event.after["facts"] == ["id_tail"]


def test_nobody_calls_while_a_colleague_is_in_a_call_with_the_person(collector, world, staff, client):
    staff("collector", username="zhang")
    collector.post(address(world, "call"), {"contact_point_id": world.point.pk})
    collector.post("/accounts/logout/")
    client.post("/accounts/login/", {"login": "zhang", "password": "a-long-Password-7"})
    page = client.get(address(world)).content.decode()
    assert "Collector Wang is in a call" in page and "This call" not in page
    answer = client.post(address(world, "call"), {"contact_point_id": world.point.pk}, follow=True)
    assert "Somebody is in a call with this person" in answer.content.decode()
    said = {"account_id": first_debt(client, world), "locale": "zh-hans", "text": "您好"}
    refused = client.post(address(world, "write/inapp"), said)
    assert refused.status_code == 422 and "Somebody is in a call" in refused.content.decode()
    assert (PhoneCall.objects.count(), Contact.objects.count(), Permit.objects.count()) == (1, 1, 1)


def test_a_visit_is_asked_for_with_grounds_and_never_to_enter_without_consent(collector, world):
    home = at_home(world)
    said = {"contact_point_id": home.pk, "account_id": first_debt(collector, world), "staff_count": 2}
    grounds = "three letters came back and no number answers"
    assert collector.post(address(world, "write/visit"), said | {"grounds": "x"}).status_code == 422
    alone = collector.post(address(world, "write/visit"), said | {"grounds": grounds, "staff_count": 1})
    assert "at least two" in alone.content.decode()
    enters = collector.post(
        address(world, "write/visit"), said | {"grounds": grounds, "enters_premises": "on"}
    )
    assert "without consent" in enters.content.decode()
    assert Errand.objects.count() == 0
    assert collector.post(address(world, "write/visit"), said | {"grounds": grounds}).status_code == 302
    again = collector.post(address(world, "write/visit"), said | {"grounds": grounds})
    assert (again.status_code, "still waits" in again.content.decode()) == (422, True)
    errand = Errand.objects.get()
    assert (errand.status, errand.permit_id, Contact.objects.count()) == ("asked", None, 0)
    assert "Set out under a permit" in collector.get("/desk/letters-and-visits/").content.decode()
    collector.post(f"/desk/letters-and-visits/{errand.pk}/make")
    errand.refresh_from_db()
    assert (errand.status, Contact.objects.get().channel, Permit.objects.count()) == ("made", "visit", 1)
    assert "Visit in progress" in (page := shown(collector, world)) and "visit:not_met" in page


def first_debt(client, world) -> int:
    form = client.get(address(world, "write/inapp")).context["form"]
    return form.fields["account_id"].choices[0][0]


def test_a_letter_is_printed_only_under_its_permit(collector, world):
    home = at_home(world)
    said = {
        "contact_point_id": home.pk, "account_id": first_debt(collector, world), "locale": "zh-hans", "subject": "催收函",
        "text": "请尽快还款",
    }  # fmt: skip
    bare = collector.post(address(world, "write/letter"), said).content.decode()
    assert "CN-LET-01" in bare and Errand.objects.count() == 0
    modules = collector.post(address(world, "write/letter/phrases"), said).json()["phrases"]
    text = next(each for each in modules if each["code"] == "letter")["text"]
    collector.post(
        address(world, "write/letter"), said | {"text": text.replace("客服电话：", "客服电话：95500")}
    )
    errand = Errand.objects.get()
    assert "李小明" in errands_of(case_id=world.case.pk, is_opened=True)[0].text
    assert "李小明".encode() not in bytes(errand.content_sealed)
    page = f"/desk/letters-and-visits/{errand.pk}"
    assert collector.get(f"{page}/letter").status_code == 404
    collector.post(f"{page}/make")
    assert collector.get(f"{page}/letter").content.startswith(b"%PDF")
    assert (Contact.objects.get().result, Permit.objects.count()) == ("sent", 1)
    collector.post(f"{page}/withdraw")
    assert Errand.objects.get().status == "made"


def test_what_is_written_is_read_and_judged_before_it_leaves_and_leaves_no_trace(collector, world):
    said = {
        "account_id": first_debt(collector, world),
        "locale": "zh-hans",
        "text": "再不还款我们会联系您的家人",
    }
    answer = collector.post(address(world, "write/inapp/check"), said).content.decode()
    assert "Allowed" in answer and '<mark class="found">联系您的家人</mark>' in answer
    modules = collector.post(address(world, "write/sms/phrases"), said).json()["phrases"]
    owed = next(each for each in modules if each["code"] == "owed")
    assert "信用卡" in owed["text"] and "{" not in owed["text"]
    assert (Contact.objects.count(), Permit.objects.count()) == (0, 0)
    assert audit.events(code="outreach.text.refused") == ()


def test_a_promise_is_weighed_while_it_is_typed(collector, world):
    day = business_date(now())
    far = collector.post(
        address(world, "promise-check"), {"amount": "100", "promised_date": day + timedelta(days=99)}
    )
    assert "at most 30 days ahead" in far.content.decode()
    near = collector.post(
        address(world, "promise-check"), {"amount": "700.50", "promised_date": day + timedelta(days=3)}
    ).content.decode()
    assert "It leaves 9,000.00 CNY overdue" in near and "No income and expenditure are known" in near


def test_a_case_is_handed_over_with_a_reason_and_taken_back(collector, world, staff):
    colleague = staff("collector", username="zhang")
    collector.post(address(world, "hand-over"), {"to_staff_id": colleague.staff_id, "reason": " "})
    assert CaseChange.objects.count() == 0
    done = collector.post(
        address(world, "hand-over"), {"to_staff_id": colleague.staff_id, "reason": "speaks the dialect"}, follow=True
    )  # fmt: skip
    assert Case.objects.get(pk=world.case.pk).assigned_to_id == colleague.staff_id
    token = done.content.decode().split('name="token" value="')[1].split('"')[0]
    collector.post("/desk/undo", {"token": token})
    assert Case.objects.get(pk=world.case.pk).assigned_to_id is None
    assert CaseChange.objects.get().undone_at is not None


def test_a_call_back_waits_until_the_debtors_hour_and_stands_in_my_day(collector, world):
    at = now() + timedelta(hours=3)
    collector.post(
        address(world, "callback"), {"at": (now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")}
    )
    assert not WorkItem.objects.filter(kind="callback").exists()
    local = at.astimezone(__import__("zoneinfo").ZoneInfo("Asia/Shanghai"))
    collector.post(
        address(world, "callback"), {"at": local.strftime("%Y-%m-%dT%H:%M"), "reason": "after lunch"}
    )
    item = WorkItem.objects.get(kind="callback")
    assert abs((item.not_before - at).total_seconds()) < 60
    home = collector.get("/desk/").content.decode()
    assert local.strftime("%H:%M") in home[home.index("Call back today") :]


def test_a_note_and_a_hold_can_be_taken_back_by_who_made_them(collector, world):
    done = collector.post(
        address(world, "outcome"), {"outcome": "note:note", "note": "wrong case"}, follow=True
    )
    undo(collector, done)
    page = shown(collector, world)
    assert "wrong case" not in page and "Note, withdrawn by its writer" in page
    assert Outcome.objects.get().note == "wrong case"
    held = collector.post(address(world, "hold"), {"kind": "hardship", "reason": "in hospital"}, follow=True)
    undo(collector, held)
    assert Hold.objects.get().ended_at is not None


def undo(client, page) -> None:
    token = page.content.decode().split('name="token" value="')[1].split('"')[0]
    client.post("/desk/undo", {"token": token})


def test_hardship_is_taken_in_by_one_step_and_stands_as_a_flag(collector, world):
    said = {"kind": "hardship", "words": "lost the job in October"}
    done = collector.post(address(world, "matter"), said, follow=True).content.decode()
    assert Matter.objects.get().kind == "hardship"
    number = done.split("Taken in under number ")[1].split(".")[0]
    assert number in done[done.index('aria-label="Flags"') :]
    assert Consent.objects.count() == 0


def test_the_record_of_a_case_is_a_signed_file_and_who_made_it_is_kept(collector, world):
    collector.post(address(world, "outcome"), {"outcome": "note:note", "note": "asked for a plan"})
    refused = collector.post(address(world, "record"), {"purpose": "court", "reason": ""})
    assert refused.status_code == 302
    answer = collector.post(address(world, "record"), {"purpose": "court", "reason": "case 2026-118"})
    signed = verify_pdf(answer.content)
    assert signed is not None and signed.is_intact and signed.is_ours
    (event,) = audit.events(code="cases.record.made")
    assert (event.reason, event.after["purpose"]) == ("case 2026-118", "court")


def test_the_case_page_stays_within_its_queries_with_a_call_and_a_matter(collector, world):
    collector.post(address(world, "matter"), {"kind": "complaint", "words": "called at night"})
    collector.post(address(world, "outcome"), {"outcome": "note:note", "note": "one"})
    collector.get(address(world))
    with CaptureQueriesContext(connection) as queries:
        assert collector.get(address(world)).status_code == 200
    assert len(queries) <= 25, [query["sql"][:100] for query in queries]
