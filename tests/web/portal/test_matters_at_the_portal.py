"""A borrower disagrees, complains, asks to be called back, sends documents: one question a page, without a script."""

from __future__ import annotations

import re

import pytest
from case_world import World
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fairdue.contexts.book.models import Creditor
from fairdue.contexts.care import facade as care
from fairdue.contexts.care.models import Document, Matter
from fairdue.contexts.law import facade as law
from fairdue.journeys import care as journeys
from fairdue.kernel import clock
from fairdue.web.ui import uploads
from tests.engine.uploads.upload_files import docx, pdf
from tests.web.portal.test_portal_pages import inside, invite

pytestmark = pytest.mark.django_db


def at(client: Client, path: str, data=None, **given):
    url = f"/my/matters/{path}"
    return client.get(url) if data is None else client.post(url, data, **given)


def words(answer) -> str:
    return re.sub(r"<[^>]+>", " ", answer.content.decode())


def fill(client: Client, kind: str, **answers):
    for step, said in answers.items():
        answer = at(client, f"tell/{kind}/{step}/", said if isinstance(said, dict) else {"answer": said})
        assert answer.status_code == 302, words(answer)
    return at(client, f"tell/{kind}/check/", {})


@pytest.fixture
def person():
    world = World.build()
    found = world.person()
    world.account(found)
    return found


