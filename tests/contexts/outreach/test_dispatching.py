"""A planned message leaves once, with a permit, in words that are true at that moment."""

from __future__ import annotations

import re
import threading
from datetime import date, timedelta

import polars as pl
import pytest
from django.db import connection

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.law.models import Contact, Permit
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.models import Dispatch, LocalProviderMessage, Message, ProviderEvent, Template
from fairdue.contexts.outreach.operations.reserve import idempotency_key
from fairdue.contexts.parties import facade as parties
from fairdue.kernel import clock
from fairdue.kernel.actor import Actor, PermissionRefused, system
from fairdue.kernel.money import Money
from tests.contexts.outreach.conftest import accepted_keys

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("web", "packs")]
TEXT = (
    "【示例银行】尊敬的客户，截至目前我们尚未收到您信用卡2025年10月1日应还的款项，待还1,234.50元。"
    "如已还款请忽略。查看明细、还款或协商：<link> 核对码<code>。核实请拨打您卡片背面或合同所载的客服电话。回复T退订。"
)


def told(text: str) -> str:
    """Return a text with what is its own in every message, the link and the code, written as such."""
    text = re.sub(r"http\S+/my/([\w-]{43}|…)", "<link>", text)
    return re.sub(r"M\d+-[0-9A-Z]{4}-[0-9A-Z]{4}", "<code>", text)


def dispatch(**extra):
    return outreach.dispatch_due(now=clock.now(), **extra)


def behave(**told):
    outreach.set_local_behaviour(actor=system("test"), **told)


def reports(seconds: int = 5) -> int:
    return outreach.deliver_local_reports(now=clock.now() + timedelta(seconds=seconds))


def test_a_reminder_reaches_the_provider_once_in_words_that_are_true_now(borrow, plan):
    borrower = borrow()
    message = plan(borrower)
    report = dispatch()
    assert (report.claimed, report.accepted, report.reconciled) == (1, 1, 0)
    assert [told(each.text) for each in outreach.local_outbox()] == [TEXT]
    assert outreach.local_outbox()[0].recipient_masked == "138****0001"
    message.refresh_from_db()
    assert (message.status, message.contact_point_id, message.template_version) == (
        "sent",
        borrower.mobile_id,
        "3",
    )
    sent = message.dispatch
    assert (sent.status, sent.provider, sent.tries, sent.next_try_at) == ("accepted", "http", 1, None)
    assert sent.provider_ref == f"L{LocalProviderMessage.objects.get().pk}"


def test_the_permit_names_the_very_text_person_and_number(borrow, plan):
    borrower = borrow()
    message = plan(borrower)
    dispatch()
    permit = Permit.objects.get()
    assert (permit.person_id, permit.channel, permit.contact_point_id) == (
        borrower.person_id,
        "sms",
        borrower.mobile_id,
    )
    from hashlib import sha256

    (held,) = outreach.local_outbox()
    assert told(held.text) == TEXT
    assert permit.content_sha256 == sha256(f"\n{held.text}".encode()).hexdigest()
    assert Dispatch.objects.get(message=message).permit_id == permit.pk


def test_a_second_pass_sends_nothing(borrow, plan):
    plan(borrow())
    dispatch()
    assert dispatch().claimed == 0
    assert LocalProviderMessage.objects.count() == 1


def test_a_delivery_report_closes_the_circle(borrow, plan):
    message = plan(borrow())
    dispatch()
    assert reports() == 1
    message.refresh_from_db()
    assert (message.status, message.dispatch.status) == ("delivered", "delivered")
    assert Contact.objects.get().result == "delivered"
    assert [event.kind for event in ProviderEvent.objects.all()] == ["delivered"]
    assert reports() == 0


def test_a_failed_delivery_is_written_as_failed(borrow, plan):
    behave(fail_percent=100)
    message = plan(borrow())
    dispatch()
    reports()
    message.refresh_from_db()
    assert (message.status, message.dispatch.status, message.dispatch.error) == (
        "failed",
        "failed",
        "local.told_to_fail",
    )


def test_duplicate_callbacks_have_one_effect(borrow, plan):
    behave(duplicate_callbacks=True)
    message = plan(borrow())
    dispatch()
    reports()
    assert ProviderEvent.objects.count() == 1
    assert (
        len(audit.events(subject_type="message", subject_id=message.pk, code="outreach.message.delivered"))
        == 1
    )


def test_delayed_reports_wait(borrow, plan):
    behave(delay_seconds=600)
    plan(borrow())
    dispatch()
    assert reports(5) == 0
    assert reports(700) == 1


