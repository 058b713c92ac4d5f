"""What a text may not say is stopped at approval and at sending, with every place; nothing leaves."""

from __future__ import annotations

import shutil
import uuid

import pytest
import yaml
from django.conf import settings

from fairdue.contexts.audit.models import Event
from fairdue.contexts.law.models import Contact, Permit, RulePack
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.models import Dispatch, Message, Template
from fairdue.kernel.actor import Actor, PermissionRefused, system

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def collector() -> Actor:
    return Actor(
        kind="staff", label="collector-1", id=3, creditor_ids=None, permissions=frozenset({"contacts.make"})
    )


@pytest.fixture
def folder(tmp_path):
    """One shipped template file, not approved, that a test may edit."""
    source = settings.PACKS_DIR / "templates" / "reminder.first_overdue.yaml"
    shutil.copy(source, tmp_path / source.name)
    return tmp_path


def edit(folder, ending="", **changes):
    path = folder / "reminder.first_overdue.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8")) | changes
    for text in document["texts"]:
        text["body"] = text["body"].strip() + (ending if text["locale"] == "zh-hans" else "")
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")


def load(folder, now):
    return outreach.load_templates(actor=system("test"), now=now, directory=folder)


def nothing_happened():
    assert (Message.objects.count(), Dispatch.objects.count(), Permit.objects.count(), Contact.objects.count()) == (
        0, 0, 0, 0,
    )  # fmt: skip


def test_a_template_that_threatens_cannot_be_approved_and_every_place_is_named(
    folder, compliance, ten_o_clock
):
    edit(folder, "再不还款将联系您的家人，您也会坐牢。", approved_by="")
    load(folder, ten_o_clock)
    template = Template.objects.get(channel="sms", locale="zh-hans")
    with pytest.raises(outreach.TextRefused) as refusal:
        outreach.approve_template(template_id=template.pk, actor=compliance, now=ten_o_clock)
    report = refusal.value.report
    marks = {template.body[mark.start : mark.end] for each in report.findings for mark in each.marks}
    assert marks == {"联系您的家人", "坐牢"}
    assert {each.rule_id for each in report.findings} == {"CN-PROH-01", "HOUSE-TEXT-01"}
    template.refresh_from_db()
    assert (template.approved_at, template.approved_by) == (None, "")
    assert not Event.objects.filter(code="outreach.template.approved").exists()


def test_a_harmless_template_is_approved_and_the_content_pack_that_read_it_is_kept(
    folder, compliance, ten_o_clock
):
    edit(folder, "我们不会联系您的家人。", approved_by="")
    load(folder, ten_o_clock)
    template = Template.objects.get(channel="sms", locale="zh-hans")
    outreach.approve_template(template_id=template.pk, actor=compliance, now=ten_o_clock)
    record = Event.objects.get(code="outreach.template.approved")
    assert RulePack.objects.filter(code="content", version=record.after["content_pack"]).count() == 1


def test_files_that_claim_approval_for_a_refused_text_load_nothing(folder, ten_o_clock):
    edit(folder, "老赖！")
    with pytest.raises(outreach.TextRefused, match="HOUSE-TEXT-01"):
        load(folder, ten_o_clock)
    assert Template.objects.count() == 0


def test_a_mark_in_the_subject_is_told_from_one_in_the_body(compliance, ten_o_clock, folder):
    path = folder / "reminder.first_overdue.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8")) | {"approved_by": ""}
    for text in document["texts"]:
        if "subject" in text and text["locale"] == "en":
            text["subject"], text["body"] = "You will be arrested", text["body"] + " We know where you live."
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    load(folder, ten_o_clock)
    template = Template.objects.get(channel="email", locale="en")
    with pytest.raises(outreach.TextRefused) as refusal:
        outreach.approve_template(template_id=template.pk, actor=compliance, now=ten_o_clock)
    [house] = [each for each in refusal.value.report.findings if each.rule_id == "HOUSE-TEXT-01"]
    found = [(mark.part, (template.subject if mark.part == "subject" else template.body)[mark.start : mark.end])
             for mark in house.marks]  # fmt: skip
    assert found == [("subject", "arrested"), ("text", "We know where you live")]


