"""A person whose loan was settled long ago, with a record of nearly every class, and the clock to look back from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from types import SimpleNamespace

import polars as pl
from django.conf import settings
from django.db import connection, transaction

from fairdue.contexts.book.models import Account, Creditor, ImportBatch, Product
from fairdue.contexts.cases.models import Case, Outcome, WorkItem
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Contact, Hold
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach.models import Message
from fairdue.contexts.parties.models import (
    Consent,
    ContactPoint,
    PartyVersion,
    Person,
    PersonReference,
    PortalLink,
)
from fairdue.contexts.parties.sealing import CONTACT_PURPOSE, NAME_PURPOSE
from fairdue.kernel.actor import system
from fairdue.kernel.money import Money

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
_numbers = count(1)


def lender(code: str = "north", kind: str = "bank", product: str = "consumer_loan") -> Product:
    """Return a lender's product, made once."""
    creditor, _ = Creditor.objects.get_or_create(
        code=code, defaults={"name_zh": "北方银行", "name_en": "North Bank", "institution_group": code, "institution_kind": kind}
    )  # fmt: skip
    made, _ = Product.objects.get_or_create(
        creditor=creditor, code=product, defaults={"name_zh": "贷款", "name_en": "Loan", "kind": product}
    )
    return made


def person(settled: date | None, *, product: Product | None = None, open_minor: int = 0) -> SimpleNamespace:
    """Create a borrower whose debt of 1,000.00 was opened 400 days before it was settled, or who still owes some of it."""
    number, ring = next(_numbers), settings.FIELD_KEYS
    product = product or lender()
    end = settled or TODAY
    start = end - timedelta(days=400)
    moment = datetime(start.year, start.month, start.day, 4, 0, tzinfo=UTC)
    latest = datetime(end.year, end.month, end.day, 4, 0, tzinfo=UTC)
    who = Person.objects.create(
        name_sealed=ring.seal("李小明", NAME_PURPOSE), name_masked="李**", id_masked="1101**", sex="m",
        name_hash=ring.search_hash(f"李小明{number}", NAME_PURPOSE), birth_date=date(1990, 1, 1), recorded_at=moment,
    )  # fmt: skip
    phone = f"+86138{number:08d}"
    point = ContactPoint.objects.create(
        person=who, medium="mobile", value_sealed=ring.seal(phone, CONTACT_PURPOSE), value_masked="138****0001",
        value_hash=ring.search_hash(phone, CONTACT_PURPOSE), recorded_at=moment,
    )  # fmt: skip
    PersonReference.objects.create(
        creditor_code=product.creditor.code, external_ref=f"C{number}", person=who, row_digest=1
    )
    account = Account.objects.create(
        creditor=product.creditor, product=product, person=who, external_ref=f"A{number:08d}", currency="CNY",
        opened_date=start, balance_date=start, recorded_at=moment,
    )  # fmt: skip
    common = {"account_id": account.pk, "person_id": who.pk, "currency": "CNY", "component": "principal"}
    ledger.open_accounts(
        pl.DataFrame(
            [{**common, "creditor_id": account.creditor_id, "amount_minor": 100_000, "balance_date": start}]
        ),
        now=moment,
    )
    ledger.land_dues(
        pl.DataFrame([{**common, "due_ref": "1", "due_date": start + timedelta(days=30), "amount_minor": 100_000}]),
        batch_id=1, now=moment,
    )  # fmt: skip
    ledger.record_payment(
        account_id=account.pk, amount=Money(100_000 - open_minor, "CNY"), effective_date=end, external_ref=f"P{number}",
        source="hand",
        actor=system("test"), now=latest,
    )  # fmt: skip
    return SimpleNamespace(id=who.pk, point_id=point.pk, account_id=account.pk, moment=moment, latest=latest)


def traces(who: SimpleNamespace) -> SimpleNamespace:
    """Leave a record of nearly every class with a person, made on the day on which the debt was settled."""
    at = who.latest
    case = Case.objects.create(person_id=who.id, status="closed", opened_at=who.moment, closed_at=at)
    number = next(_numbers)
    return SimpleNamespace(
        message=Message.objects.create(
            person_id=who.id, account_id=who.account_id, channel="sms", contact_point_id=who.point_id, template_code="t", locale="zh-hans",
            purpose="collect", values={"amount": "10.00"}, dedupe_key=f"d{number}", not_before=at, expires_at=at, status="sent",
            content_sealed=settings.FIELD_KEYS.seal("李小明，请还款", "outreach.message.content"), recorded_at=at,
        ),
        contact=Contact.objects.create(
            person_id=who.id, contact_point_id=who.point_id, institution_group="north", made_by="lender", channel="sms",
            result="delivered", occurred_at=at, recorded_at=at,
        ),
        note=Outcome.objects.create(case=case, code="note", note="住院，下月还", occurred_at=at, recorded_at=at),
        item=WorkItem.objects.create(
            case=case, person_id=who.id, cycle_date=at.date(), kind="call", queue="calls", reason="r", status="done", done_at=at
        ),
        hold=Hold.objects.create(
            person_id=who.id, kind="hardship", reason="住院", started_at=who.moment, ended_at=at, placed_by="x", ended_by="x"
        ),
        consent=Consent.objects.create(
            person_id=who.id, kind="agreed_hours", detail={"from": "09:00", "to": "10:00"}, source="call", occurred_at=at, recorded_at=at
        ),
        version=PartyVersion.objects.create(
            subject="person", subject_id=who.id, before={"name_masked": "李**"}, changed_by="x", recorded_at=at
        ),
        link=PortalLink.objects.create(
            token_hash=number.to_bytes(32, "big"), person_id=who.id, issued_at=at, expires_at=at
        ),
    )  # fmt: skip


def rejects(path: str, at: datetime) -> ImportBatch:
    """Record a file whose rejected rows stand in a file of their own."""
    return ImportBatch.objects.create(
        kind="parties", creditor=lender().creditor, file_name="f.csv", file_sha256="0" * 64, status="accepted", row_count=1,
        accepted_count=0, rejected_count=1, reject_file=path, imported_by="x", recorded_at=at,
    )  # fmt: skip


def permit_of(who: SimpleNamespace) -> None:
    """Issue a permit, so that there is a chain to verify."""
    law.load_rule_packs(actor=system("test"), now=NOW)
    with transaction.atomic():
        law.reserve(
            person_id=who.id, channel="call", contact_point_id=who.point_id, purpose="collect", content_sha256="",
            now=NOW + timedelta(hours=1), actor=system("test"),
        )  # fmt: skip


def past_the_triggers(table: str, sql: str, *parameters: object) -> None:
    """Change rows as somebody with full rights over the database could."""
    with connection.cursor() as cursor:
        cursor.execute(f"alter table {table} disable trigger user")
        cursor.execute(sql, parameters)
        assert cursor.rowcount == 1
        cursor.execute(f"alter table {table} enable trigger user")
