"""A permit covers nothing any more once the person said stop or a hold began; a cap that others filled leaves it alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import AgencyContact, Contact, PermitUse
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import system
from tests.agency_standing import make_fit
from tests.case_world import NOW, World

pytestmark = pytest.mark.django_db(transaction=True)
LATER, CALLED, TOLD = (NOW + timedelta(minutes=minutes) for minutes in (3, 6, 9))


@pytest.fixture
def world(db):
    return World.build()


@pytest.fixture
def debt(world):
    person = world.person()
    account = world.account(person)
    point = world.phone(person)
    make_fit("swift")
    return person, account, point, parties.open_contact_point(point.pk)


@pytest.fixture
def agency(world):
    world.staff("agency", creditors=("north",), agency="swift")
    return law.agency_of("swift")


def permit(agency, debt):
    question = law.PermitQuestion(
        request_id="q1",
        creditor="north",
        account_ref=debt[1].external_ref,
        channel="call",
        contact_value=debt[3],
        staff_ref="S1",
    )
    answer, _ = law.ask_permit(agency=agency, question=question, now=NOW)
    assert answer["outcome"] == "allow", answer["reasons"]
    return answer["permit_id"]


def told(agency, debt, permit_id, ref="1"):
    report = law.ContactReport(
        request_id=f"r{ref}", contact_ref=f"c{ref}", creditor="north", account_ref=debt[1].external_ref, channel="call",
        result="conversation", occurred_at=CALLED, contact_value=debt[3], permit_id=permit_id, mode="interactive",
    )  # fmt: skip
    answer, _ = law.report_contact(agency=agency, report=report, now=TOLD)
    return answer


def say_stop(person, moment):
    parties.record_consent(
        person_id=person.pk, kind="opt_out", channel="call", contact_point_id=None, source="t", detail={},
        actor=system("t"), occurred_at=moment, now=moment,
    )  # fmt: skip


def test_a_permit_covers_the_contact_if_nothing_was_said_meanwhile(agency, debt):
    answer = told(agency, debt, permit(agency, debt))
    assert (answer["was_permitted"], answer["outcome"]) == (True, "allow")
    assert PermitUse.objects.count() == Contact.objects.count() == 1


def test_a_stop_between_permit_and_contact_ends_the_permit_and_is_kept_as_a_breach(agency, debt):
    permit_id = permit(agency, debt)
    say_stop(debt[0], LATER)
    answer = told(agency, debt, permit_id)
    assert (answer["was_permitted"], answer["outcome"]) == (False, "refuse")
    assert {reason["rule_id"] for reason in answer["reasons"]} == {"CN-CHAN-02"}
    assert PermitUse.objects.count() == 0
    counted = {contact.permit_id: contact.result for contact in Contact.objects.all()}
    assert counted == {permit_id: "failed", None: "conversation"}
    assert AgencyContact.objects.get().outcome == "refuse"


def test_a_hold_between_permit_and_contact_ends_the_permit(agency, debt):
    permit_id = permit(agency, debt)
    law.place_hold(person_id=debt[0].pk, kind="dispute", reason="t", actor=system("t"), now=LATER)
    answer = told(agency, debt, permit_id)
    assert (answer["was_permitted"], answer["outcome"]) == (False, "hold")
    assert PermitUse.objects.count() == 0


def test_a_permit_that_was_overtaken_covers_no_second_report_either(agency, debt):
    permit_id = permit(agency, debt)
    law.place_hold(person_id=debt[0].pk, kind="dispute", reason="t", actor=system("t"), now=LATER)
    answers = [told(agency, debt, permit_id, ref) for ref in ("1", "2")]
    assert [answer["was_permitted"] for answer in answers] == [False, False]
    assert (PermitUse.objects.count(), AgencyContact.objects.filter(outcome="hold").count()) == (0, 2)


def test_what_is_said_after_the_contact_leaves_its_permit_as_it_was(agency, debt):
    permit_id = permit(agency, debt)
    say_stop(debt[0], CALLED + timedelta(minutes=1))
    assert told(agency, debt, permit_id)["was_permitted"] is True
    assert PermitUse.objects.get().permit_id == permit_id


def test_a_cap_that_others_filled_meanwhile_leaves_the_permit_as_it_was(agency, debt):
    permit_id = permit(agency, debt)
    for minutes in (1, 2, 3):
        law.record_contact(
            person_id=debt[0].pk, channel="call", result="conversation", made_by="keen", actor=system("t"), now=LATER,
            occurred_at=NOW - timedelta(minutes=minutes), contact_point_id=debt[2].pk, mode="interactive",
        )  # fmt: skip
    assert told(agency, debt, permit_id)["was_permitted"] is True
