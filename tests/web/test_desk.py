"""The desk's pages: what they show, who may open them, what their forms do and refuse."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases.models import Case, Outcome, PromiseToPay, WorkItem
from fairdue.contexts.identity.facade import PERMISSIONS_BY_ROLE
from fairdue.contexts.law.models import Contact, Permit
from fairdue.kernel.clock import business_date, now
from tests.web.desk_world import DEBTOR, PHONE, ROLES

pytestmark = pytest.mark.django_db


@pytest.fixture
def collector(world, staff, signed_in):
    staff("collector")
    return signed_in("collector")


def address(world, part: str = "") -> str:
    return f"/desk/case/{world.case.pk}/{part}"


def needed(world) -> dict[tuple[str, str], str]:
    """The permission that each page asks for; an empty one is for everybody."""
    return {
        ("get", "/desk/"): "",
        ("get", "/desk/gallery"): "",
        ("get", "/desk/queue/"): "cases.view",
        ("get", address(world)): "cases.view",
        ("get", address(world, "when")): "cases.view",
        ("get", "/desk/search"): "parties.search",
        ("get", "/desk/products/"): "products.view",
        ("get", "/desk/products/cn-card/"): "products.view",
        ("get", "/desk/online/"): "payments.view",
        ("post", "/desk/search"): "parties.search",
        ("post", "/desk/queue/assign"): "cases.assign",
        ("post", address(world, "reveal")): "parties.reveal",
        ("post", address(world, "call")): "contacts.make",
        ("post", address(world, "outcome")): "cases.work",
        ("post", address(world, "next")): "cases.work",
        ("post", "/desk/queue/open"): "cases.work",
        ("post", address(world, "payment")): "payments.record",
        ("post", address(world, "reverse")): "payments.reverse",
        ("post", address(world, "hold")): "holds.place",
        ("post", address(world, "lift")): "holds.lift",
        ("post", address(world, "statement")): "contacts.make",
        ("post", address(world, "link")): "contacts.make",
        ("post", address(world, "close")): "cases.work",
        ("get", address(world, "write/sms")): "contacts.make",
        ("post", address(world, "write/sms/check")): "contacts.make",
        ("post", address(world, "write/sms/phrases")): "contacts.make",
        ("get", address(world, "call/state")): "cases.view",
        ("post", address(world, "call/confirm")): "contacts.make",
        ("post", address(world, "call/hang-up")): "contacts.make",
        ("get", address(world, "recordings/1")): "cases.view",
        ("get", address(world, "recordings/1/kept")): "cases.view",
        ("post", address(world, "promise-check")): "cases.work",
        ("post", address(world, "matter")): "deadlines.record",
        ("post", address(world, "hand-over")): "cases.work",
        ("post", address(world, "escalate")): "cases.work",
        ("post", address(world, "callback")): "cases.work",
        ("post", address(world, "timeline")): "cases.view",
        ("post", address(world, "record")): "cases.view",
        ("get", "/desk/letters-and-visits/"): "contacts.make",
        ("get", address(world, "plan")): "plans.work",
        ("get", "/desk/plans/"): "plans.view",
        ("get", "/desk/plans/calendar"): "plans.view",
        ("get", "/desk/plans/broken"): "plans.view",
        ("get", "/desk/proposals/"): "plans.view",
        ("get", "/desk/plans/1/"): "plans.view",
        ("post", "/desk/plans/1/replan"): "plans.work",
        ("post", "/desk/plans/1/end"): "plans.approve",
        ("post", "/desk/proposals/1/decide"): "plans.view",
        ("get", "/desk/agreements/1.pdf"): "plans.view",
    }


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_its_permissions_name_and_nothing_else(world, staff, signed_in, role):
    staff(role, team="agency" if role == "agency" else "early")
    client = signed_in(role)
    for (method, path), permission in needed(world).items():
        status = getattr(client, method)(path).status_code
        allowed = not permission or permission in PERMISSIONS_BY_ROLE[role]
        assert (status == 403) is not allowed, (role, method, path, status)


def test_a_case_outside_the_scope_reads_like_no_case_at_all(collector, world):
    foreign = f"/desk/case/{world.foreign_case.pk}/"
    assert collector.get(foreign).status_code == 404
    for part, data in (
        ("reveal", {"field": "name", "reason": "x"}),
        ("outcome", {}),
        ("call", {"contact_point_id": "1"}),
        ("payment", {}),
        ("hold", {}),
        ("statement", {}),
        ("link", {}),
        ("close", {}),
    ):
        assert collector.post(foreign + part, data).status_code in (302, 404)
    assert (Outcome.objects.count(), Permit.objects.count(), Contact.objects.count()) == (0, 0, 0)
    assert collector.get("/desk/case/999999/").status_code == 404


def test_the_queue_shows_the_scope_masked_and_ranked(collector):
    text = collector.get("/desk/queue/").content.decode()
    assert DEBTOR not in text
    assert text.index("李**") < text.index("王*")
    assert "赵" not in text
    assert "M2 · 47 d" in text and "9,700.50" in text
    assert "2 rows" in text


def test_the_queue_is_filtered_by_age_and_page_export_and_next_case_keep_it(collector, world):
    WorkItem.objects.filter(pk=world.second_item.pk).update(days_past_due=12)
    shown = collector.get("/desk/queue/?bucket=M2&queue=calls").content.decode()
    assert "李**" in shown and "王*" not in shown and "1 row" in shown
    assert '<option value="M2" selected>M2: 31 to 60 days</option>' in shown
    assert "bucket=M2" in shown[shown.index("export=csv") - 60 : shown.index("export=csv") + 60]
    file = collector.get("/desk/queue/?bucket=M1&export=csv").content.decode("utf-8-sig").splitlines()
    assert len(file) == 2 and file[1].startswith("王*,M1")
    assert "Nothing waits here" in collector.get("/desk/queue/?bucket=M7%2B").content.decode()
    opened = collector.post("/desk/queue/open", {"queue": "", "bucket": "M1"})
    assert opened["Location"] == f"/desk/case/{world.second_case.pk}/"
    nothing = collector.post("/desk/queue/open", {"queue": "calls", "bucket": "M6"})
    assert nothing["Location"] == "/desk/queue/?queue=calls&bucket=M6"


def test_an_age_that_is_none_shows_the_whole_queue(collector):
    assert "2 rows" in collector.get("/desk/queue/?bucket=M99").content.decode()


def test_the_queue_takes_the_same_queries_for_two_rows_as_for_one(collector, world):
    collector.get("/desk/queue/")
    with CaptureQueriesContext(connection) as two:
        collector.get("/desk/queue/")
    WorkItem.objects.filter(pk=world.second_item.pk).update(status="done")
    with CaptureQueriesContext(connection) as one:
        collector.get("/desk/queue/")
    assert len(two) == len(one)
    assert len(two) <= 12


def test_the_case_page_takes_at_most_twenty_five_queries(collector, world):
    collector.get(address(world))
    with CaptureQueriesContext(connection) as queries:
        assert collector.get(address(world)).status_code == 200
    assert len(queries) <= 25, [query["sql"][:120] for query in queries]


def test_the_case_page_shows_masked_identity_and_what_is_owed(collector, world):
    text = collector.get(address(world)).content.decode()
    assert DEBTOR not in text and PHONE[3:] not in text
    for expected in (
        "李**",
        "138****5521",
        "North Bank",
        "Credit card",
        "Consumer loan",
        "9,700.50",
        "8,200.00",
        "1,500.50",
        "Principal",
    ):
        assert expected in text


def test_no_page_is_kept_in_a_cache(collector, world):
    assert "no-store" in collector.get(address(world))["Cache-Control"]


def test_revealing_needs_a_reason_and_leaves_a_record(collector, world):
    refused = collector.post(
        address(world, "reveal"), {"field": "contact", "contact_point_id": world.point.pk, "reason": " "}
    )
    assert refused.status_code == 422
    assert PHONE[3:] not in refused.content.decode()
    assert audit.events(code="parties.person.revealed") == ()
    shown = collector.post(
        address(world, "reveal"),
        {
            "field": "contact",
            "contact_point_id": world.point.pk,
            "reason": "debtor asked",
            "masked": "138****5521",
        },
    )
    assert shown.status_code == 200
    assert PHONE[3:] in shown.content.decode()
    (event,) = audit.events(code="parties.person.revealed")
    assert (event.person_id, event.reason) == (world.person.pk, "debtor asked")


def test_a_number_of_somebody_else_is_not_revealed_through_this_case(collector, world):
    answer = collector.post(
        f"/desk/case/{world.second_case.pk}/reveal",
        {"field": "contact", "contact_point_id": world.point.pk, "reason": "why not"},
    )
    assert answer.status_code in (404, 422)
    assert PHONE[3:] not in answer.content.decode()


def outcome(world, **changes):
    return {"outcome": "note:note", "note": "left at the desk", "work_item_id": world.item.pk} | changes


def test_a_promise_by_a_caller_is_recorded_with_its_outcome(collector, world):
    day = business_date(now()) + timedelta(days=5)
    answer = collector.post(
        address(world, "outcome"),
        outcome(world, outcome="inbound:promise", amount="2000.00", promised_date=day.isoformat()),
    )
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    promise = PromiseToPay.objects.get()
    assert (promise.amount_minor, promise.currency, promise.promised_date, promise.status) == (
        200_000,
        "CNY",
        day,
        "open",
    )
    assert Outcome.objects.get().code == "promise"
    assert WorkItem.objects.get(pk=world.item.pk).status == "done"
    text = collector.get(answer["Location"]).content.decode()
    assert "2,000.00" in text and "Outcome recorded." in text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"outcome": ""}, "required"),
        ({"outcome": "inbound:promise"}, "A promise names an amount and a date."),
        (
            {"outcome": "inbound:promise", "amount": "0", "promised_date": "2099-01-01"},
            "greater than or equal to",
        ),
        ({"outcome": "inbound:promise", "amount": "20", "promised_date": "2099-01-01"}, "too far away"),
        (
            {"outcome": "inbound:promise", "amount": "99999999", "promised_date": "TODAY"},
            "more than what is owed",
        ),
        ({"outcome": "note:note", "note": " "}, "The note is empty."),
        ({"outcome": "call:promise", "amount": "20", "promised_date": "TODAY"}, "Select a valid choice"),
    ],
)
def test_a_form_that_is_wrong_says_so_in_place_and_saves_nothing(collector, world, changes, message):
    changes = {
        key: business_date(now()).isoformat() if value == "TODAY" else value for key, value in changes.items()
    }
    answer = collector.post(address(world, "outcome"), outcome(world, **changes))
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert (Outcome.objects.count(), PromiseToPay.objects.count(), Contact.objects.count()) == (0, 0, 0)
    assert WorkItem.objects.get(pk=world.item.pk).status == "open"


def test_a_permitted_call_is_counted_and_ends_with_its_outcome(at_half_past_ten, collector, world):
    collector.post(address(world, "call"), {"contact_point_id": world.point.pk})
    contact = Contact.objects.get()
    assert (contact.channel, contact.result, Permit.objects.count()) == ("call", "reserved", 1)
    text = collector.get(address(world)).content.decode()
    assert "Call in progress" in text
    assert "This call" in text and "The debtor called" not in text
    collector.post(address(world, "outcome"), outcome(world, outcome="call:no_answer", contact_id=contact.pk))
    contact.refresh_from_db()
    assert (contact.result, Outcome.objects.get().contact_id) == ("no_answer", contact.pk)
    assert "Call in progress" not in collector.get(address(world)).content.decode()


def test_a_call_at_night_is_not_started_and_says_why(at_three_at_night, collector, world):
    answer = collector.post(address(world, "call"), {"contact_point_id": world.point.pk}, follow=True)
    text = answer.content.decode()
    assert "The call was not started." in text
    assert "disabled" in text[text.index('data-gate="call"') :]
    assert (Contact.objects.count(), Permit.objects.count()) == (0, 0)


def test_a_search_by_phone_opens_the_case_and_stays_out_of_the_address(collector, world):
    answer = collector.post("/desk/search", {"text": "13812345521"})
    assert (answer.status_code, answer["Location"]) == (302, address(world))
    assert "Nobody found" in collector.post("/desk/search", {"text": "13700002222"}).content.decode()


def test_a_supervisor_assigns_several_cases_at_once(world, staff, signed_in):
    worker = staff("collector")
    staff("supervisor")
    client = signed_in("supervisor")
    chosen = [world.case.pk, world.second_case.pk]
    client.post("/desk/queue/assign", {"case_ids": chosen, "staff_id": worker.staff_id})
    assert set(Case.objects.filter(assigned_to_id=worker.staff_id).values_list("pk", flat=True)) == set(
        chosen
    )
    refused = client.post(
        "/desk/queue/assign", {"case_ids": [world.foreign_case.pk], "staff_id": worker.staff_id}, follow=True
    )
    assert "does not exist or lies outside" in refused.content.decode()
    assert Case.objects.get(pk=world.foreign_case.pk).assigned_to_id is None


def test_the_next_case_is_the_next_of_the_queue(collector, world):
    answer = collector.post(address(world, "next"), {"item": world.item.pk})
    assert answer["Location"] == f"/desk/case/{world.second_case.pk}/"
    assert Case.objects.get(pk=world.second_case.pk).assigned_to.username == "collector"
    assert Case.objects.get(pk=world.case.pk).assigned_to is None
    assert collector.get(address(world, "next")).status_code == 405


def test_the_export_holds_masked_rows_only(collector):
    answer = collector.get("/desk/queue/?export=csv")
    text = answer.content.decode("utf-8-sig")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert text.splitlines()[1].startswith("李**,M2,9700.50,")
    assert DEBTOR not in text


def test_a_supervisor_sees_what_nobody_has_and_what_each_collector_has(world, staff, signed_in):
    busy, _ = staff("collector"), staff("collector", username="idle")
    staff("supervisor")
    Case.objects.filter(pk=world.case.pk).update(assigned_to_id=busy.staff_id)
    client = signed_in("supervisor")
    client.get("/desk/")
    with CaptureQueriesContext(connection) as few:
        text = client.get("/desk/").content.decode()
    assert (
        '<dt>Nobody has</dt><dd class="num strong">1</dd><dt>Collector Wang</dt><dd class="num">1</dd>'
        in text
    )
    staff("collector", username="third")
    with CaptureQueriesContext(connection) as more:
        client.get("/desk/")
    assert len(few) == len(more) <= 16


@pytest.mark.parametrize("locale", ["en", "zh-hans"])
def test_no_code_of_a_queue_or_a_step_is_shown(world, staff, signed_in, locale):
    staff("supervisor", locale=locale)
    client = signed_in("supervisor")
    for code in ("m1", "m2", "m3", "m4-m6", "promises", "review"):
        WorkItem.objects.filter(pk=world.item.pk).update(queue=code)
        for path in ("/desk/", "/desk/queue/"):
            text = client.get(path).content.decode()
            assert f">{code}<" not in text and f">{code.capitalize()}<" not in text
    assert "Rank" not in client.get("/desk/queue/").content.decode()
