"""A negotiation at the desk: ask, see what fits, propose, a second pair of eyes, agree in a recorded call."""

from __future__ import annotations

import pytest
from django.test import Client

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.identity.models import Staff
from fairdue.kernel import clock
from fairdue.storage.pdf_signing import verify_pdf
from tests.case_world import NOW, World

pytestmark = pytest.mark.django_db
SAID = {
    "reason": "job",
    "income": "6000",
    "income_every": "month",
    "living": "3000",
    "adults": "1",
    "children": "0",
}


@pytest.fixture(autouse=True)
def _today(monkeypatch, settings):
    settings.MFA_REQUIRED_ROLES = frozenset()
    monkeypatch.setattr(clock, "now", lambda: NOW)


def at_desk(actor) -> Client:
    client = Client()
    client.force_login(Staff.objects.get(pk=actor.id))
    return client


def test_a_plan_is_found_proposed_agreed_in_a_recorded_call_and_seen_with_its_file():
    world = World.build()
    person = world.person()
    world.account(person)
    case_id = world.case(person)
    desk = at_desk(world.staff("collector"))

    assert desk.get(f"/desk/case/{case_id}/plan").status_code == 200
    wrong = desk.post(f"/desk/case/{case_id}/plan", SAID | {"reason": "?"})
    assert wrong.status_code == 422
    shown = desk.post(
        f"/desk/case/{case_id}/plan", SAID | {"lender": world.creditors["north"].pk}, follow=True
    )
    assert shown.status_code == 200
    address = shown.request["PATH_INFO"] + "?" + shown.request["QUERY_STRING"]
    refused = desk.post(address, {"verb": "wish", "months": "61"})
    assert refused.status_code == 422
    made = desk.post(address, {"verb": "wish", "months": "6", "reason": "new work in January"}, follow=True)
    assert made.status_code == 200
    proposal = arrangements.open_proposals_of(person.pk, actor=world.staff("collector"), now=NOW)[0]
    decide = f"/desk/proposals/{proposal.proposal_id}/decide"
    assert desk.post(decide, {"verb": "oral", "recording_ref": ""}).status_code == 422
    agreed = desk.post(decide, {"verb": "oral", "recording_ref": "REC-1", "was_read_out": "on"}, follow=True)
    assert agreed.status_code == 200
    plan = arrangements.plans_of(person.pk)[0]
    assert (plan.state, len(plan.instalments)) == ("running", 6)
    for page in (
        "plans/",
        "plans/calendar",
        "plans/broken",
        "proposals/",
        "plans/?state=all",
        f"plans/{plan.plan_id}/",
    ):
        assert desk.get(f"/desk/{page}").status_code == 200, page
    file = desk.get(f"/desk/agreements/{plan.agreement_id}.pdf")
    signed = verify_pdf(file.content)
    assert signed is not None and signed.is_intact
    stranger = at_desk(world.staff("collector", creditors=("south",)))
    for page in (
        f"plans/{plan.plan_id}/",
        f"agreements/{plan.agreement_id}.pdf",
        f"proposals/{proposal.proposal_id}/",
    ):
        assert stranger.get(f"/desk/{page}").status_code == 404, page


def test_what_goes_beyond_an_authority_waits_for_somebody_else():
    world = World.build()
    person = world.person()
    world.account(person, owed=60_000_000, overdue=20_000_000)
    case_id = world.case(person)
    supervisor = world.staff("supervisor")
    desk = at_desk(supervisor)
    shown = desk.post(
        f"/desk/case/{case_id}/plan",
        SAID | {"income": "90000", "lender": world.creditors["north"].pk},
        follow=True,
    )
    assert 'name="offer"' in shown.content.decode()
    address = shown.request["PATH_INFO"] + "?" + shown.request["QUERY_STRING"]
    desk.post(address, {"verb": "wish", "months": "12"})
    waiting = arrangements.waiting_proposals(actor=supervisor, now=NOW)
    assert [each.needs_role for each in waiting] == ["committee"]
    decide = f"/desk/proposals/{waiting[0].proposal_id}/decide"
    own = desk.post(decide, {"verb": "approve"})
    assert own.status_code == 422
    assert (
        arrangements.proposal(waiting[0].proposal_id, actor=supervisor, now=NOW).state == "waiting_approval"
    )
    early = desk.post(decide, {"verb": "oral", "recording_ref": "REC-1", "was_read_out": "on"})
    assert early.status_code == 422
    finance = at_desk(world.staff("finance"))
    assert finance.post(decide, {"verb": "approve", "reason": "kept three before"}).status_code == 302
    assert arrangements.proposal(waiting[0].proposal_id, actor=supervisor, now=NOW).state == "ready"
    assert arrangements.plans_of(person.pk) == ()
