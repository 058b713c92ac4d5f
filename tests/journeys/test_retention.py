"""Keeping and deleting: what is due goes, what must stay stays, and both are proved."""

from __future__ import annotations

import hashlib
import threading
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.audit.models import DeletionBatch, DeletionRun
from fairdue.contexts.book.models import Account
from fairdue.contexts.cases.models import Outcome, WorkItem
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Hold, Permit
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach.models import Message, PhoneCall
from fairdue.contexts.parties.models import Consent, ContactPoint, Person, PersonReference, PortalLink
from fairdue.engine.law.record_classes import shipped_inventory
from fairdue.journeys import retention
from fairdue.kernel.actor import Actor, PermissionRefused, system
from tests.retention_world import NOW, TODAY, lender, past_the_triggers, permit_of, person, rejects, traces

ACTOR = system("test")
LONG_AGO = TODAY.replace(year=TODAY.year - 11)
pytestmark = pytest.mark.django_db
REAL = pytest.mark.django_db(transaction=True)
"""Where it matters which transaction did it."""


def run():
    return retention.run(as_of=TODAY, actor=ACTOR, now=NOW)


def proof():
    return retention.verify(as_of=TODAY, actor=ACTOR)


def planned(as_of=TODAY):
    found = retention.plan(as_of=as_of, actor=ACTOR, now=NOW)
    return {each.code: each for each in found.classes}


def test_what_is_due_goes_and_what_must_stay_stays_and_both_are_proved():
    gone, kept = person(LONG_AGO), person(TODAY - timedelta(days=100))
    old, recent = traces(gone), traces(kept)
    permit_of(person(None, open_minor=50_000))
    report = run()
    assert report.erased == {
        "message_text": 1, "call_note": 1, "hold_reason": 1, "consent_detail": 1, "work_item": 1, "contact_point": 1,
        "person_version": 1, "person_identity": 1, "person_reference": 1, "account_number": 1, "portal_link": 1,
    }  # fmt: skip
    shell = Message.objects.get(pk=old.message.pk)
    assert (shell.content_sealed, shell.values, shell.status) == (None, {}, "sent")
    assert Outcome.objects.get(pk=old.note.pk).note == ""
    assert Consent.objects.get(pk=old.consent.pk).detail == {}
    assert Hold.objects.get(pk=old.hold.pk).reason == ""
    who, point = Person.objects.get(pk=gone.id), ContactPoint.objects.get(pk=gone.point_id)
    assert (who.name_masked, who.birth_date, who.id_hash) == ("∅", None, None)
    assert settings.FIELD_KEYS.open(bytes(who.name_sealed), "parties.person.name") == ""
    assert bytes(point.value_hash) == hashlib.sha256(f"fairdue.erased:{point.pk}".encode()).digest()
    assert Account.objects.get(pk=gone.account_id).external_ref == f"∅{gone.account_id}"
    assert not PersonReference.objects.filter(person=gone.id).exists()
    assert not WorkItem.objects.filter(pk=old.item.pk).exists()
    assert ledger.prove([gone.account_id]).is_proved
    assert Message.objects.get(pk=recent.message.pk).content_sealed is not None
    assert Outcome.objects.get(pk=recent.note.pk).note == "住院，下月还"
    assert PortalLink.objects.filter(pk=recent.link.pk).exists()
    assert Person.objects.get(pk=kept.id).name_masked == "李**"
    found = proof()
    assert found.findings == () and (found.records, found.permits, found.accounts) == (11, 1, 3)
    assert run().total == 0


class Exchange(BaseHTTPRequestHandler):
    """A telephone exchange that is out of order at first, and then deletes."""

    answers: ClassVar[list[int]] = []
    asked: ClassVar[list[str]] = []

    def do_DELETE(self):
        self.asked.append(self.path)
        self.send_response(self.answers.pop(0))
        self.end_headers()

    def log_message(self, *_words):
        """Say nothing."""


