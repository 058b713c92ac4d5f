"""Postings as files for auditors, from a real database, checked by the auditor's own tool."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from fairdue.contexts.ledger import facade as ledger

pytestmark = pytest.mark.django_db

BEAN_CHECK = Path(sys.executable).parent / "bean-check"


@pytest.fixture
def account(book) -> int:
    account = book.account(principal=100_000, interest=5_000)
    book.dues(
        (account, "2026-05", date(2026, 5, 10), "principal", 10_000),
        (account, "2026-05", date(2026, 5, 10), "interest", 2_000),
    )
    book.transactions((account, "P1", "payment", None, 11_000, date(2026, 6, 1)))
    book.transactions((account, "C1", "charge", "fee", 700, date(2026, 6, 2)))
    return account


def test_bean_check_accepts_the_journal_of_an_account(account, tmp_path):
    path = tmp_path / "account.beancount"
    report = ledger.export_postings(path=path, file_format="beancount", account_id=account)
    assert report == ledger.ExportReport(accounts=1, postings=6)
    done = subprocess.run([BEAN_CHECK, path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    text = path.read_text(encoding="utf-8")
    assert "balance Assets:Receivable:Principal  910.00 ~ 0 CNY" in text
    assert "balance Assets:Receivable:Interest  50.00 ~ 0 CNY" in text
    assert "balance Assets:Receivable:Fee  7.00 ~ 0 CNY" in text


def test_bean_check_accepts_the_journal_of_a_creditor_with_several_debts(book, account, tmp_path):
    other = book.account(principal=5_000)
    path = tmp_path / "creditor.beancount"
    report = ledger.export_postings(path=path, file_format="beancount", creditor_id=book.creditor.id)
    assert report == ledger.ExportReport(accounts=2, postings=7)
    assert subprocess.run([BEAN_CHECK, path], capture_output=True, check=False).returncode == 0
    assert f"Assets:Receivable:Principal:A{other}  50.00 CNY" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("file_format", ["beancount", "csv"])
def test_the_same_postings_give_the_same_bytes(account, tmp_path, file_format):
    paths = [tmp_path / "one", tmp_path / "two"]
    for path in paths:
        ledger.export_postings(path=path, file_format=file_format, account_id=account)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_tables_hold_every_posting_with_exact_amounts(account, tmp_path):
    frames = {}
    for file_format, read in (("csv", pl.read_csv), ("parquet", pl.read_parquet), ("xlsx", pl.read_excel)):
        path = tmp_path / f"postings.{file_format}"
        assert ledger.export_postings(path=path, file_format=file_format, account_id=account).postings == 6
        frames[file_format] = read(path)
    assert frames["csv"]["amount_minor"].to_list() == frames["parquet"]["amount_minor"].to_list()
    assert frames["csv"]["amount_minor"].to_list() == frames["xlsx"]["amount_minor"].to_list()
    assert frames["parquet"]["amount"].to_list() == [
        f"{minor // 100}.{minor % 100:02d}" for minor in frames["parquet"]["amount_minor"]
    ]
    assert set(frames["parquet"]["debit"]) == {
        "receivable:principal", "receivable:interest", "receivable:fee", "cash"
    }  # fmt: skip


def test_a_file_names_neither_the_account_number_nor_a_payment_reference(book, account, tmp_path):
    from fairdue.contexts.book.models import Account

    Account.objects.filter(id=account).update(external_ref="6222020000004821")
    path = tmp_path / "account.beancount"
    ledger.export_postings(path=path, file_format="beancount", account_id=account)
    text = path.read_text(encoding="utf-8")
    assert "****4821" in text and "6222020000004821" not in text and "P1" not in text


def test_a_file_as_of_a_day_leaves_out_what_counts_later(account, tmp_path):
    path = tmp_path / "early.beancount"
    report = ledger.export_postings(
        path=path, file_format="beancount", account_id=account, as_of=date(2026, 5, 31)
    )
    assert report.postings == 3
    assert "2026-06-01 balance Assets:Receivable:Principal  1000.00 ~ 0 CNY" in path.read_text(
        encoding="utf-8"
    )


def test_an_unknown_account_writes_no_file(db, tmp_path):
    path = tmp_path / "none.csv"
    with pytest.raises(ledger.AccountUnknown):
        ledger.export_postings(path=path, file_format="csv", account_id=404)
    with pytest.raises(ledger.FormatUnknown):
        ledger.export_postings(path=path, file_format="ods", account_id=404)
    assert not path.exists()
