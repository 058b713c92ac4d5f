"""A creditor's due items for an account that is kept here are rejected row by row; the others land."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lender_files import account, due, ensure_lender, payment, person, take, write_csv

from fairdue.contexts.ledger.models import DueItem, Transaction
from fairdue.contexts.parties.models import Person
from fairdue.journeys.open_loan import open_loan
from fairdue.kernel.actor import system
from fairdue.kernel.money import Money

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(tmp_path: Path) -> int:
    """A bank with a fed account F and a kept one K, both of one person."""
    ensure_lender()
    take(write_csv(tmp_path / "p.csv", "parties", [person("P1")]), "parties", tmp_path)
    take(write_csv(tmp_path / "a.csv", "accounts", [account("F", "P1")]), "accounts", tmp_path)
    return open_loan(
        creditor_code="BANK", person_id=Person.objects.get().pk, product_code="cn-loan-equal-instalment",
        account_ref="K", principal=Money(1_200_000), disbursed_date=date(2026, 1, 10),
        details={"rate": "0.108", "instalments": 12, "first_due_date": "2026-02-10"}, actor=system("test"),
        now=datetime(2026, 1, 10, 4, 0, tzinfo=UTC),
    ).account_id  # fmt: skip


def test_each_row_is_rejected_by_its_code_and_what_the_contract_asks_stays(kept: int, tmp_path: Path) -> None:
    before = list(DueItem.objects.filter(account_id=kept).order_by("id").values())
    rows = [due("K", "i:1", principal="1.00"), due("F", "1"), due("K", "2")]
    report = take(write_csv(tmp_path / "d.csv", "dues", rows), "dues", tmp_path)
    assert (report.row_count, report.accepted_count, report.rejected_count) == (3, 1, 2)
    assert report.rejections == {"intake.due.account_kept": 2}
    with Path(report.reject_file).open(encoding="utf-8-sig", newline="") as file:
        found = [(row["line"], row["column"], row["value"], row["reason"]) for row in csv.DictReader(file)]
    assert found == [
        ("2", "account_ref", "K", "intake.due.account_kept"),
        ("4", "account_ref", "K", "intake.due.account_kept"),
    ]
    assert list(DueItem.objects.filter(account_id=kept).order_by("id").values()) == before
    assert DueItem.objects.exclude(account_id=kept).exists()


def test_payments_for_it_are_taken_as_for_any_other(kept: int, tmp_path: Path) -> None:
    paid = [payment("T1", "K", amount="1059.51", effective_date="2026-01-31")]
    report = take(write_csv(tmp_path / "t.csv", "transactions", paid), "transactions", tmp_path)
    assert report.accepted_count == 1
    assert Transaction.objects.filter(account_id=kept, kind="payment").count() == 1