def test_a_recording_is_deleted_at_the_exchange_until_it_says_so_and_only_what_a_batch_names(settings):
    gone, kept = person(LONG_AGO), person(TODAY - timedelta(days=100))
    for who, key in ((gone, "old"), (kept, "new")):
        permit_of(who)
        permit = Permit.objects.latest("id")
        PhoneCall.objects.create(
            permit=permit, contact_id=permit.pk, case_id=1, person_id=who.id, provider="http", key=key, state="ended",
            started_at=NOW.replace(year=NOW.year - 11), answered_at=NOW, ended_at=NOW, recording_ref="sound", is_open=False,
        )  # fmt: skip
    server = HTTPServer(("127.0.0.1", 0), Exchange)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.DIAL_URL, Exchange.answers, Exchange.asked = (
        f"http://127.0.0.1:{server.server_port}",
        [503, 204],
        [],
    )
    try:
        first, words = run(), {finding.kind for finding in proof().findings}
        again = [run().recordings for _time in range(2)]
    finally:
        server.shutdown()
        server.server_close()
    assert first.erased["call_recording"] == 1 and words == {"recording_waiting"}
    assert [(each.deleted, each.waiting) for each in (first.recordings, *again)] == [(0, 1), (1, 0), (0, 0)]
    assert Exchange.asked == ["/old/recording"] * 2
    assert PhoneCall.objects.get(key="new").recording_ref == "sound"
    assert len(audit.events(code="outreach.recording.deleted")) == 1 and proof().is_proved


def test_a_person_whose_debt_is_open_keeps_everything_but_what_is_technical():
    debtor = person(None, open_minor=1)
    old = traces(debtor)
    PortalLink.objects.filter(pk=old.link.pk).update(expires_at=NOW - timedelta(days=200))
    assert run().erased == {"portal_link": 1}
    assert planned(date(2100, 1, 1))["message_text"].open == 1


@pytest.mark.parametrize("kind", ["dispute", "complaint", "attorney", "internal"])
def test_an_open_hold_stops_every_deletion_until_it_is_lifted(kind):
    who = person(LONG_AGO)
    traces(who)
    hold = law.place_hold(person_id=who.id, kind=kind, reason="suit", actor=ACTOR, now=NOW)
    assert run().erased == {}
    (stops,) = planned()["message_text"].stops
    assert f"hold:{kind}" in stops.split(", ")
    assert proof().is_proved  # what is stopped is not overdue
    law.lift_hold(hold_id=hold, reason="over", actor=ACTOR, now=NOW)
    assert run().erased["message_text"] == 1


def test_an_open_complaint_with_a_running_deadline_stops_deletion():
    who = person(LONG_AGO)
    with connection.cursor() as cursor:
        cursor.execute(law.RETENTION_STOPS_SQL)  # the table and its states are what the query takes them for
    from fairdue.contexts.law.models import Deadline

    Deadline.objects.create(
        kind="complaint", nature="duty", subject_type="request", subject_id=1, person_id=who.id, pack="cn", pack_version="1",
        pack_sha256="0" * 64, rule_id="R", citation="c", evidence="primary", words={}, started_at=NOW, start_date=TODAY,
        due_date=TODAY, due_at=NOW, first_due_date=TODAY, started_by="x", recorded_at=NOW,
    )  # fmt: skip
    assert run().erased == {}


def test_a_consumer_finance_company_keeps_five_years_whatever_the_house_says():
    who = person(TODAY - timedelta(days=1500), product=lender("cfc", "consumer_finance"))
    traces(who)
    (found,) = [
        one
        for one in retention.why(subject=str(who.id), as_of=TODAY, actor=ACTOR)
        if one.record_class.code == "call_note"
    ]
    assert found.rule_id in ("CN-RET-03", "HOUSE-RET-01") and found.kept_until == who.latest.date().replace(
        year=who.latest.year + 5
    )


def test_a_card_without_balance_is_not_settled_until_its_account_is_closed():
    who = person(LONG_AGO, product=lender(product="credit_card"))
    traces(who)
    assert "person_identity" not in run().erased
    Account.objects.filter(pk=who.account_id).update(status="closed")
    assert run().erased["person_identity"] == 1


