"""A creditor, debtors with debts, clerks, and money that arrives."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import pytest
from django.conf import settings

from fairdue.contexts.parties import sealing as party_sealing
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.contracts import Incoming
from fairdue.kernel.actor import Actor, system
from fairdue.kernel.money import Money
from tests.case_world import NOW, TODAY, World

_refs = count(1)
HOUSE = system("tests")


@dataclass
class Desk:
    """The world with two clerks of finance and a supervisor."""

    world: World
    clerk: Actor
    second: Actor
    supervisor: Actor

    def arrive(self, amount: int = 40_000, creditor: str = "north", **values) -> int:
        """Let money arrive by hand of the house and return the payment's id."""
        fields = {
            "creditor_id": self.world.creditors[creditor].pk,
            "source": "hand",
            "source_ref": f"slip-{next(_refs)}",
            "amount": Money(amount, "CNY"),
            "value_date": TODAY,
        }
        return payments.receive(incoming=Incoming(**(fields | values)), actor=HOUSE, now=NOW).payment_id

    def debtor(self, name: str = "李小明", **debt):
        """Create a person found by name, with one debt, and return (person, account)."""
        person = self.world.person(name)
        hashed = settings.FIELD_KEYS.search_hash(party_sealing.normal_name(name), party_sealing.NAME_PURPOSE)
        person.name_hash = hashed
        person.save(update_fields=["name_hash"])
        return person, self.world.account(person, **debt)


@pytest.fixture
def desk(db) -> Desk:
    world = World.build()
    return Desk(world, world.staff("finance"), world.staff("finance"), world.staff("supervisor"))