def test_a_dispute_is_asked_one_question_a_page_checked_and_numbered(person):
    client = inside(person.pk)
    page = at(client, "tell/dispute/")
    assert "question 1 of 3" in words(page) and "Which debt" not in words(page)
    assert (
        at(client, "tell/dispute/cause/", {"answer": "fee_or_interest"})
        .headers["Location"]
        .endswith("/part/")
    )
    assert "CNY 1,000.00" in words(at(client, "tell/dispute/part/"))
    assert at(client, "tell/dispute/part/", {"answer": "amount"}).headers["Location"].endswith("/amount/")
    for wrong in ("", "-3", "abc", "1e9999", "0"):
        assert at(client, "tell/dispute/amount/", {"answer": wrong}).status_code == 422
    assert at(client, "tell/dispute/amount/", {"answer": "128.50"}).headers["Location"].endswith("/words/")
    assert at(client, "tell/dispute/words/", {"answer": "  "}).status_code == 422
    at(client, "tell/dispute/words/", {"answer": "十月重复收费"})
    checked = words(at(client, "tell/dispute/check/"))
    assert all(
        word in checked
        for word in ("A fee or interest is wrong", "CNY 128.50", "十月重复收费", "stop at once")
    )
    session = str(dict(client.session.items()))
    assert "十月" not in session and "128.50" not in session and "12850" not in session
    first, second = (at(client, "tell/dispute/check/", {}) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    card = care.matters_of(person.pk, clock.now())[0]
    assert (Matter.objects.count(), [part.amount.minor for part in card.disputed]) == (1, [12_850])
    seen = words(at(client, f"{card.matter_id}/"))
    assert card.number in seen and "You have our answer by" in seen and "十月重复收费" in seen
    assert card.number in words(at(client, ""))


def test_each_kind_can_be_told_and_added_to_and_taken_back(person):
    client = inside(person.pk, "zh-hans")
    fill(client, "complaint", cause="third_party", words="打给了我的同事")
    fill(client, "hardship", cause="illness", words="住院两个月")
    fill(client, "vulnerability", words="听不清电话")
    fill(client, "wrong_person", cause="same_name", words="同名")
    slot = re.search(r'value="(20[^"]+)"', at(client, "tell/callback/when/").content.decode())
    assert slot
    fill(client, "callback", when=slot.group(1), topic="")
    fill(
        client,
        "contact_limits",
        stopped={"answer": ["call"]},
        hours={"from": "18:00", "to": "20:00"},
        third_parties="yes",
    )
    assert "没有可选的时段" in words(at(client, "tell/callback/when/"))
    assert sorted(Matter.objects.values_list("kind", flat=True)) == sorted({*care.kind_terms()} - {"dispute"})
    assert sorted(hold.kind for hold in law.open_holds(person.pk)) == [
        "complaint",
        "hardship",
        "internal",
        "vulnerability",
    ]
    matter = Matter.objects.get(kind="complaint").pk
    assert at(client, f"{matter}/add/", {"words": ""}).status_code == 422
    assert at(client, f"{matter}/add/", {"words": "还打给了父母"}).status_code == 302
    assert "还打给了父母" in words(at(client, f"{matter}/"))
    assert at(client, f"{matter}/withdraw/", {}).status_code == 302
    assert Matter.objects.get(pk=matter).state == "withdrawn"
    assert at(client, "tell/callback/when/", {"answer": "2026-11-24T03:00:00+08:00"}).status_code == 422
    assert at(client, "tell/revenge/").status_code == 404


def test_documents_are_taken_or_refused_in_words_and_nobody_opens_anothers(person, monkeypatch):
    client, other = inside(person.pk), inside(World().person("王芳").pk)
    fill(client, "hardship", cause="illness", words="in hospital")
    matter = Matter.objects.get().pk

    def send(name, content, to=client):
        return at(
            to,
            f"{matter}/document/",
            {"document": SimpleUploadedFile(name, content, "application/octet-stream")},
        )

    assert send("proof.pdf", pdf()).status_code == 302
    for name, content, said in [
        ("proof.pdf", b"MZ" + b"\0" * 99, "it is a program"),
        ("bomb.docx", docx([("word/a.xml", b"0" * 70_000_000)]), "unpacks to far more"),
        ("other.pdf", docx(), "something else than its name"),
        ("a.pdf", b"", "empty"),
    ]:
        answer = send(name, content)
        assert answer.status_code == 422 and said in words(answer), words(answer)
    assert at(client, f"{matter}/document/", {}).status_code == 422
    taken = []
    kept = uploads.CappedUpload.receive_data_chunk
    monkeypatch.setattr(
        uploads.CappedUpload,
        "receive_data_chunk",
        lambda me, raw, start: (taken.append(len(raw)), kept(me, raw, start))[1],
    )
    large = send("large.txt", b"x" * 30 * 2**20)
    assert (large.status_code, "12 MB" in words(large)) == (413, True)
    assert sum(taken) < care.UPLOAD_LIMITS.size + 2**20
    document = Document.objects.get()
    answer = client.get(f"/my/matters/documents/{document.pk}/")
    assert (answer.content, answer.headers["Content-Disposition"]) == (
        pdf(),
        "attachment; filename*=UTF-8''proof.pdf",
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for path in (
        f"documents/{document.pk}/",
        f"{matter}/",
        f"{matter}/add/",
        f"{matter}/document/",
        f"{matter}/withdraw/",
    ):
        assert at(other, path).status_code == 404
    assert send("proof.pdf", pdf(), other).status_code == 404
    assert at(Client(), f"{matter}/").status_code == 403


def test_what_one_person_began_to_tell_is_not_shown_to_the_next_at_the_same_telephone(person):
    client = inside(person.pk)
    at(client, "tell/vulnerability/words/", {"answer": "something of my own"})
    assert "something of my own" in words(at(client, "tell/vulnerability/words/"))
    client.post("/my/leave/")
    client.post(invite(World().person("王芳").pk))
    assert "something of my own" not in words(at(client, "tell/vulnerability/words/"))


def test_the_answer_is_read_and_taken_along_as_a_letter(person):
    client = inside(person.pk)
    fill(client, "hardship", cause="income", words="lost my job")
    matter = Matter.objects.get().pk
    staff = World(creditors={"north": Creditor.objects.get(code="north")}).staff("collector")
    parts = care.AnswerParts(
        understood="You lost your work.", found="A", decided="Three months less.", next_steps="B"
    )
    journeys.answer_matter(matter_id=matter, outcome="agreed", parts=parts, actor=staff, now=clock.now())
    page = words(at(client, f"{matter}/"))
    assert "Three months less." in page and "Agreed" in page
    letter = Document.objects.get(kind="letter").pk
    assert client.get(f"/my/matters/documents/{letter}/").content.startswith(b"%PDF-")
