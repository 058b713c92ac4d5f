"""What a person tells us: taken in once, held by law and ledger, answered by somebody independent, in time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from case_world import NOW, TODAY, World
from django.db import DatabaseError, IntegrityError, transaction
from django.test import override_settings

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.care import facade as care
from fairdue.contexts.care.models import Document, DocumentChunk, Entry, Matter
from fairdue.contexts.identity.models import Staff
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Deadline
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.models import Message
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.payments import facade as payments
from fairdue.journeys import care as journeys
from fairdue.journeys.stop_contacts import contact_choices
from fairdue.kernel.actor import Actor, PermissionRefused, system
from fairdue.kernel.secrets import KeyRing
from fairdue.storage import resealing
from tests.engine.uploads.upload_files import pdf, png

pytestmark = pytest.mark.django_db

PARTS = care.AnswerParts(
    understood="您认为费用重复收取。",
    found="核对了十月账单。",
    decided="费用应予减免。",
    next_steps="三日内到账；不同意可再次提出。",
)


def borrower(person) -> Actor:
    return Actor(kind="borrower", label="borrower", id=person.pk, role="borrower", creditor_ids=None)


@pytest.fixture
def world():
    return World.build()


@pytest.fixture
def person(world):
    return world.person()


def tell(person, kind="complaint", *, cause="calls", words="每天打很多电话", **given):
    now = given.pop("now", NOW)
    actor = given.pop("actor", None) or borrower(person)
    return journeys.open_matter(
        person_id=person.pk, kind=kind, account_ids=given.pop("account_ids", ()), words=words, channel=given.pop("channel", "portal"),
        details=given.pop("details", {}), actor=actor, now=now, cause=cause, **given,
    )  # fmt: skip


def holds(person) -> list[str]:
    return sorted(hold.kind for hold in law.open_holds(person.pk))


def test_a_complaint_of_a_borrower_stops_contacts_and_is_due_on_the_fifteenth_day(world, person):
    account = world.account(person)
    card = tell(person, account_ids=[account.pk])
    assert (card.number, card.state, card.handler) == (
        f"M{card.matter_id:07d}-{card.number[-2:]}",
        "open",
        "",
    )
    assert (card.clock.due_date, card.clock.tone, card.clock.rule_id) == (
        date(2026, 12, 8),
        "neutral",
        "CN-CMP-01",
    )
    assert holds(person) == ["complaint"]
    message = outreach.messages_of(person.pk)[0]
    assert (message.template_code, message.channel) == ("notice.matter_received", "inapp")
    at = {
        days: care.matters_of(person.pk, NOW + timedelta(days=days))[0].clock.tone
        for days in (7, 8, 12, 13, 16)
    }
    assert at == {7: "neutral", 8: "amber", 12: "amber", 13: "red", 16: "late"}


def test_the_same_submission_is_one_matter_and_holds_once(world, person):
    world.account(person)
    first, second = (tell(person, reference="form-1") for _ in range(2))
    assert (first.matter_id, first.is_repeated, second.is_repeated) == (second.matter_id, False, True)
    assert (Matter.objects.count(), len(holds(person)), len(outreach.messages_of(person.pk))) == (1, 1, 1)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"words": "  "}, "care.matter.words_missing"),
        ({"words": "字" * 5001}, "care.matter.words_too_long"),
        ({"cause": "weather"}, "care.matter.cause"),
        ({"kind": "revenge"}, "care.matter.kind"),
        ({"account_ids": [999_999]}, "care.matter.account"),
        ({"account_ids": [1, 2]}, "care.matter.accounts"),
        ({"received_at": NOW + timedelta(minutes=5)}, "care.matter.in_the_future"),
        ({"kind": "callback", "details": {"wanted_at": "2026-11-24T03:00:00+08:00"}}, "care.callback.hour"),
        ({"kind": "callback", "details": {"wanted_at": "soon"}}, "care.callback.hour"),
        (
            {"kind": "wrong_person", "cause": "number", "details": {"contact_point_id": 0}},
            "care.matter.contact_point",
        ),
    ],
)
def test_what_cannot_be_taken_in_leaves_nothing_behind(world, person, given, code):
    world.account(person)
    with pytest.raises(care.CareRefused) as refused:
        tell(person, **given)
    assert refused.value.code == code
    assert (Matter.objects.count(), holds(person), Entry.objects.count()) == (0, [], 0)


def test_nobody_opens_a_matter_for_somebody_else(world, person):
    world.account(person)
    with pytest.raises(care.CareRefused):
        tell(person, actor=borrower(world.person("王芳")))
    with pytest.raises(PermissionRefused):
        tell(person, actor=world.staff("finance"))
    assert Matter.objects.count() == 0


def test_a_disputed_amount_leaves_the_count_at_once_and_is_corrected_by_two_persons(world, person):
    account = world.account(person)
    collector, supervisor, finance = (world.staff(role) for role in ("collector", "supervisor", "finance"))
    card = tell(
        person, "dispute", cause="wrong_amount", account_ids=[account.pk], details={"amount_minor": 40_000}
    )
    assert [part.amount.minor for part in card.disputed] == [40_000]
    assert ledger.account_summary(account.pk, TODAY).days_past_due == 0
    assert holds(person) == ["dispute"]
    care.take(matter_id=card.matter_id, actor=collector, now=NOW)
    detail = journeys.answer_matter(
        matter_id=card.matter_id,
        outcome="partly_upheld",
        parts=PARTS,
        correction_minor=15_000,
        actor=collector,
        now=NOW,
    )
    assert (detail.card.state, detail.answer, detail.card.clock.tone) == ("waiting_approval", None, "neutral")
    for actor in (collector, world.staff("collector")):
        with pytest.raises((care.CareRefused, PermissionRefused)):
            journeys.approve_answer(matter_id=card.matter_id, actor=actor, now=NOW)
    detail = journeys.approve_answer(matter_id=card.matter_id, actor=supervisor, now=NOW)
    assert (detail.card.state, detail.card.outcome, detail.card.clock.tone) == (
        "answered",
        "partly_upheld",
        "done",
    )
    assert (
        law.deadline_cards([row.deadline_id for row in Matter.objects.all()], NOW).popitem()[1].status
        == "met"
    )
    request = payments.open_requests(actor=supervisor)[0]
    assert (request.kind, request.amount.minor, detail.card.correction_request_ids) == (
        "waiver",
        15_000,
        (request.request_id,),
    )
    assert journeys.look_after_matters(NOW).released_count == 0
    payments.approve(request_id=request.request_id, actor=finance, now=NOW)
    assert journeys.look_after_matters(NOW).released_count == 1
    owed = ledger.account_summary(account.pk, TODAY)
    assert (owed.balance.minor, owed.overdue.minor, owed.days_past_due) == (85_000, 25_000, 20)
    letter = care.open_document(document_id=detail.answer.letter_id or 0, actor=borrower(person), now=NOW)
    assert letter.content.startswith(b"%PDF-") and letter.card.kind == "letter"


def test_a_dispute_that_is_rejected_counts_again_and_contacts_wait_three_working_days(world, person):
    account = world.account(person)
    card = tell(person, "dispute", cause="paid_already", account_ids=[account.pk])
    assert sum(part.amount.minor for part in card.disputed) == 100_000
    collector, supervisor = world.staff("collector"), world.staff("supervisor")
    journeys.answer_matter(
        matter_id=card.matter_id, outcome="rejected", parts=PARTS, actor=collector, now=NOW
    )
    journeys.approve_answer(matter_id=card.matter_id, actor=supervisor, now=NOW)
    assert ledger.account_summary(account.pk, TODAY).days_past_due == 20
    assert (holds(person), journeys.look_after_matters(NOW + timedelta(days=3)).lifted_count) == (
        ["dispute"],
        0,
    )
    assert [journeys.look_after_matters(NOW + timedelta(days=4)).lifted_count for _ in range(2)] == [1, 0]
    assert holds(person) == []


def test_words_after_the_answer_open_it_again_and_stop_the_lifting(world, person):
    world.account(person)
    collector = world.staff("collector")
    card = tell(person, "hardship", cause="income", words="公司停业，没有收入")
    assert card.suggestions == ("income",)
    journeys.answer_matter(
        matter_id=card.matter_id, outcome="other_terms", parts=PARTS, actor=collector, now=NOW
    )
    later = NOW + timedelta(days=1)
    again = care.add_words(matter_id=card.matter_id, words="孩子生病住院", actor=borrower(person), now=later)
    assert (again.state, again.outcome, again.suggestions) == ("open", "", ("income", "illness", "family"))
    assert again.clock.due_date == date(2026, 12, 8)
    assert journeys.look_after_matters(NOW + timedelta(days=9)).lifted_count == 0
    assert holds(person) == ["hardship"]


def test_a_withdrawn_matter_ends_its_hold_and_counts_its_amount_again(world, person):
    account = world.account(person)
    card = tell(person, "dispute", cause="other", account_ids=[account.pk])
    for actor in (borrower(world.person("王芳")), world.staff("supervisor")):
        with pytest.raises(care.CareRefused):
            journeys.withdraw_matter(matter_id=card.matter_id, reason="", actor=actor, now=NOW)
    card = journeys.withdraw_matter(
        matter_id=card.matter_id, reason="查到了", actor=borrower(person), now=NOW
    )
    assert (card.state, holds(person)) == ("withdrawn", [])
    assert ledger.account_summary(account.pk, TODAY).days_past_due == 20
    with pytest.raises(care.CareRefused):
        care.add_words(matter_id=card.matter_id, words="再说一句", actor=borrower(person), now=NOW)


def test_nobody_handles_approves_or_closes_a_complaint_about_themselves(world, person):
    world.account(person)
    named, boss, clerk = (world.staff(role) for role in ("supervisor", "supervisor", "compliance"))
    card = tell(person, about_staff_ids=[named.id])
    attempts = [
        lambda: care.take(matter_id=card.matter_id, actor=named, now=NOW),
        lambda: care.hand_over(
            matter_id=card.matter_id, to_staff_id=named.id, reason="x", actor=boss, now=NOW
        ),
        lambda: journeys.answer_matter(
            matter_id=card.matter_id, outcome="upheld", parts=PARTS, actor=named, now=NOW
        ),
        lambda: care.take(matter_id=card.matter_id, actor=world.staff("collector"), now=NOW),
    ]
    for attempt in attempts:
        with pytest.raises(care.CareRefused):
            attempt()
    with pytest.raises(IntegrityError), transaction.atomic():
        Matter.objects.update(handler_id=named.id)
    journeys.answer_matter(matter_id=card.matter_id, outcome="upheld", parts=PARTS, actor=boss, now=NOW)
    for actor in (named, boss):
        with pytest.raises(care.CareRefused):
            journeys.approve_answer(matter_id=card.matter_id, actor=actor, now=NOW)
    returned = care.return_answer(matter_id=card.matter_id, reason="写明依据", actor=clerk, now=NOW)
    assert (returned.state, returned.return_reason) == ("returned", "写明依据")
    journeys.answer_matter(matter_id=card.matter_id, outcome="upheld", parts=PARTS, actor=boss, now=NOW)
    journeys.approve_answer(matter_id=card.matter_id, actor=clerk, now=NOW)
    with pytest.raises(care.CareRefused):
        care.close(matter_id=card.matter_id, reason="done", actor=named, now=NOW)
    assert care.close(matter_id=card.matter_id, reason="done", actor=boss, now=NOW).state == "closed"
    figures = care.matter_figures(from_date=TODAY, to_date=TODAY, actor=clerk, now=NOW)
    assert [(f.kind, f.cause, f.opened_count, f.upheld_count, f.late_count) for f in figures] == [
        ("complaint", "calls", 1, 1, 0)
    ]


def test_what_happened_is_not_rewritten(world, person):
    world.account(person)
    tell(person)
    for change in ({"kind": "closed"}, {"by": "nobody"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Entry.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.all().delete()
    assert "电话" not in str([event.after for event in audit.events(person_id=person.pk)])


def test_an_overdue_matter_is_raised_once_and_a_call_for_help_stands_first(world, person):
    world.account(person)
    other = world.person("王芳")
    world.account(other)
    tell(person, now=NOW - timedelta(days=30))
    urgent = tell(other, "vulnerability", cause="", words="我不想活了")
    assert urgent.suggestions == ("danger",) and holds(other) == ["vulnerability"]
    assert urgent.clock.due_date == date(2026, 11, 25)
    assert [journeys.look_after_matters(NOW).overdue_count for _ in range(2)] == [1, 0]
    page = care.matter_queue(actor=world.staff("supervisor"), now=NOW)
    assert [(row.kind, row.clock.tone) for row in page.rows] == [
        ("vulnerability", "neutral"),
        ("complaint", "late"),
    ]
    elsewhere = world.staff("supervisor", creditors=("south",))
    assert care.matter_queue(actor=elsewhere, now=NOW).count == 0
    with pytest.raises(care.MatterUnknown):
        care.matter(matter_id=urgent.matter_id, actor=elsewhere, now=NOW)


def test_who_handles_and_who_answers_for_it_hear_once_that_an_answer_is_near_and_once_that_it_is_late(
    world, person, monkeypatch
):
    world.account(person)
    card = tell(person, now=NOW - timedelta(days=13))
    handler, clerk = world.staff("compliance"), world.staff("compliance")
    outsider = world.staff("supervisor", creditors=("south",))
    care.take(matter_id=card.matter_id, actor=handler, now=NOW)
    letters = []
    monkeypatch.setattr(
        "fairdue.journeys.care.watching.send_house_letter", lambda letter, **_to: letters.append(letter)
    )
    with override_settings(SMTP_URL="smtp://mail.house.example", MAIL_FROM="fairdue@house.example"):
        Staff.objects.filter(pk=clerk.id).update(email="clerk@house.example", locale="en")
        Staff.objects.filter(pk=handler.id).update(email="handler@house.example", preferences={"mail": "off"})
        night = NOW.replace(hour=15)
        assert journeys.watch_matters(night) == journeys.CareWatch(
            near_count=0, late_count=0, extended_count=0, mailed_count=0
        )
        looks = [journeys.watch_matters(NOW) for _ in range(2)]
    assert [(look.near_count, look.late_count, look.mailed_count) for look in looks] == [(1, 0, 1), (0, 0, 0)]
    (letter,) = letters
    assert (letter.recipient, card.number in letter.text, "due soon" in letter.text) == (
        "clerk@house.example",
        True,
        True,
    )
    assert "李" not in letter.text
    seen = {
        actor.id: care.matters_ahead(actor=actor, now=NOW, limit=9) for actor in (handler, clerk, outsider)
    }
    assert [len(seen[actor.id]) for actor in (handler, clerk, outsider)] == [1, 1, 0]
    (said,) = Entry.objects.filter(kind="warned").values_list("facts", flat=True)
    assert (said["what"], set(said["told"]) >= {handler.id, clerk.id}, said["mailed"]) == (
        "near",
        True,
        [clerk.id],
    )
    late = journeys.watch_matters(NOW + timedelta(days=4))
    assert (late.near_count, late.late_count) == (0, 1)


def test_a_person_hears_once_of_each_later_day_of_the_answer(world, person):
    world.account(person)
    card = tell(person, channel="call", actor=world.staff("compliance"), now=NOW)
    received = Message.objects.filter(template_code="notice.matter_received")
    assert set(received.values_list("channel", flat=True)) == {"inapp", "sms"}, (
        "told by telephone: acknowledged there too"
    )
    later = TODAY + timedelta(days=30)
    Deadline.objects.filter(pk=card.clock.deadline_id).update(
        due_date=later, due_at=NOW + timedelta(days=31), step="complex"
    )
    assert [journeys.watch_matters(NOW).extended_count for _ in range(2)] == [1, 0]
    notes = Message.objects.filter(template_code="notice.matter_extended")
    assert {(each.channel, each.values["answer_date"]) for each in notes} == {
        ("inapp", later.isoformat()), ("sms", later.isoformat()),
    }  # fmt: skip
    detail = care.matter(matter_id=card.matter_id, actor=borrower(person), now=NOW)
    assert [entry.facts["due"] for entry in detail.entries if entry.kind == "extended"] == [later.isoformat()]


def test_limits_to_contacts_are_in_force_before_the_answer(world, person):
    world.account(person)
    third = world.phone(person, owner="third_party")
    card = tell(
        person, "contact_limits", cause="", words="",
        details={"stopped": ["call"], "hours_from": "18:00", "hours_to": "20:00", "third_parties": True},
    )  # fmt: skip
    assert card.state == "closed"
    assert [each.channel for each in contact_choices(person.pk) if each.is_stopped] == ["call"]
    said = {(each.kind, each.contact_point_id) for each in parties.latest_consents(person.pk)}
    assert {("agreed_hours", None), ("opt_out", third.pk)} <= said
    verdicts = {
        each.channel: each.verdict.outcome
        for each in law.preview_all(person_id=person.pk, now=NOW, actor=system("t"))
    }
    assert verdicts["call"] == "refuse"


def test_a_wrong_number_is_not_used_again_and_a_call_back_comes_at_a_lawful_hour(world, person):
    world.account(person)
    slots = journeys.callback_slots(person_id=person.pk, now=NOW)
    hours = {slot.starts_at.hour for slot in slots}
    assert slots and hours <= set(range(8, 22)) and slots[0].starts_at >= NOW + timedelta(hours=1)
    card = tell(person, "callback", cause="", words="", details={"wanted_at": slots[0].starts_at.isoformat()})
    assert (card.details["wanted_at"], holds(person)) == (slots[0].starts_at.isoformat(), [])
    point = parties.contact_points(person.pk)[0]
    tell(person, "wrong_person", cause="number", details={"contact_point_id": point.contact_point_id})
    assert parties.contact_points(person.pk)[0].status == "invalid" and holds(person) == ["internal"]


def test_documents_are_sealed_found_when_altered_and_shown_to_nobody_else(world, person, monkeypatch):
    world.account(person)
    card = tell(person, "hardship", cause="illness", words="住院证明见附件")
    content = pdf(b" /Keywords (" + b"x" * 600_000 + b")")
    given = {"matter_id": card.matter_id, "claimed_type": "", "actor": borrower(person), "now": NOW}
    kept = care.add_document(name="../../证明.pdf", chunks=[content[:9], content[9:]], **given)
    again = care.add_document(name="b.pdf", chunks=[content], **given)
    assert (kept.name, kept.document_id, DocumentChunk.objects.count()) == ("证明.pdf", again.document_id, 3)
    assert not any(b"Keywords" in bytes(piece.content_sealed) for piece in DocumentChunk.objects.all())
    assert (
        care.open_document(document_id=kept.document_id, actor=borrower(person), now=NOW).content == content
    )
    assert audit.events(person_id=person.pk)[0].code == "care.document.opened"
    strangers = [borrower(world.person("王芳")), world.staff("supervisor", creditors=("south",))]
    for stranger in strangers:
        with pytest.raises(care.DocumentUnknown):
            care.open_document(document_id=kept.document_id, actor=stranger, now=NOW)
    for name, chunks, code in [
        ("a.pdf", [png()], "not_what_it_says"), ("a.txt", (b"x" * 2**20 for _ in range(2**11)), "too_large")
    ]:  # fmt: skip
        with pytest.raises(care.DocumentRefused) as refused:
            care.add_document(name=name, chunks=chunks, **given)
        assert refused.value.code == f"care.upload.{code}"
    monkeypatch.setattr("fairdue.contexts.care.operations.documents.MOST", 1)
    with pytest.raises(care.DocumentRefused) as refused:
        care.add_document(name="b.png", chunks=[png()], **given)
    assert (refused.value.code, Document.objects.count()) == ("care.document.too_many", 1)
    first = DocumentChunk.objects.order_by("position")[0]
    DocumentChunk.objects.filter(position=1).update(content_sealed=first.content_sealed)
    with pytest.raises(care.DocumentUnknown):
        care.open_document(document_id=kept.document_id, actor=borrower(person), now=NOW)


def test_words_and_files_are_sealed_again_under_a_new_key(world, person, settings):
    world.account(person)
    card = tell(person)
    kept = care.add_document(
        matter_id=card.matter_id,
        name="a.pdf",
        claimed_type="",
        chunks=[pdf()],
        actor=borrower(person),
        now=NOW,
    )
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = KeyRing(keys={**old.keys, old.newest + 1: b"n" * 32}, index_key=old.index_key)
    counts = resealing.reseal(care.SEALED_COLUMNS)
    assert counts["care_matter.words_sealed"] == counts["care_documentchunk.content_sealed"] == 1
    settings.FIELD_KEYS = KeyRing(keys={old.newest + 1: b"n" * 32}, index_key=old.index_key)
    assert care.open_document(document_id=kept.document_id, actor=borrower(person), now=NOW).content == pdf()
    assert care.matter(matter_id=card.matter_id, actor=borrower(person), now=NOW).words == "每天打很多电话"


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("我上个月失业了，还在住院", ("illness", "income")),
        ("我不是失业，只是忘了", ()),
        ("I have lost my job and my mother passed away", ("bereavement", "income")),
        ("I am not disabled", ()),
        ("I want to END  my life", ("danger",)),
        ("家暴，我被打了", ("violence",)),
        ("请把账单发给我", ()),
    ],
)
def test_words_suggest_and_denials_do_not(words, codes):
    assert care.suggested(words) == codes