def test_a_file_of_rejected_rows_goes_with_its_name(tmp_path):
    file, young = tmp_path / "old.csv", tmp_path / "young.csv"
    file.write_text("name,phone"), young.write_text("name,phone")
    old = rejects(str(file), NOW - timedelta(days=91))
    rejects(str(young), NOW - timedelta(days=90))
    assert run().erased == {"rejected_rows": 1}
    old.refresh_from_db()
    assert (old.reject_file, file.exists(), young.exists()) == ("", False, True)


def test_the_last_day_still_belongs_to_the_period():
    who = person(LONG_AGO)
    link = traces(who).link
    PortalLink.objects.filter(pk=link.pk).update(expires_at=NOW - timedelta(days=184))
    assert planned()["portal_link"].due == 0
    assert planned(TODAY + timedelta(days=1))["portal_link"].due == 1


def test_nobody_erases_without_permission_and_nothing_happens():
    who = person(LONG_AGO)
    for actor in (
        Actor(kind="staff", label="x"),
        Actor(kind="staff", label="x", permissions=frozenset({"retention.view"})),
    ):
        with pytest.raises(PermissionRefused):
            retention.run(as_of=TODAY, actor=actor, now=NOW)
    assert Person.objects.get(pk=who.id).name_masked == "李**" and not DeletionRun.objects.exists()


@REAL
def test_the_database_refuses_to_delete_or_to_empty_without_a_batch_of_the_same_transaction():
    note = traces(person(LONG_AGO)).note
    run()
    other = traces(person(TODAY)).note
    for sql in (
        "DELETE FROM cases_outcome WHERE id = %s",
        "UPDATE cases_outcome SET note = '' WHERE id = %s",
    ):
        for record in (note, other):
            with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
                cursor.execute(sql.replace("note = ''", "code = 'x'"), [record.pk])
    assert Outcome.objects.get(pk=other.pk).note == "住院，下月还"


