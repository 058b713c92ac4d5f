"""A small book for tests of the desk."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import polars as pl
from django.conf import settings

from fairdue.contexts.book.models import Account, Creditor, Product
from fairdue.contexts.cases.models import Case, WorkItem
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties.models import ContactPoint, Person
from fairdue.contexts.parties.sealing import CONTACT_PURPOSE, ID_PURPOSE, NAME_PURPOSE
from fairdue.kernel.actor import system
from fairdue.kernel.clock import HOUSE_ZONE, OFFSET_VARIABLE, business_date, now
from fairdue.kernel.masking import mask_id_number, mask_name, mask_phone

PASSWORD = "a-long-Password-7"
DEBTOR = "李小明"
PHONE = "+8613812345521"
ROLES = tuple(identity.Role.values)


def move_clock(monkeypatch, hour: int, minute: int) -> None:
    """Let every clock of the installation show a time of today in the house zone."""
    real = datetime.now(HOUSE_ZONE)
    wanted = real.replace(hour=hour, minute=minute, second=0, microsecond=0)
    monkeypatch.setenv(OFFSET_VARIABLE, str((wanted - real).total_seconds()))


def make_staff(role: str, *, username: str = "", team: str | None = "early", locale: str = "en"):
    """Create somebody of a role who can log in."""
    return identity.create_staff(
        username=username or role, password=PASSWORD, display_name=f"{role.title()} Wang", role=role, team_code=team,
        actor=system("test"), now=datetime.now(UTC), locale=locale,
    )  # fmt: skip


def make_person(name: str, phone: str, id_number: str) -> tuple[Person, ContactPoint]:
    """Create a sealed person with one mobile number."""
    ring, moment = settings.FIELD_KEYS, now()
    person = Person.objects.create(
        name_sealed=ring.seal(name, NAME_PURPOSE), name_masked=mask_name(name), name_hash=ring.search_hash(name, NAME_PURPOSE),
        id_type="cn_resident", id_sealed=ring.seal(id_number, ID_PURPOSE), id_masked=mask_id_number(id_number),
        id_hash=ring.search_hash(id_number, ID_PURPOSE), birth_date=date(1990, 1, 1), sex="m", recorded_at=moment,
    )  # fmt: skip
    point = ContactPoint.objects.create(
        person=person, medium="mobile", value_sealed=ring.seal(phone, CONTACT_PURPOSE), value_masked=mask_phone(phone),
        value_hash=ring.search_hash(phone, CONTACT_PURPOSE), zone="Asia/Shanghai", recorded_at=moment,
    )  # fmt: skip
    return person, point


def make_account(
    product: Product, person: Person, ref: str, overdue_minor: int, days_past_due: int
) -> Account:
    """Create an account with one unpaid due item and the postings that explain it."""
    moment, today = now(), business_date(now())
    due_date = today - timedelta(days=days_past_due)
    account = Account.objects.create(
        creditor=product.creditor, product=product, person=person, external_ref=ref, currency="CNY",
        opened_date=date(2024, 1, 1), balance_date=due_date, recorded_at=moment,
    )  # fmt: skip
    whole = pl.DataFrame(
        {
            "account_id": [account.pk], "person_id": [person.pk], "creditor_id": [product.creditor_id], "currency": ["CNY"],
            "component": ["principal"], "amount_minor": [overdue_minor], "balance_date": [due_date],
        }
    )  # fmt: skip
    ledger.open_accounts(whole, now=moment)
    dues = whole.select(
        "account_id", "person_id", "component", "amount_minor", "currency", due_date="balance_date"
    )
    ledger.land_dues(dues.with_columns(due_ref=pl.lit("2026-10")), batch_id=0, now=moment)
    return account


def make_case(
    person: Person, creditor_id: int, *, rank: int, overdue_minor: int, days_past_due: int
) -> tuple[Case, WorkItem]:
    """Open a case with one call to make."""
    moment = now()
    case = Case.objects.create(person=person, creditor_ids=[creditor_id], queue="calls", opened_at=moment)
    item = WorkItem.objects.create(
        case=case, person_id=person.pk, cycle_date=business_date(moment), kind="call", queue="calls", rank=rank,
        reason="m2-call", days_past_due=days_past_due, overdue_minor=overdue_minor,
    )  # fmt: skip
    return case, item


def make_world() -> SimpleNamespace:
    """Build the book: two cases in scope of team `early`, one case of another lender."""
    lender, other = (
        Creditor.objects.create(code=code, name_zh=zh, name_en=en, institution_group=code)
        for code, zh, en in (("north", "北方银行", "North Bank"), ("south", "南方银行", "South Bank"))
    )
    card, loan = (
        Product.objects.create(creditor=lender, code=code, name_zh=zh, name_en=en, kind=kind)
        for code, zh, en, kind in (
            ("card", "信用卡", "Credit card", "credit_card"),
            ("loan", "消费贷", "Consumer loan", "consumer_loan"),
        )
    )
    foreign = Product.objects.create(
        creditor=other, code="card", name_zh="信用卡", name_en="Credit card", kind="credit_card"
    )
    identity.ensure_team(code="early", name="Early team", creditor_ids=[lender.pk])
    identity.ensure_team(code="agency", name="Agency team", creditor_ids=[lender.pk], agency_code="swift")
    person, point = make_person(DEBTOR, PHONE, "11010519491231002X")
    make_account(card, person, "6222000011112222", 820_000, 47)
    make_account(loan, person, "L-0001", 150_050, 12)
    case, item = make_case(person, lender.pk, rank=1, overdue_minor=970_050, days_past_due=47)
    second_person, _ = make_person("王芳", "+8613900001111", "440524188001010014")
    make_account(card, second_person, "6222000033334444", 31_140, 9)
    second_case, second_item = make_case(
        second_person, lender.pk, rank=2, overdue_minor=31_140, days_past_due=9
    )
    stranger, _ = make_person("赵六", "+8613700002222", "110105199003078899")
    make_account(foreign, stranger, "9999", 10_000, 5)
    foreign_case, _ = make_case(stranger, other.pk, rank=1, overdue_minor=10_000, days_past_due=5)
    return SimpleNamespace(
        lender=lender, person=person, point=point, case=case, item=item, second_case=second_case,
        second_item=second_item, foreign_case=foreign_case,
    )  # fmt: skip