def test_a_lost_answer_is_asked_after_and_sent_once(borrow, plan):
    behave(drop_answer_percent=100)
    message = plan(borrow())
    report = dispatch()
    assert (report.claimed, report.unknown) == (1, 1)
    message.refresh_from_db()
    assert (message.status, message.dispatch.status) == ("sending", "unknown")
    later = outreach.dispatch_due(now=clock.now() + timedelta(seconds=6))
    assert (later.claimed, later.accepted, later.reconciled) == (1, 1, 1)
    message.refresh_from_db()
    assert (message.status, message.dispatch.status, message.dispatch.tries) == ("sent", "accepted", 2)
    assert accepted_keys() == [idempotency_key(message)]


def test_an_unreachable_provider_is_tried_again_and_then_reached(borrow, plan, settings, web):
    settings.SMS_PROVIDER_URL = "http://127.0.0.1:9/api/local-provider/messages"
    message = plan(borrow())
    assert dispatch().retried == 1
    assert message.dispatch.error == "http.unreachable"
    settings.SMS_PROVIDER_URL = f"{web.url}/api/local-provider/messages"
    later = outreach.dispatch_due(now=clock.now() + timedelta(seconds=6))
    assert (later.accepted, later.reconciled) == (1, 1)
    assert accepted_keys() == [idempotency_key(message)]


def test_a_provider_that_does_not_know_our_key_refuses_for_good(borrow, plan, settings, monkeypatch):
    from fairdue.contexts.outreach import channels

    monkeypatch.setattr(
        channels,
        "open_channel",
        lambda code: channels.HttpProvider(url=settings.SMS_PROVIDER_URL, key="wrong"),
    )
    monkeypatch.setattr("fairdue.contexts.outreach.operations.dispatch.open_channel", channels.open_channel)
    message = plan(borrow())
    assert dispatch().failed == 1
    message.refresh_from_db()
    assert (message.status, message.dispatch.error, LocalProviderMessage.objects.count()) == (
        "failed",
        "http.401",
        0,
    )
    assert Contact.objects.get().result == "failed"


def test_nothing_due_any_more_sends_nothing(borrow, plan):
    borrower = borrow()
    message = plan(borrower)
    ledger.record_payment(
        account_id=borrower.account_id,
        amount=Money(123450),
        effective_date=date(2025, 10, 15),
        external_ref="P1",
        source="test",
        actor=system("test"),
        now=clock.now(),
    )
    assert dispatch().expired == 1
    message.refresh_from_db()
    assert (message.status, message.verdict["reasons"][0]["rule_id"]) == ("expired", "outreach.nothing_due")
    assert (Permit.objects.count(), Contact.objects.count(), accepted_keys()) == (0, 0, [])


def test_a_part_payment_changes_the_figure_in_the_text(borrow, plan):
    borrower = borrow()
    plan(borrower)
    ledger.record_payment(
        account_id=borrower.account_id,
        amount=Money(100000),
        effective_date=date(2025, 10, 15),
        external_ref="P1",
        source="test",
        actor=system("test"),
        now=clock.now(),
    )
    dispatch()
    assert "待还234.50元" in outreach.local_outbox()[0].text


def test_a_late_message_expires(borrow, plan):
    message = plan(borrow(), expires_at=clock.now() - timedelta(seconds=1))
    assert dispatch().expired == 1
    message.refresh_from_db()
    assert message.verdict["reasons"][0]["rule_id"] == "outreach.too_late"


def test_an_opt_out_between_planning_and_sending_refuses(borrow, plan):
    borrower = borrow()
    message = plan(borrower)
    parties.record_consent(
        person_id=borrower.person_id,
        kind="opt_out",
        channel="sms",
        contact_point_id=borrower.mobile_id,
        source="test",
        detail={},
        actor=system("test"),
        occurred_at=clock.now(),
        now=clock.now(),
    )
    report = dispatch()
    assert (report.claimed, report.refused) == (1, 1)
    message.refresh_from_db()
    assert message.status == "refused"
    assert message.verdict["outcome"] in ("refuse", "hold")
    assert message.verdict["reasons"][0]["citation"]
    assert (Dispatch.objects.count(), Permit.objects.count(), accepted_keys()) == (0, 0, [])


def test_a_message_in_quiet_hours_waits_for_the_gates_time(borrow, plan):
    message = plan(borrow())
    night = clock.now().replace(hour=15, minute=0)
    report = outreach.dispatch_due(now=night)
    assert (report.claimed, report.deferred) == (1, 1)
    message.refresh_from_db()
    assert message.status == "planned"
    assert night < message.not_before < night + timedelta(hours=14)
    assert accepted_keys() == []
    assert outreach.dispatch_due(now=message.not_before).accepted == 1


