from __future__ import annotations

from datetime import timedelta

import pytest

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments import facade as payments
from fairdue.journeys.seed_online import give_mandate_in_demo
from fairdue.journeys.seed_plans import RUNNING, SOON_DAYS, seed_plans
from fairdue.kernel.actor import system
from tests.case_world import NOW, TODAY, World

pytestmark = pytest.mark.django_db


def test_the_demonstration_gets_plans_of_each_kind_once():
    world = World.build()
    world.staff("collector")
    persons = [world.person() for _ in range(len(RUNNING) + 4)]
    accounts = [world.account(person, owed=300_000) for person in persons]
    world.work(*persons)
    actor = system("demo")
    assert seed_plans(actor=actor, now=NOW) == len(RUNNING) + 2
    states = sorted(each.state for each in arrangements.plans(actor=actor))
    assert states == ["breached", "kept", *["running"] * len(RUNNING)]
    assert seed_plans(actor=actor, now=NOW) == 0
    given = give_mandate_in_demo(demo_date=TODAY, actor=actor, now=NOW)
    assert given is not None and give_mandate_in_demo(demo_date=TODAY, actor=actor, now=NOW) == given
    payments.mandate_registered(mandate_id=given.mandate_id, provider_ref="LM1", actor=actor, now=NOW)
    (debit,) = payments.plan_debits(as_of=TODAY, now=NOW)
    assert (debit.account_id, debit.due_date) == (given.account_id, TODAY + timedelta(days=SOON_DAYS))
    assert ledger.prove([account.pk for account in accounts]).is_proved