def test_a_free_text_that_threatens_is_refused_and_nothing_is_planned(
    packs, web, borrow, collector, ten_o_clock
):
    borrower = borrow()
    with pytest.raises(outreach.TextRefused) as refusal:
        outreach.send_one(
            person_id=borrower.person_id,
            channel="sms",
            text="再不还款我们就联系您的家人",
            actor=collector,
            now=ten_o_clock,
        )
    assert "HOUSE-TEXT-01" in {each.rule_id for each in refusal.value.report.findings}
    nothing_happened()
    record = Event.objects.get(code="outreach.text.refused")
    assert (record.person_id, "HOUSE-TEXT-01" in record.reason) == (borrower.person_id, True)
    assert "家人" not in str(record.after) + record.reason


@pytest.mark.parametrize("channel", ["sms", "email", "inapp"])
def test_a_decent_free_text_goes_framed_with_its_permit(packs, web, borrow, collector, ten_o_clock, channel):
    borrower = borrow()
    sent = outreach.send_one(
        person_id=borrower.person_id, channel=channel, text="李先生，您申请的分期方案已通过，请登录查看。",
        subject="您的分期申请", actor=collector, now=ten_o_clock,
    )  # fmt: skip
    assert sent.status in ("sent", "delivered")
    [card] = outreach.messages_of(borrower.person_id, actor=system("test"))
    assert "您申请的分期方案已通过" in card.text
    if channel == "sms":
        assert card.text.startswith("【示例银行】李先生") and card.text.endswith("回复T退订。")
    else:
        assert card.text.endswith("\n\n示例银行")
    assert Dispatch.objects.get().permit.content_sha256


def test_the_same_gesture_sends_the_same_words_once_and_other_words_too(
    packs, web, borrow, collector, ten_o_clock
):
    borrower = borrow()
    for text in ("您好，资料已收到。", "您好，资料已收到。", "您好，还缺一份收入证明。"):
        outreach.send_one(
            person_id=borrower.person_id, channel="inapp", text=text, actor=collector, now=ten_o_clock
        )
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"channel": "sms", "text": " "}, outreach.TextEmpty),
        ({"channel": "email", "text": "您好"}, outreach.TextEmpty),
        ({"channel": "sms", "text": "好" * 500}, outreach.TextTooLong),
    ],
)
def test_an_empty_or_endless_text_is_refused(packs, borrow, collector, ten_o_clock, values, refusal):
    with pytest.raises(refusal):
        outreach.send_one(person_id=borrow().person_id, actor=collector, now=ten_o_clock, **values)
    nothing_happened()


def test_nobody_writes_to_borrowers_without_the_permission(packs, borrow, ten_o_clock):
    stranger = Actor(kind="staff", label="risk-1", id=4, gesture=uuid.uuid4())
    with pytest.raises(PermissionRefused):
        outreach.send_one(
            person_id=borrow().person_id, channel="sms", text="您好", actor=stranger, now=ten_o_clock
        )
    nothing_happened()


def test_a_planned_message_whose_values_threaten_is_refused_when_it_would_leave(packs, web, borrow, plan):
    borrower = borrow()
    message = plan(borrower)
    Message.objects.filter(pk=message.pk).update(
        template_code=outreach.FREE_TEXT,
        content_sealed=sealed("【示例银行】您将被拘留。核实请回电。回复T退订。"),
    )
    report = outreach.dispatch_due(
        now=message.recorded_at.replace(microsecond=0) + (message.expires_at - message.not_before) / 4
    )
    assert (report.refused, Permit.objects.count(), Contact.objects.count()) == (1, 0, 0)
    message.refresh_from_db()
    assert message.status == "refused"
    assert [each["rule_id"] for each in message.verdict["reasons"]] == ["CN-PROH-01", "HOUSE-TEXT-01"]
    assert message.verdict["reasons"][0]["facts"] == {"places": "text 9-11 arrest"}


def sealed(text):
    from fairdue.contexts.outreach.composing import seal_content

    return seal_content("", text)
