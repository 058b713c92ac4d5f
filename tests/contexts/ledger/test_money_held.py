"""Money beyond all that is owed is held: a fee or interest of a later month is paid on its own due date."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import Posting
from fairdue.contexts.ledger.queries.facts import state_facts_sql
from fairdue.kernel.money import Money
from fairdue.storage import bulk

PAID, SECOND, FALLS, LAST = date(2026, 2, 10), date(2026, 3, 2), date(2026, 5, 20), date(2026, 7, 10)
"""The fee falls due far beyond the 25 days that a card's receipts reach, even those of the second payment."""
REFUND_NOW = datetime(2026, 2, 12, 4, 0, tzinfo=UTC)


def pay(book, account, amount, day, reference="P1", now=None):
    return ledger.record_payment(
        account_id=account, amount=Money(amount), effective_date=day, external_ref=reference, source="hand",
        actor=book.actor, now=now or book.now,
    )  # fmt: skip


@pytest.fixture
def account(book):
    account = book.account(principal=1_000)
    book.dues(
        (account, "D1", date(2026, 2, 20), "principal", 1_000), (account, "D2", FALLS, "fee", 300),
        (account, "D3", LAST, "interest", 40),
    )  # fmt: skip
    return account


def minor(account, day):
    summary = ledger.account_summary(account, day)
    return summary.balance.minor, summary.credit_balance.minor


def night(account, day):
    query = f"SELECT account_id, balance_minor, credit_balance_minor FROM ({state_facts_sql(day)}) f"
    rows = bulk.copy_out(query, dict.fromkeys("abc", pl.Int64)).rows()
    return next(row[1:] for row in rows if row[0] == account)


def test_the_excess_is_credit_balance_until_the_fee_falls_due(book, account):
    pay(book, account, 1_350, PAID)
    assert minor(account, PAID) == (0, 350)
    assert minor(account, date(2026, 5, 19)) == (0, 350)
    assert minor(account, FALLS) == (0, 50)
    assert minor(account, LAST) == (0, 10)
    used = Posting.objects.filter(account_id=account, debit="credit_balance")
    assert sorted(used.values_list("credit", "amount_minor", "effective_date")) == [
        ("receivable:fee", 300, FALLS), ("receivable:interest", 40, LAST),
    ]  # fmt: skip
    assert [night(account, day) for day in (PAID, FALLS, LAST)] == [(0, 350), (0, 50), (0, 10)]
    assert ledger.prove([account], deep=True).differences == ()


def test_what_does_not_suffice_pays_a_part_on_the_day_and_the_rest_is_late_afterwards(book, account):
    pay(book, account, 1_200, PAID)
    assert minor(account, FALLS) == (100, 0)
    assert ledger.account_summary(account, date(2026, 5, 25)).days_past_due == 5
    history = ledger.dpd_history(account, date(2026, 5, 25))
    assert (history.spans[-1].from_date, history.spans[-1].to_date) == (date(2026, 5, 21), date(2026, 5, 25))
    assert ledger.prove([account], deep=True).differences == ()


def test_one_payment_and_a_file_of_payments_come_to_the_same_postings(book, account):
    other = book.account(principal=1_000)
    book.dues(
        (other, "D1", date(2026, 2, 20), "principal", 1_000), (other, "D2", FALLS, "fee", 300),
        (other, "D3", LAST, "interest", 40),
    )  # fmt: skip
    pay(book, account, 1_350, PAID)
    pay(book, account, 70, SECOND, "P2")
    pay(book, account, 60, date(2026, 4, 25), "P3")
    book.transactions((other, "P1", "payment", "", 1_350, PAID))
    book.transactions((other, "P2", "payment", "", 70, SECOND))
    book.transactions((other, "P3", "payment", "", 60, date(2026, 4, 25)))
    columns = ("debit", "credit", "amount_minor", "effective_date")
    net = [{}, {}]
    for number, one in enumerate((account, other)):
        for debit, credit, amount, day in Posting.objects.filter(account_id=one).values_list(*columns):
            for code, sign in ((debit, 1), (credit, -1)):
                net[number][code, day] = net[number].get((code, day), 0) + sign * amount
    assert {key: amount for key, amount in net[0].items() if amount} == {
        key: amount for key, amount in net[1].items() if amount
    }
    assert minor(account, LAST) == (0, 140)
    assert ledger.prove([account, other], deep=True).differences == ()


def test_the_borrower_may_have_the_money_back_before_the_fee_falls_due(book, account):
    pay(book, account, 1_350, PAID, now=REFUND_NOW)
    refund = {"account_id": account, "kind": "refund", "effective_date": date(2026, 2, 12), "details": {},
              "actor": book.actor, "now": REFUND_NOW, "approval_ref": "R1"}  # fmt: skip
    with pytest.raises(ledger.EventRefused):
        ledger.record_event(**refund, amount=Money(351), external_ref="X1")
    ledger.record_event(**refund, amount=Money(350), external_ref="X2")
    assert minor(account, date(2026, 2, 12)) == (0, 0)
    assert minor(account, FALLS) == (300, 0)
    assert ledger.prove([account], deep=True).differences == ()
