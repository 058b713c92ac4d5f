"""Texts at the desk: templates that wait show what is wrong, any text can be tried, a collector's own is read first."""

from __future__ import annotations

import pytest

from fairdue.contexts.audit.models import Event
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law.models import Contact, Permit
from fairdue.contexts.outreach.models import Message, Template
from fairdue.journeys.load_packs import load_packs
from fairdue.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def compliance(world, staff, signed_in):
    identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)
    staff("compliance", username="the-compliance", team="head")
    return signed_in("the-compliance")


@pytest.fixture
def waiting_template():
    return Template.objects.create(
        code="reminder.harsh", channel="inapp", locale="zh-hans", version="1", subject="提醒",
        body="{creditor}：再不还款将联系您的家人，您也会坐牢。<b>", placeholders={"creditor": "text"},
        purpose="collect", sha256="0" * 64, authored_by="somebody",
    )  # fmt: skip


def test_a_template_that_waits_shows_what_may_not_be_said_and_cannot_be_approved(
    compliance, waiting_template
):
    page = compliance.get("/desk/templates/").content.decode()
    assert '<mark class="found">联系您的家人</mark>' in page
    assert '<mark class="found">坐牢</mark>' in page
    assert "&lt;b&gt;" in page and "CN-PROH-01" in page
    assert 'value="approve" disabled' in page

    answer = compliance.post(
        "/desk/templates/", {"verb": "approve", "template_id": waiting_template.pk}, follow=True
    )
    assert "The law refuses this text" in answer.content.decode()
    waiting_template.refresh_from_db()
    assert waiting_template.approved_at is None
    assert not Event.objects.filter(code="outreach.template.approved").exists()


def test_any_text_can_be_tried_without_effect(compliance):
    asked = {"channel": "email", "recipient": "debtor", "actor_kind": "creditor", "institution": "North Bank"}
    assert "What texts must and must not say" in compliance.get("/desk/texts/check/").content.decode()
    harsh = compliance.post("/desk/texts/check/", asked | {"text": "North Bank: you will be arrested. <i>"})
    page = harsh.content.decode()
    assert '<mark class="found">arrested</mark>' in page and "&lt;i&gt;" in page and "HOUSE-TEXT-01" in page
    kind = compliance.post("/desk/texts/check/", asked | {"text": "North Bank: we can arrange a plan."})
    assert "No rule stands against this text" in kind.content.decode()
    assert Event.objects.filter(code__startswith="outreach.text").count() == 0


def test_only_who_may_try_the_gate_may_try_texts(world, staff, signed_in):
    staff("collector")
    assert signed_in("collector").get("/desk/texts/check/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_collectors_own_message_goes_and_a_threat_does_not(world, staff, signed_in, at_half_past_ten):
    load_packs(now=clock.now())
    staff("collector")
    client = signed_in("collector")
    address = f"/desk/case/{world.case.pk}/write/inapp"
    debt = world.case.person_id and client.get(address).context["form"].fields["account_id"].choices[0][0]
    said = {"account_id": debt, "locale": "zh-hans", "subject": ""}
    assert f'href="{address}"' in client.get(f"/desk/case/{world.case.pk}/").content.decode()

    refused = client.post(address, said | {"text": "再不还款我们会联系您的家人"})
    assert refused.status_code == 422
    assert '<mark class="found">联系您的家人</mark>' in refused.content.decode()
    assert (Message.objects.count(), Permit.objects.count(), Contact.objects.count()) == (0, 0, 0)

    sent = client.post(address, said | {"text": "您好，您的分期申请已通过。"}, follow=True)
    assert "The message was sent." in sent.content.decode()
    assert (Message.objects.get().status, Contact.objects.get().channel) == ("delivered", "inapp")


def test_nobody_writes_to_a_debtor_out_of_scope_or_on_an_odd_channel(world, staff, signed_in):
    staff("collector")
    client = signed_in("collector")
    assert client.get(f"/desk/case/{world.foreign_case.pk}/write/inapp").status_code == 404
    assert client.get(f"/desk/case/{world.case.pk}/write/call").status_code == 404
