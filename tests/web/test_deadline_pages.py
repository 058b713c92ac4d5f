"""Deadlines at the desk: taken in on the case page, listed, met, extended by two, and nothing for who may not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Deadline, DeadlineExtension, ReceivedRequest
from fairdue.kernel import clock
from fairdue.kernel.actor import system

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(world, staff, signed_in, client):
    """Sign somebody of a role in instead of whoever was, with every creditor in scope."""

    def as_role(role: str, name: str = ""):
        client.logout()
        identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)
        staff(role, username=name or f"the-{role}", team="head")
        return signed_in(name or f"the-{role}")

    return as_role


def complaint(world, **more):
    asked = {"kind": "complaint", "received_at": clock.now() - timedelta(minutes=5)} | more
    return law.record_request(
        person_id=world.person.pk, channel="letter", summary="the fee is wrong", actor=system("test"),
        now=clock.now(), **asked,
    ).deadlines[0]  # fmt: skip


def intake(**more):
    received = (clock.now() - timedelta(hours=1)).astimezone(clock.HOUSE_ZONE).strftime("%Y-%m-%dT%H:%M")
    return {
        "kind": "complaint", "channel": "call", "received_at": received, "complexity": "simple",
        "summary": "says the fee is wrong", "account_id": "",
    } | more  # fmt: skip


def test_a_collector_takes_a_complaint_in_and_the_page_shows_its_clock_once(world, desk):
    client = desk("collector")
    path = f"/desk/case/{world.case.pk}/"
    for _ in range(2):
        page = client.post(f"{path}intake", intake(is_held="on"), follow=True).content.decode()
    due = Deadline.objects.get().due_date
    assert "This was recorded before" in page
    assert "Decision on a complaint" in page and f"{due:%Y-%m-%d}" in page
    assert "working days left" in page and "CN-CMP-01" in page
    assert "Hold: Complaint" in page
    assert ReceivedRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"received_at": "2199-01-01T10:00"}, "cannot have been received in the future"),
        ({"received_at": "soon"}, "Write a date and a time"),
        ({"summary": " "}, "This field is required"),
        ({"kind": "breathing_space"}, "Select a valid choice"),
    ],
)
def test_a_request_that_cannot_be_is_refused_in_place(world, desk, change, said):
    answer = desk("collector").post(f"/desk/case/{world.case.pk}/intake", intake(**change))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Deadline.objects.count() == 0


def test_the_list_says_how_near_in_words_and_filters(world, desk):
    client = desk("compliance")
    card = complaint(world)
    page = client.get("/desk/deadlines/").content.decode()
    for text in (
        "Decision on a complaint",
        "Not due yet",
        "working days left",
        "CN-CMP-01",
        "李**",
        "not counted",
    ):
        assert text in page
    assert f"/desk/deadlines/{card.deadline_id}/" in page and f"/desk/case/{world.case.pk}/" in page
    assert "No deadline is listed so" in client.get("/desk/deadlines/?within=2").content.decode()
    assert "No deadline is listed so" in client.get("/desk/deadlines/?kind=hardship_reply").content.decode()
    assert "No deadline is listed so" in client.get("/desk/deadlines/?mine=1").content.decode()
    law.sweep_deadlines(card.due_at)
    assert "Missed" in client.get("/desk/deadlines/?state=missed").content.decode()


def test_the_list_leaves_as_a_file_with_the_arithmetic(world, desk):
    complaint(world)
    answer = desk("compliance").get("/desk/deadlines/?export=csv")
    text = b"".join(answer) if answer.streaming else answer.content
    assert "CN-CMP-01" in text.decode() and "15 calendar days" in text.decode()


def test_limits_stand_in_the_same_table(world, desk):
    client = desk("compliance")
    page = client.get("/desk/deadlines/?kind=limits").content.decode()
    assert "CN-LIM" in page and "Nothing of it is stored" in page
    complaint(world)
    page = client.get(f"/desk/case/{world.case.pk}/deadlines").content.decode()
    assert "CN-LIM" in page and "CN-CMP-01" in page
    assert Deadline.objects.count() == 1


def test_a_deadline_is_met_with_how_it_was_done(world, desk):
    client, card = desk("supervisor"), complaint(world)
    path = f"/desk/deadlines/{card.deadline_id}/"
    assert client.post(f"{path}meet", {"note": ""}).status_code == 422
    page = client.post(f"{path}meet", {"note": "letter 7"}, follow=True).content.decode()
    assert "it was done in time" in page and "letter 7" in page
    assert Deadline.objects.get().status == "met"


def test_more_time_is_asked_for_by_one_and_granted_by_another(world, desk):
    card = complaint(world)
    path = f"/desk/deadlines/{card.deadline_id}/"
    asker = desk("supervisor")
    asked = {"until": "", "reason": "the merchant must answer"}
    assert asker.post(f"{path}extend", asked).status_code == 422
    until = card.start_date + timedelta(days=30)
    assert asker.post(f"{path}extend", asked | {"until": until + timedelta(days=1)}).status_code == 422
    page = asker.post(f"{path}extend", asked | {"until": until}, follow=True).content.decode()
    assert "until somebody else decides" in page and "You asked for it yourself" in page
    extension = DeadlineExtension.objects.get()
    decide = f"{path}extensions/{extension.pk}"
    assert asker.post(decide, {"verb": "approve"}).status_code == 422
    assert Deadline.objects.get().due_date == card.due_date
    head = desk("compliance")
    assert "Extensions that wait for a decision" in head.get("/desk/deadlines/").content.decode()
    assert "the new last day holds" in head.post(decide, {"verb": "approve"}, follow=True).content.decode()
    assert Deadline.objects.get().due_date == until
    assert "decided already" in head.post(decide, {"verb": "refuse", "reason": "x"}).content.decode()


def test_a_mistake_is_cancelled_with_a_reason(world, desk):
    client, card = desk("compliance"), complaint(world)
    path = f"/desk/deadlines/{card.deadline_id}/cancel"
    assert client.post(path, {"reason": ""}).status_code == 422
    client.post(path, {"reason": "typed twice"})
    assert Deadline.objects.get().status == "cancelled"


def test_who_may_not_sees_and_does_nothing(world, desk, staff, signed_in):
    card = complaint(world)
    path = f"/desk/deadlines/{card.deadline_id}/"
    collector = desk("collector")
    assert collector.get(path).status_code == 200
    assert collector.post(f"{path}meet", {"note": "x"}).status_code == 403
    assert desk("finance").get("/desk/deadlines/").status_code == 403
    assert "Deadlines" not in desk("strategist").get("/desk/").content.decode()
    other = identity.ensure_team(
        code="south", name="South", creditor_ids=[world.foreign_case.creditor_ids[0]]
    )
    staff("supervisor", username="southern", team="south")
    collector.logout()
    southern = signed_in("southern")
    assert southern.get(path).status_code == 404
    assert southern.post(f"{path}meet", {"note": "x"}).status_code == 404
    assert other is not None and Deadline.objects.get().status == "running"
