"""What the database itself holds of proposals and plans, and who may see and do what."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.arrangements.models import Agreement, Assessment, OfferSet, Plan, PlanAccount, Proposal
from fairdue.engine.negotiation.case import Situation
from fairdue.engine.negotiation.household import Household, MoneyLine
from fairdue.engine.negotiation.offers import Wish
from fairdue.journeys.agree_plan import agree_plan
from fairdue.kernel.actor import Actor, PermissionRefused
from tests.case_world import NOW, TODAY, World

pytestmark = pytest.mark.django_db
ORAL = arrangements.OralProof("REC-1")


@pytest.fixture
def world():
    return World.build()


def proposed(world, actor, *, owed=60_000_000, person=None):
    person = person or world.person()
    account = world.account(person, owed=owed, overdue=owed // 3)
    return arrangements.propose(
        person_id=person.pk, account_ids=[account.pk], wish=Wish(months=12), actor=actor, now=NOW
    )


def refused(work):
    with pytest.raises(IntegrityError), transaction.atomic():
        work()


def test_a_second_pair_of_eyes_is_another_person_with_the_authority_and_the_database_holds_it(world):
    finance, other = world.staff("finance"), world.staff("finance")
    made = proposed(world, finance)
    assert (made.state, made.needs_role) == ("waiting_approval", "committee")
    with pytest.raises(arrangements.ProposalWaits):
        agree_plan(proposal_id=made.proposal_id, proof=ORAL, actor=finance, now=NOW)
    with pytest.raises(arrangements.OwnProposal):
        arrangements.approve_proposal(proposal_id=made.proposal_id, actor=finance, now=NOW)
    with pytest.raises(arrangements.AuthorityTooLow):
        arrangements.approve_proposal(proposal_id=made.proposal_id, actor=world.staff("supervisor"), now=NOW)
    with pytest.raises(PermissionRefused):
        arrangements.approve_proposal(proposal_id=made.proposal_id, actor=world.staff("collector"), now=NOW)
    row = Proposal.objects.filter(pk=made.proposal_id)
    refused(lambda: row.update(state="ready"))
    refused(lambda: row.update(state="ready", approved_by_id=finance.id))
    refused(lambda: row.update(waived_minor=5))
    refused(lambda: row.delete())
    ready = arrangements.approve_proposal(proposal_id=made.proposal_id, actor=other, now=NOW)
    assert (ready.state, ready.decided_by) == ("ready", other.label)


def test_one_proposal_is_open_and_one_plan_runs_on_a_debt(world):
    collector, person = world.staff("collector"), world.person()
    first = proposed(world, collector, owed=100_000, person=person)
    second = arrangements.propose(
        person_id=person.pk, account_ids=first.account_ids, wish=Wish(months=6), actor=collector, now=NOW
    )
    assert arrangements.proposal(first.proposal_id, actor=collector, now=NOW).state == "withdrawn"
    agreed = agree_plan(proposal_id=second.proposal_id, proof=ORAL, actor=collector, now=NOW).agreement
    with pytest.raises(arrangements.PlanRuns):
        arrangements.propose(
            person_id=person.pk, account_ids=first.account_ids, wish=Wish(months=6), actor=collector, now=NOW
        )
    plan = Plan.objects.get(pk=agreed.plan_id)
    refused(
        lambda: PlanAccount.objects.create(
            plan=plan, account_id=first.account_ids[0] + 0, is_running=True, waived={}
        )
    )
    refused(lambda: Plan.objects.filter(pk=plan.pk).update(state="kept"))
    refused(lambda: Plan.objects.filter(pk=plan.pk).update(total_minor=1))
    refused(lambda: Agreement.objects.filter(pk=agreed.agreement_id).update(number="X"))


def test_another_borrower_and_another_lender_s_staff_see_nothing(world):
    collector = world.staff("collector")
    made = proposed(world, collector, owed=100_000)
    stranger = Actor(
        kind="borrower", label="borrower", id=made.person_id + 1, role="borrower", creditor_ids=None
    )
    south = world.staff("collector", creditors=("south",))
    for actor in (stranger, south):
        with pytest.raises(arrangements.ProposalUnknown):
            arrangements.proposal(made.proposal_id, actor=actor, now=NOW)
        with pytest.raises(arrangements.ProposalUnknown):
            agree_plan(proposal_id=made.proposal_id, proof=ORAL, actor=actor, now=NOW)
    with pytest.raises(PermissionRefused):
        arrangements.plans_of(made.person_id, actor=stranger)
    with pytest.raises(PermissionRefused):
        arrangements.record_assessment(
            person_id=made.person_id,
            situation=Situation(reason="job"),
            source="portal",
            actor=stranger,
            now=NOW,
        )
    assert not Agreement.objects.exists()


def test_what_was_said_is_sealed_and_what_was_shown_names_nobody(world):
    person = world.person("李小明")
    account = world.account(person)
    household = Household(currency="CNY", incomes=(MoneyLine("wage", 723_456),), outgoings=())
    me = Actor(kind="borrower", label="borrower", id=person.pk, role="borrower", creditor_ids=None)
    situation = Situation(reason="illness", household=household)
    told = arrangements.record_assessment(
        person_id=person.pk, situation=situation, source="portal", actor=me, now=NOW
    )
    for _ in range(2):
        arrangements.offers_for(
            person_id=person.pk, account_ids=[account.pk], situation=situation, as_of=TODAY, now=NOW, actor=me,
            assessment_id=told.assessment_id,
        )  # fmt: skip
    assert OfferSet.objects.count() == 1
    assert arrangements.situation_of_assessment(person.pk, told.assessment_id) == situation
    assert b"723456" not in bytes(Assessment.objects.get().situation_sealed)
    with connection.cursor() as cursor:
        cursor.execute("select features::text || offers::text from arrangements_offerset")
        text = cursor.fetchone()[0]
    assert "李" not in text and "723456" not in text
    assert [
        each.kinds
        for each in arrangements.shown_offers(actor=world.staff("supervisor"), since=TODAY, until=TODAY)
    ]
