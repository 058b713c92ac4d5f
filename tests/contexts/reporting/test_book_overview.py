"""The figures of the book: buckets, overdue, promises and contacts, within the actor's scope."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from fairdue.contexts.book.models import Account, Creditor, Product
from fairdue.contexts.cases.models import Case, PromiseToPay
from fairdue.contexts.law.models import Contact
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties.models import Person
from fairdue.contexts.reporting import facade as reporting
from fairdue.kernel.actor import Actor, PermissionRefused
from fairdue.kernel.money import Money

NOW = datetime(2026, 6, 15, 4, 0, tzinfo=UTC)
OPENED, AS_OF = date(2026, 1, 31), date(2026, 6, 15)
pytestmark = pytest.mark.django_db


def analyst(*creditor_ids: int) -> Actor:
    scope = frozenset(creditor_ids) if creditor_ids else None
    return Actor(kind="staff", label="x", creditor_ids=scope, permissions=frozenset({"reporting.view"}))


def creditor(code: str) -> Creditor:
    return Creditor.objects.create(code=code, name_zh=code, name_en=code, institution_group=code)


def account(
    owner: Creditor, balance: int, due_date: date, due: int, edges: list[int] | None = None
) -> Account:
    product, _created = Product.objects.get_or_create(
        creditor=owner,
        code=f"card{edges}",
        defaults={"name_zh": "卡", "name_en": "Card", "kind": "credit_card", "allocation_policy": "cn-card",
                  "dpd_origin": "due_plus_1", **({"bucket_edges": edges} if edges else {})},
    )  # fmt: skip
    person = Person.objects.create(name_sealed=b"x", name_masked="张*", name_hash=b"h", recorded_at=NOW)
    made = Account.objects.create(
        creditor=owner, product=product, person=person, external_ref=f"A{person.id}", currency="CNY",
        opened_date=OPENED, balance_date=OPENED, recorded_at=NOW,
    )  # fmt: skip
    common = {"account_id": made.id, "person_id": person.id, "currency": "CNY", "component": "principal"}
    opening = common | {"creditor_id": owner.id, "amount_minor": balance, "balance_date": OPENED}
    ledger.open_accounts(pl.DataFrame([opening]), now=NOW)
    item = common | {"due_ref": "1", "due_date": due_date, "amount_minor": due}
    ledger.land_dues(pl.DataFrame([item]), batch_id=1, now=NOW)
    return made


@pytest.fixture
def book():
    bank, other = creditor("BANK"), creditor("OTHER")
    accounts = [
        account(bank, 10_000, date(2026, 6, 15), 10_000),
        account(bank, 20_000, date(2026, 6, 14), 5_000),
        account(bank, 30_000, date(2026, 5, 15), 30_000),
        account(other, 40_000, date(2026, 2, 1), 40_000, edges=[10, 20]),
    ]
    return bank, other, accounts


def figures(overview: reporting.BookOverview) -> dict[str, tuple[int, int, int]]:
    (currency,) = overview.currencies
    return {
        row.bucket: (row.account_count, row.balance.minor, row.overdue.minor)
        for row in currency.buckets
        if row.account_count
    }


def test_accounts_are_counted_in_the_bucket_of_their_own_product(book):
    overview = reporting.book_overview(actor=analyst(), as_of=AS_OF)
    assert figures(overview) == {
        "M0": (1, 10_000, 0),
        "M1": (1, 20_000, 5_000),
        "M2": (1, 30_000, 30_000),
        "M3+": (1, 40_000, 40_000),
    }
    (currency,) = overview.currencies
    assert (overview.account_count, currency.account_count) == (4, 4)
    assert (currency.balance, currency.overdue) == (Money(100_000), Money(75_000))


def test_the_buckets_stand_in_order_and_the_empty_ones_too(book):
    bank, _other, _accounts = book
    (currency,) = reporting.book_overview(actor=analyst(bank.id), as_of=AS_OF).currencies
    assert [row.bucket for row in currency.buckets] == ["M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7+"]


def test_only_the_creditors_in_scope_are_counted(book):
    bank, other, _accounts = book
    assert reporting.book_overview(actor=analyst(bank.id), as_of=AS_OF).account_count == 3
    assert figures(reporting.book_overview(actor=analyst(other.id), as_of=AS_OF)) == {
        "M3+": (1, 40_000, 40_000)
    }
    assert reporting.book_overview(actor=analyst(-1), as_of=AS_OF).currencies == ()


def test_promises_and_contacts_are_counted_within_scope(book):
    bank, other, accounts = book
    for made, status in (
        (accounts[0], "kept"),
        (accounts[1], "broken"),
        (accounts[2], "open"),
        (accounts[3], "kept"),
    ):
        case = Case.objects.create(person=made.person, creditor_ids=[made.creditor_id], opened_at=NOW)
        PromiseToPay.objects.create(
            case=case, person_id=made.person_id, amount_minor=100, currency="CNY", promised_date=AS_OF,
            status=status, recorded_at=NOW,
        )  # fmt: skip
    for channel, result in (
        ("call", "conversation"),
        ("call", "no_answer"),
        ("sms", "sent"),
        ("sms", "reserved"),
    ):
        Contact.objects.create(
            person_id=accounts[0].person_id, institution_group="BANK", made_by="lender", channel=channel,
            mode="interactive" if channel == "call" else "", result=result, occurred_at=NOW, recorded_at=NOW,
        )  # fmt: skip
    overview = reporting.book_overview(actor=analyst(bank.id), as_of=AS_OF)
    promises = overview.promises
    assert (promises.open_count, promises.kept_count, promises.broken_count) == (1, 1, 1)
    assert promises.kept_rate == 0.5
    assert overview.contacts == {"conversations": 1, "announcements": 0, "messages": 2}
    elsewhere = reporting.book_overview(actor=analyst(other.id), as_of=AS_OF)
    assert (elsewhere.promises.kept_rate, sum(elsewhere.contacts.values())) == (1.0, 0)


def test_who_may_not_see_reports_gets_no_figures(book):
    with pytest.raises(PermissionRefused):
        reporting.book_overview(actor=Actor(kind="staff", label="x", creditor_ids=None), as_of=AS_OF)


def test_the_overview_takes_three_queries_whatever_the_size(book, django_assert_num_queries):
    with django_assert_num_queries(3):
        reporting.book_overview(actor=analyst(), as_of=AS_OF)
