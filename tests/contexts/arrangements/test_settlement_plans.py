"""One sum for all that is owed: kept, the rest is waived; missed, everything is owed as before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.ledger import facade as ledger
from fairdue.engine.negotiation.case import Situation
from fairdue.journeys.agree_plan import agree_plan
from fairdue.journeys.review_plans import review_plans
from fairdue.kernel.actor import system
from fairdue.kernel.money import Money
from tests.case_world import NOW, TODAY, World

pytestmark = pytest.mark.django_db
LATER = timedelta(days=345)
NIGHT = system("night")


@pytest.mark.parametrize("is_paid", [True, False])
def test_a_settlement_waives_the_rest_only_if_it_is_paid(is_paid):
    world = World.build()
    person, now, today = world.person(), NOW + LATER, TODAY + LATER
    account = world.account(person)
    world.case(person)
    collector = world.staff("collector")
    told = arrangements.record_assessment(
        person_id=person.pk, situation=Situation(reason="family", can_pay_now_minor=95_000), source="phone",
        actor=collector, now=now,
    ).assessment_id  # fmt: skip
    found = arrangements.offers_for(
        person_id=person.pk, account_ids=[account.pk], as_of=today, now=now, assessment_id=told, actor=collector,
        situation=arrangements.situation_of_assessment(person.pk, told),
    )  # fmt: skip
    offer = next(one for one in found.offers if one.kind == "settlement")
    assert (offer.total_minor, offer.waived_minor) == (90_000, 10_000)
    made = arrangements.propose(
        person_id=person.pk,
        account_ids=[account.pk],
        offer_key=offer.key,
        assessment_id=told,
        actor=collector,
        now=now,
    )
    if made.state == "waiting_approval":
        approver = world.staff("finance")
        arrangements.approve_proposal(proposal_id=made.proposal_id, actor=approver, now=now)
    agree_plan(proposal_id=made.proposal_id, proof=arrangements.OralProof("REC"), actor=collector, now=now)
    plan = arrangements.plans_of(person.pk)[0]
    last = plan.instalments[-1].due_date
    for number, one in enumerate(plan.instalments if is_paid else ()):
        ledger.record_payment(
            account_id=account.pk, amount=one.amount, effective_date=one.due_date, external_ref=f"S{number}",
            source="test", actor=NIGHT, now=now + (one.due_date - today),
        )  # fmt: skip
    day = last + timedelta(days=4)
    for _ in range(2):
        review_plans(as_of=day, actor=NIGHT, now=now + (day - today))
    owed = Money(0, "CNY") if is_paid else Money(100_000, "CNY")
    assert arrangements.plans_of(person.pk)[0].state == ("kept" if is_paid else "breached")
    assert ledger.account_summary(account.pk, day).balance == owed
    assert ledger.prove([account.pk]).is_proved
