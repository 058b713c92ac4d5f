"""Templates are data with a second person's approval, and a version never changes."""

from __future__ import annotations

import shutil

import pytest
import yaml
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.composing import live_template
from fairdue.contexts.outreach.models import Template
from fairdue.contexts.outreach.operations.templates import TemplateFileWrong
from fairdue.kernel.actor import Actor, PermissionRefused, system

pytestmark = pytest.mark.django_db
CODES = [
    "notice.payment_received",
    "notice.promise_due",
    "reminder.first_overdue",
    "reminder.pre_due",
    "reminder.second_round",
    "reminder.third_round",
]


@pytest.fixture
def folder(tmp_path):
    """A copy of one shipped template file that a test may edit."""
    source = settings.PACKS_DIR / "templates" / "reminder.pre_due.yaml"
    shutil.copy(source, tmp_path / source.name)
    return tmp_path


def edit(folder, **changes):
    path = folder / "reminder.pre_due.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document.update(changes)
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")


def load(folder, now):
    return outreach.load_templates(actor=system("test"), now=now, directory=folder)


def shipped() -> set[tuple[str, str, str]]:
    """Return code, channel and language of every text in the shipped files."""
    files = (settings.PACKS_DIR / "templates").glob("*.yaml")
    documents = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in files]
    return {
        (document["code"], channel, text["locale"])
        for document in documents for text in document["texts"] for channel in text["channels"]
    }  # fmt: skip


def test_the_shipped_templates_speak_every_code_in_both_languages_on_three_channels(ten_o_clock):
    report = outreach.load_templates(actor=system("test"), now=ten_o_clock)
    written = shipped()
    assert (report.created, report.unchanged, report.approved) == (len(written), 0, len(written))
    live = {(card.code, card.channel, card.locale) for card in outreach.templates(live_only=True)}
    assert live == written
    assert live >= {
        (code, channel, locale)
        for code in CODES
        for channel in ("sms", "email", "inapp")
        for locale in ("zh-hans", "en")
    }
    assert {each[:2] for each in live if each[2] == "en"} == {
        each[:2] for each in live if each[2] == "zh-hans"
    }


def test_loading_twice_changes_nothing(ten_o_clock):
    outreach.load_templates(actor=system("test"), now=ten_o_clock)
    report = outreach.load_templates(actor=system("test"), now=ten_o_clock)
    assert (report.created, report.unchanged, report.approved) == (0, len(shipped()), 0)


def test_every_sms_names_the_creditor_first_says_how_to_verify_and_how_to_stop(ten_o_clock):
    outreach.load_templates(actor=system("test"), now=ten_o_clock)
    for card in outreach.templates():
        if card.channel != "sms":
            continue
        is_chinese = card.locale == "zh-hans"
        assert card.body.startswith("【{creditor}】" if is_chinese else "[{creditor}]")
        assert ("核实" if is_chinese else "to verify") in card.body.lower()
        assert card.body.endswith("回复T退订。" if is_chinese else "Reply T to opt out.")


def test_no_text_threatens(ten_o_clock):
    outreach.load_templates(actor=system("test"), now=ten_o_clock)
    words = (
        "起诉",
        "法院",
        "上门",
        "家人",
        "单位",
        "后果",
        "坐牢",
        "lawsuit",
        "court",
        "police",
        "employer",
        "family",
    )
    assert [card.code for card in outreach.templates() if any(word in card.body for word in words)] == []


def test_a_changed_text_under_an_old_version_is_an_error_and_loads_nothing(folder, ten_o_clock):
    load(folder, ten_o_clock)
    edit(folder, purpose="service")
    with pytest.raises(outreach.TemplateChanged, match="raise the version"):
        load(folder, ten_o_clock)
    assert set(Template.objects.values_list("purpose", flat=True)) == {"collect"}


def test_a_new_version_retires_the_one_before(folder, ten_o_clock):
    load(folder, ten_o_clock)
    edit(folder, version="next")
    load(folder, ten_o_clock)
    assert live_template("reminder.pre_due", "sms", "zh-CN").version == "next"
    old = Template.objects.exclude(version="next")
    assert (old.count(), old.filter(retired_at=ten_o_clock).count()) == (6, 6)


def test_an_unapproved_template_is_not_used_until_a_second_person_approves(folder, ten_o_clock, compliance):
    edit(folder, approved_by="")
    load(folder, ten_o_clock)
    with pytest.raises(outreach.TemplateNotApproved):
        live_template("reminder.pre_due", "sms", "en")
    waiting = Template.objects.get(channel="sms", locale="en")
    outreach.approve_template(template_id=waiting.pk, actor=compliance, now=ten_o_clock)
    assert live_template("reminder.pre_due", "sms", "en").approved_by == "compliance-1"


def test_nobody_approves_the_own_text(folder, ten_o_clock):
    edit(folder, approved_by="")
    load(folder, ten_o_clock)
    waiting = Template.objects.get(channel="sms", locale="en")
    author = Actor(kind="staff", label="Content team", permissions=frozenset({"templates.approve"}))
    with pytest.raises(outreach.ApprovalRefused, match="second person"):
        outreach.approve_template(template_id=waiting.pk, actor=author, now=ten_o_clock)
    waiting.refresh_from_db()
    assert (waiting.approved_by, waiting.approved_at) == ("", None)


def test_approving_needs_the_permission(folder, ten_o_clock):
    edit(folder, approved_by="")
    load(folder, ten_o_clock)
    waiting = Template.objects.first()
    with pytest.raises(PermissionRefused):
        outreach.approve_template(
            template_id=waiting.pk, actor=Actor(kind="staff", label="c"), now=ten_o_clock
        )


def test_a_retired_template_is_not_used(folder, ten_o_clock, compliance):
    load(folder, ten_o_clock)
    live = live_template("reminder.pre_due", "sms", "en")
    outreach.retire_template(template_id=live.pk, reason="wrong tone", actor=compliance, now=ten_o_clock)
    with pytest.raises(outreach.TemplateRetired):
        live_template("reminder.pre_due", "sms", "en")


def test_an_unknown_template_refuses():
    with pytest.raises(outreach.TemplateUnknown):
        live_template("reminder.tenth_round", "sms", "en")


def test_a_file_with_an_undeclared_placeholder_is_refused_whole(folder, ten_o_clock):
    edit(folder, placeholders={"creditor": "text"})
    with pytest.raises(outreach.UnknownPlaceholder):
        load(folder, ten_o_clock)
    assert Template.objects.count() == 0


def test_a_file_of_another_form_is_refused(folder, ten_o_clock):
    edit(folder, texts=[{"locale": "fr", "channels": ["sms"], "body": "x"}])
    with pytest.raises(TemplateFileWrong):
        load(folder, ten_o_clock)


@pytest.mark.parametrize(
    "statement",
    [
        "update outreach_template set body = 'pay or else'",
        "update outreach_template set approved_by = 'me'",
        "delete from outreach_template",
    ],
)
def test_the_database_refuses_to_change_an_approved_text(folder, ten_o_clock, statement):
    load(folder, ten_o_clock)
    with pytest.raises(DatabaseError, match="outreach_template"), transaction.atomic():
        connection.cursor().execute(statement)
    assert Template.objects.filter(body="pay or else").count() == 0