def test_a_deferral_beyond_the_expiry_expires(borrow, plan):
    night = clock.now().replace(hour=15, minute=0)
    message = plan(borrow(), expires_at=night + timedelta(hours=1))
    assert outreach.dispatch_due(now=night).expired == 1
    message.refresh_from_db()
    assert message.verdict["outcome"] == "defer"


def test_a_retired_template_refuses_and_nothing_is_sent(borrow, plan):
    message = plan(borrow())
    Template.objects.filter(code="reminder.first_overdue").update(retired_at=clock.now())
    assert dispatch().refused == 1
    message.refresh_from_db()
    assert message.verdict["reasons"][0]["rule_id"] == "outreach.template.retired"
    assert (Permit.objects.count(), accepted_keys()) == (0, [])


def test_an_unknown_value_refuses(borrow, plan):
    message = plan(borrow(), values={"nickname": "x"})
    assert dispatch().refused == 1
    message.refresh_from_db()
    assert message.verdict["reasons"][0]["rule_id"] == "outreach.value.extra"


def test_a_missing_planned_value_refuses(borrow, plan):
    message = plan(borrow(), template="notice.promise_due", values={"promised_date": "2025-10-16"})
    assert dispatch().refused == 1
    message.refresh_from_db()
    assert message.verdict["reasons"][0]["rule_id"] == "outreach.value.missing"


def test_a_person_without_a_usable_number_is_refused(borrow, plan):
    borrower = borrow()
    message = plan(borrower)
    parties.mark_contact_point(
        contact_point_id=borrower.mobile_id,
        status="invalid",
        reason="test",
        actor=system("t"),
        now=clock.now(),
    )
    assert dispatch().refused == 1
    message.refresh_from_db()
    assert message.verdict["reasons"][0]["rule_id"] == "outreach.contact_point.missing"


def test_one_faulty_message_does_not_stop_the_others(borrow, plan):
    message = plan(
        borrow(), template="notice.promise_due", values={"promised_date": 3, "promised_amount": {}}
    )
    Message.objects.filter(pk=message.pk).update(values=[1, 2], not_before=clock.now() - timedelta(hours=1))
    other = plan(borrow())
    report = dispatch()
    assert (report.claimed, report.deferred, report.accepted) == (2, 1, 1)
    assert accepted_keys() == [idempotency_key(other)]
    message.refresh_from_db()
    assert (message.status, message.attempts, message.verdict["reasons"][0]["rule_id"]) == (
        "planned",
        1,
        "outreach.fault",
    )


def test_an_in_app_message_is_delivered_and_read(borrow, plan):
    borrower = borrow()
    message = plan(borrower, channel="inapp")
    assert outreach.inbox(borrower.person_id) == ()
    assert dispatch().accepted == 1
    (card,) = outreach.inbox(borrower.person_id)
    assert (card.status, card.read_at, card.subject) == ("delivered", None, "您有一笔款项待还")
    assert "1,234.50元" in card.text
    outreach.mark_read(message.pk, clock.now(), person_id=borrower.person_id)
    (card,) = outreach.inbox(borrower.person_id)
    assert card.status == "read"
    assert card.read_at is not None


def test_nobody_reads_another_persons_message(borrow, plan):
    borrower, stranger = borrow(), borrow()
    message = plan(borrower, channel="inapp")
    dispatch()
    with pytest.raises(outreach.MessageNotInInbox):
        outreach.mark_read(message.pk, clock.now(), person_id=stranger.person_id)
    message.refresh_from_db()
    assert message.read_at is None
    assert outreach.inbox(stranger.person_id) == ()


def test_without_a_mail_server_e_mail_goes_to_the_local_provider(borrow, plan):
    plan(borrow(), channel="email")
    dispatch()
    (held,) = outreach.local_outbox()
    assert (held.channel, held.recipient_masked) == ("email", "s***@example.com")
    assert held.text.startswith("您有一笔款项待还\n\n尊敬的客户：")


def test_staff_see_texts_only_of_their_own_creditors(borrow, plan, creditor):
    borrower = borrow()
    plan(borrower)
    dispatch()
    inside = Actor(kind="staff", label="a", creditor_ids=frozenset({creditor.pk}))
    outside = Actor(kind="staff", label="b", creditor_ids=frozenset({creditor.pk + 1}))
    assert [told(card.text) for card in outreach.messages_of(borrower.person_id, actor=inside)] == [TEXT]
    (link,) = re.findall(r"/my/([\w-]{43})", outreach.local_outbox()[0].text)
    assert link not in str(outreach.messages_of(borrower.person_id, actor=inside))
    assert parties.redeem_portal_link(token=link, now=clock.now()) == borrower.person_id
    assert [card.text for card in outreach.messages_of(borrower.person_id, actor=outside)] == [""]
    assert [card.text for card in outreach.messages_of(borrower.person_id)] == [""]


