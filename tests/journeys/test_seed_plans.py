from __future__ import annotations

import pytest

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.ledger import facade as ledger
from fairdue.journeys.seed_plans import RUNNING, seed_plans
from fairdue.kernel.actor import system
from tests.case_world import NOW, World

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
    assert ledger.prove([account.pk for account in accounts]).is_proved
