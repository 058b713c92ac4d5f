"""A person with a card debt, a mobile, an e-mail address and an emergency contact."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

from fairdue.contexts.book.models import Account, Creditor, Product
from fairdue.contexts.parties.models import ContactPoint, Person

NOW = datetime(2026, 5, 12, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai, a Tuesday."""


def make_person(reference: str = "p1", **person_fields) -> SimpleNamespace:
    """Create a person with an account and contact points of every owner."""
    person = Person.objects.create(
        name_sealed=b"x", name_masked="李**", name_hash=reference.encode().ljust(32), recorded_at=NOW,
        **{"birth_date": date(1985, 3, 1)} | person_fields,
    )  # fmt: skip
    creditor, _ = Creditor.objects.get_or_create(
        code="bank-1",
        defaults={"name_zh": "示例银行", "name_en": "Example Bank", "institution_group": "bank-1"},
    )
    product, _ = Product.objects.get_or_create(
        creditor=creditor,
        code="card",
        defaults={"name_zh": "信用卡", "name_en": "Card", "kind": "credit_card"},
    )
    account = Account.objects.create(
        creditor=creditor, product=product, person=person, external_ref=reference, currency="CNY",
        opened_date=date(2024, 1, 1), balance_date=date(2026, 1, 1), recorded_at=NOW,
    )  # fmt: skip
    points = {
        name: ContactPoint.objects.create(
            person=person, medium=medium, owner=owner, relation=relation, value_sealed=b"x", value_masked=name,
            value_hash=f"{reference}{name}".encode().ljust(32), recorded_at=NOW,
        ).pk
        for name, medium, owner, relation in (
            ("mobile", "mobile", "debtor", ""), ("second", "mobile", "debtor", ""), ("email", "email", "debtor", ""),
            ("friend", "mobile", "third_party", "friend"),
        )
    }  # fmt: skip
    return SimpleNamespace(id=person.pk, account_id=account.pk, **points)