def test_texts_and_numbers_are_sealed_in_the_tables(borrow, plan):
    borrower = borrow()
    plan(borrower)
    dispatch()
    with connection.cursor() as cursor:
        for table in (
            "outreach_message",
            "outreach_dispatch",
            "outreach_localprovidermessage",
            "audit_event",
        ):
            cursor.execute(
                f"select count(*) from {table} t where t::text like %s", [f"%{borrower.mobile[3:]}%"]
            )
            assert cursor.fetchone() == (0,)
            cursor.execute(f"select count(*) from {table} t where t::text like '%%尊敬的客户%%'")
            assert cursor.fetchone() == (0,)


def test_a_member_of_staff_sends_one_message_at_once(borrow):
    borrower = borrow()
    actor = Actor(kind="staff", label="c", id=3, creditor_ids=None, permissions=frozenset({"contacts.make"}))
    common = {"person_id": borrower.person_id, "channel": "sms", "template_code": "reminder.first_overdue"}
    sent = outreach.send_one(**common, actor=actor, now=clock.now())
    assert (sent.status, len(accepted_keys())) == ("sent", 1)
    again = outreach.send_one(**common, actor=actor, now=clock.now())
    assert (again.message_id, len(accepted_keys())) == (sent.message_id, 1)


def test_sending_one_needs_the_permission(borrow):
    with pytest.raises(PermissionRefused):
        outreach.send_one(
            person_id=borrow().person_id,
            channel="sms",
            template_code="reminder.first_overdue",
            actor=Actor(kind="staff", label="c"),
            now=clock.now(),
        )
    assert (Message.objects.count(), accepted_keys()) == (0, [])


def test_two_workers_at_once_send_each_message_once(borrow, plan):
    keys = {idempotency_key(plan(borrow())) for _ in range(24)}
    results = []

    def work(name: str) -> None:
        results.append(outreach.dispatch_due(now=clock.now(), worker=name))
        connection.close()

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(each.accepted for each in results) == 24
    assert (len(accepted_keys()), set(accepted_keys())) == (24, keys)
    assert Permit.objects.count() == 24


def test_a_night_is_landed_once(borrow):
    people = [borrow() for _ in range(3)]
    now = clock.now()
    frame = pl.DataFrame(
        {
            "person_id": [each.person_id for each in people],
            "account_id": [None, people[1].account_id, None],
            "channel": ["sms", "sms", "inapp"],
            "contact_point_id": [people[0].mobile_id, None, None],
            "template_code": ["reminder.first_overdue"] * 3,
            "locale": ["zh-hans", "en", "zh-hans"],
            "purpose": ["collect"] * 3,
            "round": [1, 1, 1],
            "dedupe_key": [f"reminder:{each.person_id}:2025-10-01:1" for each in people],
            "not_before": [now - timedelta(minutes=1)] * 3,
            "expires_at": [now + timedelta(hours=8)] * 3,
            "values": ["{}", None, ""],
        },
        schema_overrides={"account_id": pl.Int64, "contact_point_id": pl.Int64},
    )
    assert outreach.land_messages(frame, cycle_date=date(2025, 10, 15), now=now) == 3
    assert outreach.land_messages(frame, cycle_date=date(2025, 10, 15), now=now) == 0
    assert outreach.land_messages(frame.clear(), cycle_date=date(2025, 10, 15), now=now) == 0
    assert dispatch().accepted == 3
    assert sorted(Message.objects.values_list("status", flat=True)) == ["delivered", "sent", "sent"]
    assert "CNY 1,234.50 is open" in outreach.local_outbox()[0].text


def test_reminder_facts_count_what_was_sent(borrow, plan):
    borrower, refused = borrow(), borrow()
    plan(borrower)
    plan(refused, values={"nickname": "x"})
    dispatch()
    with connection.cursor() as cursor:
        cursor.execute(outreach.reminder_facts_sql(date(2025, 10, 16)))
        names = [column.name for column in cursor.description]
        rows = cursor.fetchall()
        cursor.execute(outreach.reminder_facts_sql(clock.business_date(clock.now())))
        assert [row[0] for row in cursor.fetchall()] == [borrower.person_id]
    assert names == ["person_id", "sent_count_30d", "latest_sent_at", "latest_round", "latest_template"]
    ((person_id, count, _, round_, template),) = rows
    assert (person_id, count, round_, template) == (borrower.person_id, 1, 1, "reminder.first_overdue")
