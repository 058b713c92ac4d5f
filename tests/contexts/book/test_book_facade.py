"""Creditors, products, accounts and batches, as far as the actor may see them."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from lender_files import ACTOR, NOW, account, ensure_lender, person, take, write_csv

from fairdue.contexts.audit.models import Event
from fairdue.contexts.book import facade as book
from fairdue.contexts.book.models import AccountVersion, Creditor, ImportBatch
from fairdue.contexts.parties.models import Person
from fairdue.kernel.actor import Actor, PermissionRefused
from fairdue.kernel.money import Money, UnknownCurrency

pytestmark = pytest.mark.django_db


def viewer(*creditor_ids):
    return Actor(
        kind="staff", label="v", creditor_ids=frozenset(creditor_ids), permissions=frozenset({"book.view"})
    )


@pytest.fixture
def two_lenders(tmp_path):
    """One person who owes to two creditors."""
    ids = {}
    for code in ("BANK", "OTHER"):
        ids[code] = ensure_lender(code)
        people = write_csv(
            tmp_path / f"p{code}.csv", "parties", [person("P1", id_number="11010519491231002X")]
        )
        take(people, "parties", tmp_path, creditor=code)
        rows = [account(f"{code}-0001", "P1", credit_limit="5,000")]
        take(write_csv(tmp_path / f"a{code}.csv", "accounts", rows), "accounts", tmp_path, creditor=code)
    return ids


def test_accounts_are_narrowed_to_the_actors_creditors(two_lenders):
    person_id = Person.objects.get().pk
    assert [card.ref_masked for card in book.account_cards(person_id)] == ["****0001", "****0001"]
    only = book.account_cards(person_id, actor=viewer(two_lenders["OTHER"]))
    assert [(card.creditor_id, card.credit_limit) for card in only] == [
        (two_lenders["OTHER"], Money(500_000))
    ]
    assert book.account_cards(person_id, actor=viewer()) == ()
    assert book.visible_persons([person_id], actor=viewer(two_lenders["BANK"])) == {person_id}
    assert book.visible_persons([person_id], actor=viewer(-1)) == frozenset()


def test_creditors_and_batches_are_narrowed_too(two_lenders):
    actor = viewer(two_lenders["BANK"])
    assert [card.code for card in book.creditors(actor)] == ["BANK"]
    assert [card.kind for card in book.import_batches(actor)] == ["accounts", "parties"]
    foreign = ImportBatch.objects.filter(creditor_id=two_lenders["OTHER"]).first()
    with pytest.raises(book.ImportBatchUnknown):
        book.import_batch(foreign.pk, actor)
    with pytest.raises(PermissionRefused):
        book.import_batches(Actor(kind="staff", label="x"))


def test_setting_up_twice_changes_nothing_and_a_change_is_audited():
    ensure_lender()
    ensure_lender()
    codes = ["book.creditor.created", "book.product.created"]
    assert list(Event.objects.filter(code__startswith="book.").values_list("code", flat=True)) == codes
    book.ensure_creditor(code="BANK", name_zh="新银行", name_en="Bank", actor=ACTOR, now=NOW)
    event = Event.objects.get(code="book.creditor.changed")
    assert (event.before["name_zh"], event.after["name_zh"]) == ("银行", "新银行")


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"creditor_code": "NOBODY"}, book.ProductInvalid),
        ({"dpd_origin": "whenever"}, book.ProductInvalid),
        ({"bucket_edges": [60, 30]}, book.ProductInvalid),
        ({"currency": "XAU"}, UnknownCurrency),
    ],
)
def test_a_product_that_cannot_be_is_refused(wrong, error):
    ensure_lender()
    words = {
        "creditor_code": "BANK",
        "code": "X",
        "name_zh": "x",
        "name_en": "x",
        "kind": "credit_card",
    } | wrong
    with pytest.raises(error):
        book.ensure_product(actor=ACTOR, now=NOW, **words)
    assert [card.code for card in book.products()] == ["CARD"]


def test_a_creditor_of_an_unknown_kind_is_refused():
    with pytest.raises(book.CreditorInvalid):
        book.ensure_creditor(
            code="X", name_zh="x", name_en="x", institution_kind="shop", actor=ACTOR, now=NOW
        )
    assert not Creditor.objects.exists()


def test_the_database_refuses_a_batch_that_does_not_add_up(two_lenders):
    batch_id = ImportBatch.objects.first().pk
    with pytest.raises(IntegrityError, match="book_import_in_equals_out"), transaction.atomic():
        book.batch_closed(
            batch_id, book.BatchOutcome(status="accepted", row_count=3, accepted_count=1, rejected_count=1)
        )


def test_account_versions_are_append_only(two_lenders, tmp_path):
    rows = [account("BANK-0001", "P1", status="closed")]
    take(write_csv(tmp_path / "a2.csv", "accounts", rows), "accounts", tmp_path)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AccountVersion.objects.update(before={})
    assert AccountVersion.objects.get().before["status"] == "active"
