"""Borrowers who may come to the portal: persons with a name, a telephone and an overdue debt, in a book of any size."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any


def add_borrowers(count: int, today: date, now: datetime) -> list[tuple[int, int]]:
    """Add borrowers to a filled book and return (person, account) of each."""
    import polars as pl
    from django.conf import settings

    from fairdue.contexts.book.models import Account, Creditor, Product
    from fairdue.contexts.ledger import facade as ledger

    ring = settings.FIELD_KEYS
    creditor, _ = Creditor.objects.get_or_create(
        code="portal", defaults={"name_zh": "门户银行", "name_en": "Portal Bank", "institution_kind": "bank",
                                 "institution_group": "portal", "contact_phone": "400-000-1000"},
    )  # fmt: skip
    product, _ = Product.objects.get_or_create(
        creditor=creditor, code="card", defaults={"name_zh": "信用卡", "name_en": "Card", "kind": "credit_card",
                                                  "currency": "CNY", "allocation_policy": "cn-card"},
    )  # fmt: skip
    persons = [_person(ring, number, now) for number in range(count)]
    opened = today - timedelta(days=400)
    accounts = Account.objects.bulk_create(
        Account(creditor=creditor, product=product, person=person, external_ref=f"P{number:06d}", currency="CNY",
                opened_date=opened, balance_date=today - timedelta(days=60), recorded_at=now)
        for number, person in enumerate(persons)
    )  # fmt: skip
    frame = pl.DataFrame(
        {
            "account_id": [account.pk for account in accounts], "person_id": [person.pk for person in persons],
            "creditor_id": [creditor.pk] * count, "currency": ["CNY"] * count, "component": ["principal"] * count,
            "amount_minor": [400_000 + 1_000 * (number % 500) for number in range(count)],
            "balance_date": [today - timedelta(days=60)] * count,
        }
    )  # fmt: skip
    ledger.open_accounts(frame, now=now)
    late = [today - timedelta(days=5 + number % 55) for number in range(count)]
    keys = frame.select("account_id", "person_id", "component", "currency")
    for ref, share, days in (("S1", 4, late), ("S2", 1, [today + timedelta(days=20)] * count)):
        part = frame["amount_minor"] // 5
        dues = keys.with_columns(
            due_ref=pl.lit(ref),
            due_date=pl.Series(days),
            amount_minor=part if share == 1 else frame["amount_minor"] - part,
        )
        ledger.land_dues(dues, batch_id=0, now=now)
    return [(person.pk, account.pk) for person, account in zip(persons, accounts, strict=True)]


def _person(ring: Any, number: int, now: datetime) -> Any:
    from fairdue.contexts.parties.models import ContactPoint, Person
    from fairdue.contexts.parties.sealing import CONTACT_PURPOSE, NAME_PURPOSE

    name, phone = f"王小{number:04d}", f"+86138{number:08d}"
    person = Person.objects.create(
        name_sealed=ring.seal(name, NAME_PURPOSE), name_masked="王**", name_hash=ring.search_hash(name, NAME_PURPOSE),
        locale="zh-hans", recorded_at=now,
    )  # fmt: skip
    ContactPoint.objects.create(
        person=person, medium="mobile", value_sealed=ring.seal(phone, CONTACT_PURPOSE), value_masked="138****0000",
        value_hash=ring.search_hash(phone, CONTACT_PURPOSE), zone="Asia/Shanghai", recorded_at=now,
    )  # fmt: skip
    return person
