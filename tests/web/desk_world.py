"""A small book for tests of the desk."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

from django.conf import settings

from fairdue.contexts.book.models import Account, Creditor, Product
from fairdue.contexts.cases.models import Case, WorkItem
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.ledger.models import AccountState, DueItem, Posting
from fairdue.contexts.parties.models import ContactPoint, Person
from fairdue.kernel.actor import system
from fairdue.kernel.clock import business_date, now

PASSWORD = "a-long-Password-7"
DEBTOR = "李小明"
PHONE = "+8613812345521"
ROLES = tuple(identity.Role.values)


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
        name_sealed=ring.seal(name, "name"), name_masked=name[0] + "**", name_hash=ring.search_hash(name, "name"),
        id_type="cn_resident", id_sealed=ring.seal(id_number, "id_number"), id_masked=id_number[:3] + "*" * 13 + id_number[-2:],
        id_hash=ring.search_hash(id_number, "id_number"), birth_date=date(1990, 1, 1), sex="m", recorded_at=moment,
    )  # fmt: skip
    point = ContactPoint.objects.create(
        person=person, medium="mobile", value_sealed=ring.seal(phone, "mobile"), value_masked=f"{phone[3:6]}****{phone[-4:]}",
        value_hash=ring.search_hash(phone, "mobile"), zone="Asia/Shanghai", recorded_at=moment,
    )  # fmt: skip
    return person, point


def make_account(product: Product, person: Person, ref: str, overdue_minor: int, days_past_due: int) -> Account:
    """Create an account with one unpaid due item and the postings that explain it."""
    moment, today = now(), business_date(now())
    due_date = today - timedelta(days=days_past_due)
    account = Account.objects.create(
        creditor=product.creditor, product=product, person=person, external_ref=ref, currency="CNY",
        opened_date=date(2024, 1, 1), balance_date=due_date, recorded_at=moment,
    )  # fmt: skip
    due = DueItem.objects.create(
        account=account, person_id=person.pk, due_ref="2026-10", due_date=due_date, component="principal",
        amount_minor=overdue_minor, currency="CNY",
    )  # fmt: skip
    Posting.objects.create(
        entry=uuid4(), account_id=account.pk, person_id=person.pk, kind="opening", debit="receivable:principal",
        credit="opening", amount_minor=overdue_minor, currency="CNY", effective_date=due_date, recorded_at=moment,
    )  # fmt: skip
    fields = {field.name for field in AccountState._meta.get_fields()}
    state = {
        "account_id": account.pk, "person_id": person.pk, "creditor_id": product.creditor_id, "currency": "CNY",
        "balance_minor": overdue_minor, "oldest_unpaid_due_date": due_date, "components": {"principal": overdue_minor},
        "by_component": {"principal": overdue_minor}, "recorded_at": moment, "updated_at": moment,
        "due_unpaid_minor": overdue_minor, "dpd_origin": "due_plus_1", "bucket_edges": [],
    }  # fmt: skip
    AccountState.objects.create(**{name: value for name, value in state.items() if name in fields})
    assert due.pk
    return account


def make_case(person: Person, creditor_id: int, *, rank: int, overdue_minor: int, days_past_due: int) -> tuple[Case, WorkItem]:
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
        for code, zh, en, kind in (("card", "信用卡", "Credit card", "credit_card"), ("loan", "消费贷", "Consumer loan", "consumer_loan"))
    )
    foreign = Product.objects.create(creditor=other, code="card", name_zh="信用卡", name_en="Credit card", kind="credit_card")
    identity.ensure_team(code="early", name="Early team", creditor_ids=[lender.pk])
    person, point = make_person(DEBTOR, PHONE, "11010519491231002X")
    make_account(card, person, "6222000011112222", 820_000, 47)
    make_account(loan, person, "L-0001", 150_050, 12)
    case, item = make_case(person, lender.pk, rank=1, overdue_minor=970_050, days_past_due=47)
    second_person, _ = make_person("王芳", "+8613900001111", "440524188001010014")
    make_account(card, second_person, "6222000033334444", 31_140, 9)
    second_case, second_item = make_case(second_person, lender.pk, rank=2, overdue_minor=31_140, days_past_due=9)
    stranger, _ = make_person("赵六", "+8613700002222", "110105199003078899")
    make_account(foreign, stranger, "9999", 10_000, 5)
    foreign_case, _ = make_case(stranger, other.pk, rank=1, overdue_minor=10_000, days_past_due=5)
    return SimpleNamespace(
        lender=lender, person=person, point=point, case=case, item=item, second_case=second_case,
        second_item=second_item, foreign_case=foreign_case,
    )  # fmt: skip
