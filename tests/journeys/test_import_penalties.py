"""Penalty interest 罚息 and late fee 违约金 of a file land as what they are, under old names and new ones."""

from __future__ import annotations

import pytest
from lender_files import account, due, ensure_lender, payment, person, take, write_csv

from fairdue.contexts.book.models import Account
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import DueItem, Posting, Transaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(tmp_path):
    ensure_lender()
    take(write_csv(tmp_path / "parties.csv", "parties", [person("P1")]), "parties", tmp_path)

    def land(kind, *rows, name=""):
        return take(write_csv(tmp_path / f"{kind}{name}.csv", kind, list(rows)), kind, tmp_path)

    return land


def opened():
    rows = Posting.objects.filter(kind="opening").values_list("debit", "amount_minor")
    return {code: amount for code, amount in rows if code.startswith("receivable:p")}


def asked():
    return dict(DueItem.objects.filter(amount_minor__gt=0).values_list("component", "amount_minor"))


def test_each_name_lands_as_its_own_component(book):
    book("accounts", account("A1", "P1", penalty_interest="8.00", late_fee="5.00"))
    book("dues", due("A1", "1", penalty_interest="2.00", late_fee="3.00"))
    assert opened()["receivable:penalty_interest"] == 800
    assert opened()["receivable:penalty"] == 500
    assert (asked()["penalty_interest"], asked()["penalty"]) == (200, 300)


def test_the_older_name_is_penalty_interest_in_accounts_and_dues(book):
    book("accounts", account("A1", "P1", penalty="8.00"))
    book("dues", due("A1", "1", penalty="2.00"))
    assert opened()["receivable:penalty_interest"] == 800
    assert "receivable:penalty" not in opened()
    assert asked()["penalty_interest"] == 200
    assert "penalty" not in asked()


def test_a_late_fee_that_was_penalty_interest_is_taken_back_when_the_file_comes_again(book):
    book("accounts", account("A1", "P1"))
    book("dues", due("A1", "1", late_fee="2.00"))
    book("dues", due("A1", "1", penalty="2.00"), name="-2")
    assert asked()["penalty_interest"] == 200
    assert "penalty" not in asked()
    assert ledger.prove(deep=True).is_proved


def test_both_names_in_one_row_are_rejected_and_nothing_lands(book):
    report = book("accounts", account("A1", "P1", penalty="1.00", penalty_interest="1.00"))
    assert (report.accepted_count, report.rejected_count) == (0, 1)
    assert not Account.objects.exists()


def test_a_charge_of_a_late_fee_is_the_component_of_the_older_name(book):
    book("accounts", account("A1", "P1"))
    charge = payment("T1", "A1") | {"kind": "charge"}
    book(
        "transactions", charge | {"component": "late_fee"},
        charge | {"transaction_ref": "T2", "component": "penalty_interest"},
        charge | {"transaction_ref": "T3", "component": "penalty"},
    )  # fmt: skip
    found = Transaction.objects.order_by("external_ref").values_list("component", flat=True)
    assert list(found) == ["penalty", "penalty_interest", "penalty"]
