"""Matters at the desk: queues with clocks in words, the answer in four parts, a second person, what is not one's own."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fairdue.contexts.care import facade as care
from fairdue.contexts.care.models import Matter
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.identity.models import Staff
from fairdue.contexts.law import facade as law
from fairdue.journeys import care as journeys
from fairdue.kernel import clock
from fairdue.kernel.actor import Actor
from tests.engine.uploads.upload_files import pdf
from tests.web.desk_world import PASSWORD

pytestmark = pytest.mark.django_db

PARTS = {
    "understood": "The fee was taken twice.",
    "found": "Statement of October.",
    "decided": "It is given back.",
    "next_steps": "In three days.",
}


@pytest.fixture
def desk(world, staff, settings):
    settings.MFA_REQUIRED_ROLES = frozenset()

    def sign_in(role: str) -> Client:
        if not Staff.objects.filter(username=role).exists():
            staff(role)
        client = Client()
        assert client.post("/accounts/login/", {"login": role, "password": PASSWORD}).status_code == 302
        return client

    return sign_in


def tell(world, kind="complaint", cause="calls", words="they call every day", **given) -> care.MatterCard:
    borrower = Actor(
        kind="borrower", label="borrower", id=world.person.pk, role="borrower", creditor_ids=None
    )
    return journeys.open_matter(
        person_id=world.person.pk, kind=kind, account_ids=(), words=words, channel="portal", details={}, actor=borrower,
        now=clock.now(), cause=cause, **given,
    )  # fmt: skip


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_queues_say_how_near_in_words_and_who_may_open_them(world, desk):
    card = tell(world)
    tell(world, "hardship", "illness", "I am in hospital")
    boss = desk("supervisor")
    page = text(boss.get("/desk/matters/"))
    for said in (
        card.number,
        "15 days left, 0 % used",
        "Too many calls or messages",
        "Serious illness",
        "nobody yet",
        "李**",
    ):
        assert said in page, said
    assert card.number not in text(boss.get("/desk/hardship/")) and card.number in text(
        boss.get("/desk/complaints/")
    )
    assert "Nothing waits here" in text(boss.get("/desk/matters/?state=approval"))
    assert boss.get("/desk/matters/?after=x").status_code == 302
    assert boss.get("/desk/matters/?export=csv").status_code == 200
    figures = text(boss.get("/desk/matters/figures/"))
    assert (
        "Too many calls or messages" in figures
        and boss.get("/desk/matters/figures/?from=2026-99-99").status_code == 200
    )
    for role, status in (
        ("administrator", 403),
        ("strategist", 403),
        ("finance", 403),
        ("collector", 200),
    ):
        assert desk(role).get("/desk/matters/").status_code == status, role


def test_an_answer_in_four_parts_is_approved_by_another_and_the_matter_closed(world, desk):
    card = tell(world)
    at = f"/desk/matters/{card.matter_id}/"
    boss, clerk, collector = desk("supervisor"), desk("compliance"), desk("collector")
    assert "Another role handles such matters." in text(collector.get(at))
    assert collector.post(f"{at}take").status_code == 422
    assert boss.post(f"{at}take").status_code == 302
    assert "Fill in all four parts" in text(
        boss.post(f"{at}answer", {"outcome": "upheld"} | PARTS | {"found": " "})
    )
    assert boss.post(f"{at}answer", {"outcome": "upheld"} | PARTS).status_code == 302
    assert "You wrote it: somebody else approves it." in text(boss.get(at))
    assert boss.post(f"{at}decide", {"verb": "approve"}).status_code == 422
    assert "Say why" in text(clerk.post(f"{at}decide", {"verb": "return", "reason": ""}))
    assert clerk.post(f"{at}decide", {"verb": "return", "reason": "name the law"}).status_code == 302
    assert "name the law" in text(boss.get(at))
    assert boss.post(f"{at}answer", {"outcome": "upheld"} | PARTS).status_code == 302
    assert clerk.post(f"{at}decide", {"verb": "approve"}).status_code == 302
    page = text(clerk.get(at))
    assert "Answered" in page and "Letter (PDF)" in page
    letter = care.matter(
        matter_id=card.matter_id, actor=_actor("compliance"), now=clock.now()
    ).answer.letter_id
    answer = clerk.get(f"{at}documents/{letter}")
    assert answer.content.startswith(b"%PDF-") and answer.headers["Content-Disposition"].startswith(
        "attachment"
    )
    assert boss.post(f"{at}close", {"reason": "she is content"}).status_code == 302
    assert Matter.objects.get().state == "closed"
    assert "The matter is closed" in text(
        boss.post(f"{at}hand-over", {"to_staff_id": _actor("compliance").id, "reason": "x"})
    )


def test_notes_documents_and_handing_over(world, desk):
    card = tell(world, "hardship", "income", "no work")
    at = f"/desk/matters/{card.matter_id}/"
    collector, boss = desk("collector"), desk("supervisor")
    assert collector.post(f"{at}note", {"words": "called, will send proof"}).status_code == 302
    upload = {"document": SimpleUploadedFile("proof.pdf", pdf(), "application/pdf")}
    assert collector.post(f"{at}document", upload).status_code == 302
    bad = {"document": SimpleUploadedFile("proof.pdf", b"MZ" + b"\0" * 50, "application/pdf")}
    assert "The file is a program." in text(collector.post(f"{at}document", bad))
    large = {"document": SimpleUploadedFile("proof.pdf", b"x" * 13 * 2**20, "application/pdf")}
    assert "larger than 12 MB" in text(collector.post(f"{at}document", large))
    assert (
        collector.post(
            f"{at}hand-over", {"to_staff_id": _actor("supervisor").id, "reason": "too hard"}
        ).status_code
        == 302
    )
    page = text(boss.get(at))
    assert (
        "proof.pdf" in page and "will send proof" in page and "Supervisor Wang" in page and "too hard" in page
    )
    assert "Supervisor Wang handles it." in text(collector.get(at))
    assert boss.get("/desk/matters/999999/").status_code == 404
    assert boss.get(f"{at}documents/999999").status_code == 404


def test_a_complaint_about_whoever_has_the_case_is_not_theirs(world, desk):
    boss = desk("supervisor")
    type(world.case).objects.filter(pk=world.case.pk).update(assigned_to_id=_actor("supervisor").id)
    card = tell(world)
    at = f"/desk/matters/{card.matter_id}/"
    assert "It is about you or your case" in text(boss.get(at))
    assert "somebody else does this" in text(boss.post(f"{at}take"))
    clerk = desk("compliance")
    staff_id = _actor("compliance").id
    assert clerk.post(f"{at}take").status_code == 302
    assert clerk.post(f"{at}about", {"staff_id": staff_id}).status_code == 302
    assert Matter.objects.get().handler_id is None


def test_what_comes_in_at_the_desk_is_a_matter_with_its_number(world, desk):
    collector = desk("collector")
    received = clock.now().astimezone(clock.HOUSE_ZONE).strftime("%Y-%m-%dT%H:%M")
    given = {
        "kind": "dispute",
        "channel": "call",
        "received_at": received,
        "summary": "paid already",
        "account_id": "",
    }
    page = text(collector.post(f"/desk/case/{world.case.pk}/intake", given, follow=True))
    row = Matter.objects.get()
    assert care.matters_of(world.person.pk, clock.now())[0].number in page
    assert (row.kind, row.opened_by, len(row.disputed)) == ("dispute", "Collector Wang", 2)
    assert [hold.kind for hold in law.open_holds(world.person.pk)] == ["dispute"]


def _actor(username: str) -> Actor:
    actor = identity.actor_by_username(username)
    assert actor is not None
    return actor
