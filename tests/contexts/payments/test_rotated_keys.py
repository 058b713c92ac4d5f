"""Keys are rotated over every room: all opens under the new key alone, and nothing else of a fact may change."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, models, transaction
from test_bank_statement_intake import camt, entry, take
from test_second_pair_of_eyes import overpaid, refund

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.audit.models import Event
from fairdue.contexts.outreach.composing import open_content, seal_content
from fairdue.contexts.outreach.models import Message
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments import sealing
from fairdue.contexts.payments.models import BankStatement
from fairdue.journeys import rotate_keys
from fairdue.kernel.actor import system
from fairdue.kernel.money import Money
from fairdue.kernel.secrets import CannotOpen, KeyRing
from tests.case_world import NOW

pytestmark = pytest.mark.django_db


def fresh_key(monkeypatch) -> KeyRing:
    """Add a key; return the ring that has only the new one."""
    old = settings.FIELD_KEYS
    newest, key = old.newest + 1, b"n" * 32
    monkeypatch.setattr(
        settings, "FIELD_KEYS", KeyRing(keys=old.keys | {newest: key}, index_key=old.index_key)
    )
    return KeyRing(keys={newest: key}, index_key=old.index_key)


def sealed_message(person, account) -> Message:
    return Message.objects.create(
        person_id=person.pk, account_id=account.pk, channel="sms", purpose="collect", locale="en",
        dedupe_key="one", not_before=NOW, expires_at=NOW, recorded_at=NOW, template_code="t",
        content_sealed=seal_content("Reminder", "12.00 is due"),
        earlier_content_sealed=seal_content("Reminder", "15.00 is due"),
    )  # fmt: skip


def test_every_sealed_column_is_sealed_again():
    found = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.BinaryField) and field.column.endswith("_sealed")
    }
    assert found == {(one.table, one.column) for one in rotate_keys.SEALED_COLUMNS}


def test_all_that_was_sealed_opens_under_the_new_key_alone(desk, monkeypatch):
    person, account = desk.debtor("王建国")
    taken = take(desk, camt(entry("400.00", "A1", text="还款 6222")))
    waiting = desk.arrive(5_000, payer_name="赵敏", payer_account="6222021001098765", remittance="代还 0012")
    asked = refund(desk, overpaid(desk))
    payments.approve(request_id=asked.request_id, actor=desk.second, now=NOW)
    message = sealed_message(person, account)
    arrangements.save_answers(person_id=person.pk, answers={"reason": "job"}, now=NOW)
    given = payments.offer_mandate(
        person_id=person.pk, account_id=account.pk, cap=Money(100), payer_name="王建国",
        payer_account="6222021234567890123", actor=system("test"), now=NOW,
    )  # fmt: skip

    alone = fresh_key(monkeypatch)
    done = rotate_keys.reseal(actor=system("test"), now=NOW)
    rooms = (
        "payments_bank",
        "payments_incoming",
        "payments_request",
        "payments_paymentorder",
        "outreach_message",
        "outreach_localprovider",
    )
    assert {name: n for name, n in done.counts.items() if n or name.startswith(rooms)} == {
        name: n for name, n in done.counts.items() if n and name.startswith("parties_")
    } | {
        "arrangements_situationdraft.answers_sealed": 1,
        "payments_bankstatement.account_sealed": 1,
        "payments_incomingpayment.payer_name_sealed": 2,
        "payments_incomingpayment.payer_account_sealed": 1,
        "payments_incomingpayment.remittance_sealed": 2,
        "payments_request.payee_sealed": 1,
        "payments_paymentorder.payee_sealed": 1,
        "payments_mandate.payer_sealed": 1,
        "outreach_message.content_sealed": 1,
        "outreach_message.earlier_content_sealed": 1,
        "outreach_localprovidermessage.recipient_sealed": 0,
        "outreach_localprovidermessage.text_sealed": 0,
    }
    assert Event.objects.get(code="keys.rotated").after["counts"] == done.counts
    monkeypatch.setattr(settings, "FIELD_KEYS", alone)
    assert rotate_keys.pending_reseals() == 0
    assert parties.name_for_letter(person.pk) == "王建国"
    assert arrangements.answers_of(person_id=person.pk, now=NOW) == {"reason": "job"}
    for name, value in (
        ("payer_name", "赵敏"),
        ("payer_account", "6222021001098765"),
        ("remittance", "代还 0012"),
    ):
        assert value == payments.reveal_payment(
            payment_id=waiting, field=name, reason="check", actor=desk.clerk, now=NOW
        )
    statement = BankStatement.objects.get(pk=taken.statements[0].statement_id)
    assert sealing.unseal(statement.account_sealed, sealing.STATEMENT_ACCOUNT_PURPOSE) == "110002345678"
    assert payments.payer_of(given.mandate_id)["account"] == "6222021234567890123"
    export = payments.export_orders(creditor_id=desk.world.creditors["north"].pk, actor=desk.second, now=NOW)
    assert "李小明".encode() in export.content and b"6222021001098765" in export.content
    message.refresh_from_db()
    assert open_content(message.content_sealed) == ("Reminder", "12.00 is due")
    assert open_content(message.earlier_content_sealed) == ("Reminder", "15.00 is due")


def test_without_a_rotation_the_new_key_alone_opens_nothing(desk, monkeypatch):
    waiting = desk.arrive(payer_name="赵敏")
    monkeypatch.setattr(settings, "FIELD_KEYS", fresh_key(monkeypatch))
    with pytest.raises(CannotOpen):
        payments.reveal_payment(
            payment_id=waiting, field="payer_name", reason="check", actor=desk.clerk, now=NOW
        )


def test_of_a_bank_statement_nothing_but_its_seal_may_change(desk):
    taken = take(desk, camt(entry("400.00", "A1")))
    number = taken.statements[0].statement_id
    for change in ("UPDATE {} SET account_masked = '****'", "DELETE FROM {}"):
        with pytest.raises(DatabaseError, match="keeps what came"), transaction.atomic():
            connection.cursor().execute(change.format("payments_bankstatement") + f" WHERE id = {number}")