@REAL
def test_a_batch_opens_the_door_only_for_what_it_names():
    mine, other = traces(person(TODAY)).note, traces(person(TODAY)).note
    opened = audit.open_deletion_run(
        kind="run", as_of=TODAY, pack_versions={}, inventory_sha256="", actor=ACTOR, now=NOW
    )
    erasure = audit.Erasure(
        class_code="call_note", table_name="cases_outcome", key_column="id", action="fields", columns=("note",),
        record_ids=(str(mine.pk),), person_count=1, content_hmac=b"x", rules={}, kept_until_max=TODAY,
    )  # fmt: skip
    for sql in (
        f"UPDATE cases_outcome SET note = '' WHERE id = {other.pk}",
        f"UPDATE cases_outcome SET note = '', code = 'x' WHERE id = {mine.pk}",
        f"DELETE FROM cases_outcome WHERE id = {mine.pk}",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            audit.record_deletion_batch(run_id=opened.run_id, erasure=erasure, actor=ACTOR, now=NOW)
            cursor.execute(sql)
    with transaction.atomic(), connection.cursor() as cursor:
        audit.record_deletion_batch(run_id=opened.run_id, erasure=erasure, actor=ACTOR, now=NOW)
        cursor.execute("UPDATE cases_outcome SET note = '' WHERE id = %s", [mine.pk])
    with pytest.raises(IntegrityError), connection.cursor() as cursor:  # the next transaction has no batch
        cursor.execute("UPDATE cases_outcome SET note = 'x' WHERE id = %s", [mine.pk])


@REAL
@pytest.mark.parametrize("table", ["law_permit", "ledger_posting", "audit_event", "law_rulepack"])
def test_proof_is_never_erased_whatever_a_batch_says(table):
    who = person(TODAY)
    permit_of(who)
    opened = audit.open_deletion_run(
        kind="run", as_of=TODAY, pack_versions={}, inventory_sha256="", actor=ACTOR, now=NOW
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(id) FROM {table}")
        record = cursor.fetchone()[0]
    erasure = audit.Erasure(
        class_code="x", table_name=table, key_column="id", action="row", columns=(), record_ids=(str(record),),
        person_count=1, content_hmac=b"x", rules={}, kept_until_max=TODAY,
    )  # fmt: skip
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        audit.record_deletion_batch(run_id=opened.run_id, erasure=erasure, actor=ACTOR, now=NOW)
        cursor.execute(f"DELETE FROM {table} WHERE id = {record}")


@REAL
def test_a_batch_that_did_not_do_what_it_says_is_taken_back():
    item = traces(person(TODAY)).item
    opened = audit.open_deletion_run(
        kind="run", as_of=TODAY, pack_versions={}, inventory_sha256="", actor=ACTOR, now=NOW
    )
    erasure = audit.Erasure(
        class_code="work_item", table_name="cases_workitem", key_column="id", action="row", columns=(),
        record_ids=(str(item.pk),), person_count=1, content_hmac=b"x", rules={}, kept_until_max=TODAY,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="still there"), transaction.atomic():
        audit.record_deletion_batch(run_id=opened.run_id, erasure=erasure, actor=ACTOR, now=NOW)
    assert not DeletionBatch.objects.exists()


@REAL
@pytest.mark.parametrize(
    ("table", "sql", "kind"),
    [
        ("audit_deletionbatch", "UPDATE audit_deletionbatch SET person_count = 9 WHERE number = 1", "batch_altered"),
        ("audit_deletionbatch", "DELETE FROM audit_deletionbatch WHERE number = 1", "batch_missing"),
        ("audit_deletionrun", "UPDATE audit_deletionrun SET summary = '{}'", "run_altered"),
        ("outreach_message", "UPDATE outreach_message SET content_sealed = '\\x01' WHERE status = 'sent'", "not_gone"),
    ],
)  # fmt: skip
def test_tampering_with_proofs_or_bringing_something_back_is_found(table, sql, kind):
    traces(person(LONG_AGO))
    run()
    past_the_triggers(table, sql)
    assert kind in {finding.kind for finding in proof().findings}


def test_erasing_beside_the_runs_is_found():
    recent = traces(person(TODAY))
    Message.objects.filter(pk=recent.message.pk).update(content_sealed=None, values={})
    assert [finding.kind for finding in proof().findings] == ["erased_without_proof"]


def test_what_is_past_its_maximum_is_found_thirty_days_after_it_was_due():
    link = traces(person(LONG_AGO)).link
    PortalLink.objects.filter(pk=link.pk).update(expires_at=NOW - timedelta(days=184 + 31))
    run_day = TODAY - timedelta(days=31)
    assert retention.run(as_of=run_day, actor=ACTOR, now=NOW).erased.get("portal_link") is None
    assert proof().is_proved  # the thirtieth day
    assert [
        finding.kind for finding in retention.verify(as_of=TODAY + timedelta(days=1), actor=ACTOR).findings
    ] == ["overdue"]


def test_why_names_rule_end_and_stop_and_afterwards_the_batch():
    who = person(LONG_AGO)
    old = traces(who)
    law.place_hold(person_id=who.id, kind="internal", reason="x", actor=ACTOR, now=NOW)
    (found,) = retention.why(subject=f"message_text:{old.message.pk}", as_of=TODAY, actor=ACTOR)
    assert (found.rule_id, found.stop, found.kept_until) == (
        "HOUSE-RET-01",
        "hold:internal",
        date(2020, 11, 23),
    )
    Hold.objects.filter(ended_at=None).update(ended_at=NOW)
    run()
    (gone,) = retention.why(subject=f"message_text:{old.message.pk}", as_of=TODAY, actor=ACTOR)
    assert gone.erased_in and gone.rule_id == "HOUSE-RET-01"
    for unknown in ("message_text:0", "nothing:1", "x", "999999"):
        with pytest.raises(retention.SubjectUnknown):
            retention.why(subject=unknown, as_of=TODAY, actor=ACTOR)


def test_every_table_of_the_installation_is_spoken_of():
    from django.apps import apps

    tables = {model._meta.db_table for model in apps.get_models()}
    assert tables - shipped_inventory().tables == set(), (
        "say in packs/reference/retention.yaml what becomes of these"
    )
    assert shipped_inventory().tables - tables == set()
