"""A small world for tests of cases, journeys and the portal: two lenders, persons, debts, staff."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

import polars as pl
from django.conf import settings

from fairdue.contexts.book.models import Account, Creditor, Product
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.identity.models import Staff, Team
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties.models import ContactPoint, Person
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money

TODAY = date(2026, 11, 23)
"""A Monday."""
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai."""
_numbers = count(1)


@dataclass
class World:
    """Creditors `north` and `south`, one product each, and whatever a test adds."""

    creditors: dict[str, Creditor] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)

    @classmethod
    def build(cls) -> World:
        world = cls()
        for code, zh, en in (("north", "北方银行", "North Bank"), ("south", "南方消费金融", "South Finance")):
            world.creditors[code] = Creditor.objects.create(
                code=code,
                name_zh=zh,
                name_en=en,
                institution_group=code,
                contact_phone="400-000-1000" if code == "north" else "400-000-2000",
            )
            world.products[code] = Product.objects.create(
                creditor=world.creditors[code],
                code="card",
                name_zh="信用卡",
                name_en="Credit card",
                kind="credit_card",
            )
        return world

    def staff(self, role: str, *, creditors: tuple[str, ...] = ("north",), agency: str = "") -> Actor:
        """Create a member of staff in a team of their own and return the actor."""
        number = next(_numbers)
        agency = agency or ("ag1" if role == "agency" else "")
        ids = [self.creditors[code].pk for code in creditors]
        identity.ensure_team(
            code=f"team{number}", name=f"Team {number}", creditor_ids=ids, agency_code=agency
        )
        Staff.objects.create(
            username=f"{role}{number}",
            password="!",
            display_name=f"{role.title()} {number}",
            role=role,
            team=Team.objects.get(code=f"team{number}"),
        )
        actor = identity.actor_by_username(f"{role}{number}")
        assert actor is not None
        return actor

    def person(self, name: str = "李小明") -> Person:
        """Create a person with a mobile number of their own."""
        number, ring = next(_numbers), settings.FIELD_KEYS
        person = Person.objects.create(
            name_sealed=ring.seal(name, "parties.person.name"),
            name_masked=name[:1] + "**",
            name_hash=ring.search_hash(f"{name}{number}", "parties.person.name"),
            recorded_at=NOW - timedelta(days=200),
        )
        self.phone(person)
        return person

    def phone(self, person: Person, *, owner: str = "debtor") -> ContactPoint:
        """Give a person one more telephone number."""
        number, ring = next(_numbers), settings.FIELD_KEYS
        value = f"+86138{number:08d}"
        return ContactPoint.objects.create(
            person=person,
            medium="mobile",
            owner=owner,
            value_sealed=ring.seal(value, "parties.contact.value"),
            value_masked=f"138****{number:04d}",
            value_hash=ring.search_hash(value, "parties.contact.value"),
            recorded_at=NOW - timedelta(days=200),
        )

    def mailbox(self, person: Person) -> ContactPoint:
        """Give a person a mailbox of their own."""
        number, ring = next(_numbers), settings.FIELD_KEYS
        value = f"someone{number}@example.com"
        return ContactPoint.objects.create(
            person=person,
            medium="email",
            value_sealed=ring.seal(value, "parties.contact.value"),
            value_masked="s***@example.com",
            value_hash=ring.search_hash(value, "parties.contact.value"),
            recorded_at=NOW - timedelta(days=200),
        )

    def account(
        self, person: Person, creditor: str = "north", *, owed: int = 100_000, overdue: int = 40_000
    ) -> Account:
        """Open a debt of `owed` minor units of which `overdue` fell due twenty days ago."""
        opening = TODAY - timedelta(days=30)
        account = Account.objects.create(
            creditor=self.creditors[creditor],
            product=self.products[creditor],
            person=person,
            external_ref=f"A{next(_numbers):08d}",
            currency="CNY",
            opened_date=date(2025, 1, 5),
            balance_date=opening,
            recorded_at=NOW - timedelta(days=30),
        )
        common = {
            "account_id": account.pk,
            "person_id": person.pk,
            "currency": "CNY",
            "component": "principal",
        }
        ledger.open_accounts(
            pl.DataFrame(
                [
                    {
                        **common,
                        "creditor_id": account.creditor_id,
                        "amount_minor": owed,
                        "balance_date": opening,
                    }
                ]
            ),
            now=NOW - timedelta(days=30),
        )
        if overdue:
            due = {"due_ref": "2026-10", "due_date": TODAY - timedelta(days=20), "amount_minor": overdue}
            ledger.land_dues(pl.DataFrame([{**common, **due}]), batch_id=1, now=NOW - timedelta(days=30))
        return account

    def case(self, person: Person, *creditors: str) -> int:
        """Open a person's case over debts to creditors."""
        ids = [self.creditors[code].pk for code in creditors or ("north",)]
        return cases.ensure_case(person_id=person.pk, creditor_ids=ids, now=NOW)

    def work(self, *persons: Person, cycle_date: date = TODAY, **values: object) -> int:
        """Land one call item for each person, ranked in the order given."""
        rows = [
            {
                "person_id": person.pk,
                "kind": "call",
                "queue": "early",
                "rank": rank,
                "reason": "R2",
                "days_past_due": 20,
                "overdue_minor": 40_000,
                "currency": "CNY",
                "not_before": None,
                "creditor_ids": [self.creditors["north"].pk],
                **values,
            }
            for rank, person in enumerate(persons, start=1)
        ]
        return cases.land_work_items(pl.DataFrame(rows), cycle_date=cycle_date, now=NOW)


def cny(amount: str) -> Money:
    """Read an amount in yuan."""
    return Money.of(amount)
