"""An agency's file of past contacts: counted at once, replayed through the gate of then, breaches listed."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fairdue.contexts.audit.models import Event
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import AgencyContact, AgencyUpload, Contact, Hold
from fairdue.contexts.law.operations import agency_upload
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import Actor, PermissionRefused, system
from tests.agency_standing import make_fit
from tests.case_world import NOW, World

pytestmark = pytest.mark.django_db(transaction=True)
SHANGHAI = ZoneInfo("Asia/Shanghai")
COLUMNS = (
    "contact_ref", "creditor", "account_ref", "channel", "contact_value", "occurred_at", "result", "mode", "direction",
)  # fmt: skip


@pytest.fixture
def world(db):
    built = World.build()
    built.staff("agency", creditors=("north",), agency="swift")
    return built


@pytest.fixture
def debt(world):
    person = world.person()
    point = world.phone(person)
    make_fit("swift")
    return person, world.account(person), point, parties.open_contact_point(point.pk)


def at(hour, minute=0, *, day=20):
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI).isoformat()


def row(debt, reference, moment, **values):
    return {
        "contact_ref": reference, "creditor": "north", "account_ref": debt[1].external_ref, "channel": "call",
        "contact_value": debt[3], "occurred_at": moment, "result": "conversation",
    } | values  # fmt: skip


@pytest.fixture
def upload(tmp_path):
    def send(*rows, name="contacts.csv", actor=None, agency="swift"):
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
        return law.upload_contacts(path=path, agency_code=agency, actor=actor or system("test"), now=NOW)

    return send


def breaches(**asked):
    return {card.contact_ref: card.rule_ids for card in law.agency_breaches(actor=system("test"), **asked)}


def test_every_row_is_accepted_repeated_or_rejected_with_its_reason(upload, world, debt):
    foreign = world.account(world.person(), creditor="south")
    card = upload(
        row(debt, "c1", at(10)),
        row(debt, "c1", at(10)),
        row(debt, "c2", "2026-11-20"),
        row(debt, "c3", (NOW + timedelta(hours=1)).isoformat()),
        row(debt, "c4", at(11), account_ref="no-such"),
        row(debt, "c5", at(11), creditor="south", account_ref=foreign.external_ref),
        row(debt, "c6", at(11), result="great"),
        row(debt, "", at(12)),
        row(debt, "c7", at(11), creditor="nobody"),
        row(debt, "c8", at(14), result="no_answer"),
    )
    assert (card.rows, card.accepted, card.repeated, card.rejected, card.breaches) == (10, 2, 1, 7, 0)
    assert card.rejections == {
        "intake.moment.no_time": 1, "intake.moment.future": 1, "law.agency.debt_unknown": 3,
        "intake.choice.unknown": 1, "intake.value.missing": 1,
    }  # fmt: skip
    assert sorted(each.line for each in card.rejected_rows) == [4, 5, 6, 7, 8, 9, 10]
    assert Contact.objects.count() == AgencyContact.objects.count() == 2
    assert set(Contact.objects.values_list("made_by", "institution_group")) == {("swift", "north")}


def test_what_was_broken_is_listed_by_rule_moment_and_masked_person(upload, debt):
    card = upload(
        row(debt, "night", at(23, day=18)),
        *[row(debt, f"c{hour}", at(hour)) for hour in (9, 10, 11, 12)],
        row(debt, "unknown", at(15, day=19), contact_value="13999998888", result="no_answer"),
    )
    assert (card.accepted, card.breaches) == (6, 3)
    found = breaches(upload_id=card.upload_id)
    assert set(found) == {"night", "c12", "unknown"}
    assert "CN-TIME-01" in found["night"] and "CN-FREQ-02" in found["c12"]
    assert found["unknown"] == ("law.agency.number_unknown",)
    [night] = [each for each in law.agency_breaches(actor=system("test")) if each.contact_ref == "night"]
    assert (night.name_masked, night.outcome, night.occurred_at.hour) == ("李**", "defer", 15)
    assert "****" in night.value_masked and debt[3] not in night.value_masked


def test_contacts_of_the_lender_and_of_other_agencies_count_in_the_replay(upload, debt):
    for hour, who in ((9, "lender"), (10, "lender"), (11, "calm")):
        law.record_contact(
            person_id=debt[0].pk, channel="call", result="conversation", occurred_at=datetime.fromisoformat(at(hour)),
            made_by=who, actor=system("test"), now=NOW, contact_point_id=debt[2].pk,
        )  # fmt: skip
    upload(row(debt, "early", at(8, 30)), row(debt, "late", at(16)))
    found = breaches()
    assert set(found) == {"late"}
    assert "CN-FREQ-02" in found["late"]


def test_they_count_at_once_in_the_shared_budget(upload, debt):
    hours = [NOW - timedelta(minutes=minutes) for minutes in (50, 40, 30)]
    asked = {"person_id": debt[0].pk, "channel": "call", "contact_point_id": debt[2].pk, "purpose": "collect"}
    assert law.preview(**asked, now=NOW, actor=system("test")).outcome == "allow"
    upload(*[row(debt, f"c{place}", moment.isoformat()) for place, moment in enumerate(hours)])
    verdict = law.preview(**asked, now=NOW, actor=system("test"))
    assert (verdict.outcome, "CN-FREQ-02" in verdict.rule_ids) == ("defer", True)


def test_facts_are_those_of_then(upload, debt):
    """A hold, an opt-out and a mark that came later break nothing earlier; one that was lifted before neither."""
    person, _, point, _ = debt
    early, late = at(10, day=18), at(10, day=19)
    placed = datetime.fromisoformat(at(18, day=18))
    Hold.objects.create(
        person_id=person.pk, kind="dispute", reason="x", started_at=placed - timedelta(days=9),
        ended_at=placed - timedelta(days=5), placed_by="t",
    )  # fmt: skip
    hold = law.place_hold(person_id=person.pk, kind="cease", reason="asked", actor=system("t"), now=placed)
    law.lift_hold(hold_id=hold, reason="over", actor=system("t"), now=placed + timedelta(days=1))
    parties.mark_contact_point(
        contact_point_id=point.pk,
        status="invalid",
        reason="wrong",
        actor=system("t"),
        now=NOW - timedelta(hours=1),
    )
    parties.record_consent(
        person_id=person.pk, kind="opt_out", channel="", contact_point_id=point.pk, source="call", detail=None,
        actor=system("t"), occurred_at=NOW - timedelta(minutes=30), now=NOW,
    )  # fmt: skip
    upload(row(debt, "before", early), row(debt, "held", late), row(debt, "after", at(10, day=21)))
    assert set(breaches()) == {"held"}


def test_the_same_file_again_changes_nothing_and_the_same_contacts_in_another_are_repeated(upload, debt):
    first = upload(row(debt, "c1", at(23)))
    again = upload(row(debt, "c1", at(23)))
    assert (again.upload_id, again.accepted, again.breaches) == (first.upload_id, 1, 1)
    other = upload(row(debt, "c1", at(23)), row(debt, "c2", at(10)), name="more.csv")
    assert (other.accepted, other.repeated, other.rejected) == (1, 1, 0)
    assert (Contact.objects.count(), AgencyUpload.objects.count()) == (2, 2)
    assert Event.objects.filter(code="law.agency.uploaded").count() == 2


def test_after_a_kill_the_file_goes_on_where_it_stopped(upload, debt, monkeypatch):
    monkeypatch.setattr(agency_upload, "ROWS_AT_ONCE", 2)
    rows = [row(debt, f"c{hour}", at(hour)) for hour in range(9, 15)]
    real = agency_upload.judge_told

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(agency_upload, "judge_told", killed)
    with pytest.raises(KeyboardInterrupt):
        upload(*rows)
    assert (Contact.objects.count(), AgencyUpload.objects.get().status) == (6, "running")
    monkeypatch.setattr(agency_upload, "judge_told", real)
    card = upload(*rows)
    assert (card.rows, card.accepted, card.repeated, card.rejected, card.breaches) == (6, 6, 0, 0, 3)
    assert Contact.objects.count() == 6


def test_a_file_of_another_kind_is_refused_and_leaves_nothing(tmp_path, world):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(law.FileRefused):
        law.upload_contacts(path=path, agency_code="swift", actor=system("t"), now=NOW)
    assert AgencyUpload.objects.count() == 0


def test_only_an_agency_with_a_team_and_somebody_who_may(upload, debt):
    with pytest.raises(law.AgencyUnknown):
        upload(row(debt, "c1", at(10)), agency="nobody")
    stranger = Actor(kind="staff", label="c", permissions=frozenset({"contacts.make"}))
    with pytest.raises(PermissionRefused):
        upload(row(debt, "c1", at(10)), actor=stranger)
    assert (AgencyUpload.objects.count(), Contact.objects.count()) == (0, 0)
