"""What parties shows, to whom, and what it writes down."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from lender_files import ACTOR, NOW, ensure_lender, person, point, take, write_csv

from fairdue.contexts.audit.models import Event
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.parties.models import Consent, ContactPoint, Person, PortalLink
from fairdue.journeys import rotate_keys
from fairdue.kernel.actor import Actor, PermissionRefused
from fairdue.kernel.secrets import CannotOpen, KeyRing
from fairdue.storage import resealing

RESIDENT = "11010519491231002X"
MAY = frozenset({"parties.reveal", "parties.reveal_id_number", "parties.search"})
COLLECTOR = Actor(kind="staff", label="li", id=7, permissions=MAY)


def land(tmp_path):
    ensure_lender()
    take(write_csv(tmp_path / "p.csv", "parties", [person("P1", id_number=RESIDENT)]), "parties", tmp_path)
    points = [
        point("P1"),
        point("P1", medium="email", value="Li@Mail.cn", rank="2"),
        point("P1", value="+852 9123 4567"),
    ]
    take(write_csv(tmp_path / "c.csv", "contact_points", points), "contact_points", tmp_path)
    return Person.objects.get().pk


@pytest.fixture
def person_id(db, tmp_path):
    return land(tmp_path)


def test_cards_are_masked(person_id):
    card = parties.person_card(person_id)
    assert (card.name_masked, card.id_masked, card.birth_year, card.sex) == (
        "李**",
        "110*************2X",
        1949,
        "f",
    )
    shown = {each.value_masked for each in parties.contact_points(person_id)}
    assert shown == {"138****8000", "l***@mail.cn", "+85****4567"}


def test_nothing_personal_is_in_the_database_in_clear(person_id):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p::text || c::text FROM parties_person p JOIN parties_contactpoint c ON c.person_id = p.id"
        )
        text = "".join(row[0] for row in cursor.fetchall())
    for value in ("李小明", RESIDENT, "13800138000", "li@mail.cn"):
        assert value not in text
        assert value.encode().hex() not in text


@pytest.mark.parametrize(
    "text",
    ["138 0013 8000", "+8613800138000", "LI@mail.cn", "李 小明", " 11010519491231002x ", "+85291234567"],
)
def test_search_finds_by_phone_mail_name_and_id_number(person_id, text):
    assert parties.search(text=text, actor=COLLECTOR) == (person_id,)


def test_search_finds_nothing_else_and_needs_permission(person_id):
    assert parties.search(text="李小", actor=COLLECTOR) == ()
    assert parties.search(text="", actor=COLLECTOR) == ()
    with pytest.raises(PermissionRefused):
        parties.search(text="李小明", actor=Actor(kind="staff", label="x"))


def test_a_reveal_is_audited_without_the_value(person_id):
    point_id = ContactPoint.objects.get(rank=2).pk
    ask = {"person_id": person_id, "reason": "call back", "actor": COLLECTOR, "now": NOW}
    assert parties.reveal(field="name", **ask) == "李小明"
    assert parties.reveal(field="id_number", **ask) == RESIDENT
    assert parties.reveal(field="contact", contact_point_id=point_id, **ask) == "li@mail.cn"
    events = Event.objects.filter(code="parties.person.revealed").order_by("id")
    assert [event.after["field"] for event in events] == ["name", "id_number", "contact"]
    assert {(event.actor_id, event.reason, event.person_id) for event in events} == {
        (7, "call back", person_id)
    }
    assert "李小明" not in str(list(events.values()))


def test_a_reveal_without_reason_permission_or_value_shows_nothing(person_id):
    ask = {"person_id": person_id, "field": "name", "now": NOW}
    with pytest.raises(parties.RevealRefused, match="why"):
        parties.reveal(reason=" ", actor=COLLECTOR, **ask)
    with pytest.raises(PermissionRefused):
        parties.reveal(reason="x", actor=Actor(kind="staff", label="x"), **ask)
    with pytest.raises(PermissionRefused):
        agency = Actor(kind="agency", label="x", permissions=frozenset({"parties.reveal"}))
        parties.reveal(reason="x", actor=agency, person_id=person_id, field="id_number", now=NOW)
    with pytest.raises(parties.RevealRefused):
        parties.reveal(reason="x", actor=COLLECTOR, person_id=person_id + 1, field="name", now=NOW)
    with pytest.raises(parties.RevealRefused):
        parties.reveal(
            reason="x", actor=COLLECTOR, person_id=person_id, field="contact", now=NOW, contact_point_id=-1
        )
    assert not Event.objects.filter(code="parties.person.revealed").exists()


def consent(person_id, kind, occurred_at, **more):
    words = {"channel": "", "contact_point_id": None, "source": "call", "detail": {}} | more
    return parties.record_consent(
        person_id=person_id, kind=kind, actor=ACTOR, occurred_at=occurred_at, now=NOW, **words
    )


def test_an_opt_out_shows_on_the_point_until_a_later_opt_in(person_id):
    point_id = ContactPoint.objects.get(rank=2).pk
    consent(person_id, "opt_out", NOW - timedelta(days=2), contact_point_id=point_id)
    assert ContactPoint.objects.get(pk=point_id).is_opted_out
    consent(person_id, "opt_in", NOW - timedelta(days=3), contact_point_id=point_id)
    assert ContactPoint.objects.get(pk=point_id).is_opted_out
    consent(person_id, "opt_in", NOW - timedelta(days=1), contact_point_id=point_id)
    assert not ContactPoint.objects.get(pk=point_id).is_opted_out
    assert [each.kind for each in parties.latest_consents(person_id)] == ["opt_in"]


def test_a_consent_is_append_only_and_refused_for_what_is_unknown(person_id):
    consent(person_id, "opt_out", NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Consent.objects.update(kind="opt_in")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Consent.objects.all().delete()
    for wrong in (
        {"kind": "maybe"},
        {"contact_point_id": -1},
        {"person_id": -1},
        {"occurred_at": NOW + timedelta(days=1)},
    ):
        words = {"person_id": person_id, "kind": "opt_in", "occurred_at": NOW} | wrong
        with pytest.raises(parties.ConsentRefused):
            consent(**words)
    assert Consent.objects.count() == 1


def test_marking_a_point_twice_is_one_change(person_id):
    point_id = ContactPoint.objects.get(rank=2).pk
    for _ in range(2):
        parties.mark_contact_point(
            contact_point_id=point_id, status="invalid", reason="bounced", actor=ACTOR, now=NOW
        )
    assert ContactPoint.objects.get(pk=point_id).status == "invalid"
    assert Event.objects.filter(code="parties.contact_point.marked").count() == 1


def test_a_portal_link_works_once_and_not_too_late(person_id):
    token = parties.issue_portal_link(person_id=person_id, now=NOW, lifetime=timedelta(hours=1))
    assert token.encode() not in bytes(PortalLink.objects.get().token_hash)
    assert parties.redeem_portal_link(token=token, now=NOW) == person_id
    with pytest.raises(parties.PortalLinkUsed):
        parties.redeem_portal_link(token=token, now=NOW)
    late = parties.issue_portal_link(person_id=person_id, now=NOW, lifetime=timedelta(hours=1))
    with pytest.raises(parties.PortalLinkExpired):
        parties.redeem_portal_link(token=late, now=NOW + timedelta(hours=1))
    with pytest.raises(parties.PortalLinkUnknown):
        parties.redeem_portal_link(token="x", now=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_a_link_at_once_one_gets_in(tmp_path):
    person_id = land(tmp_path)
    token = parties.issue_portal_link(person_id=person_id, now=NOW, lifetime=timedelta(hours=1))
    answers = []

    def enter():
        try:
            answers.append(parties.redeem_portal_link(token=token, now=NOW))
        except parties.PortalLinkUsed:
            answers.append("used")
        finally:
            connection.close()

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, answers)) == sorted([str(person_id), "used", "used", "used"])


def test_rotation_seals_again_goes_on_after_a_stop_and_lets_the_old_key_go(person_id, monkeypatch):
    old = settings.FIELD_KEYS
    both = KeyRing(keys=old.keys | {old.newest + 1: b"n" * 32}, index_key=old.index_key)
    monkeypatch.setattr(settings, "FIELD_KEYS", both)
    monkeypatch.setattr(resealing, "BATCH_ROWS", 2)
    assert rotate_keys.pending_reseals() == 5

    def stop(rows):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate_keys.reseal(actor=ACTOR, now=NOW, progress=stop)
    assert rotate_keys.pending_reseals() == 4
    resealed = rotate_keys.reseal(actor=ACTOR, now=NOW)
    assert sum(resealed.counts.values()) == 4
    assert rotate_keys.pending_reseals() == 0
    monkeypatch.setattr(
        settings, "FIELD_KEYS", KeyRing(keys={both.newest: b"n" * 32}, index_key=old.index_key)
    )
    assert parties.name_for_letter(person_id) == "李小明"
    assert parties.search(text="13800138000", actor=COLLECTOR) == (person_id,)
    monkeypatch.setattr(settings, "FIELD_KEYS", old)
    with pytest.raises(CannotOpen):
        parties.name_for_letter(person_id)
