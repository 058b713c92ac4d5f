"""The demonstration's loans: lent, partly late, corrected once, the same after a second run."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from fairdue.contexts.book.models import Account, Creditor, Product
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import LoanContract, Transaction
from fairdue.contexts.parties.models import Person
from fairdue.journeys.nightly_cycle.inbox import import_inbox
from fairdue.journeys.seed_loans import lend_in_demo
from fairdue.kernel.actor import system

pytestmark = pytest.mark.django_db
DEMO_DATE = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)


def demo_book(count: int) -> list[str]:
    creditor = Creditor.objects.create(
        code="DEMO-BANK", name_zh="示范银行", name_en="Demonstration Bank", institution_group="D"
    )
    card = Product.objects.create(
        creditor=creditor, code="CARD", name_zh="卡", name_en="Card", kind="credit_card"
    )
    for number in range(count):
        person = Person.objects.create(name_sealed=b"x", name_masked="张*", name_hash=b"h", recorded_at=NOW)
        Account.objects.create(
            creditor=creditor, product=card, person=person, external_ref=f"D{number:06d}", currency="CNY",
            opened_date=DEMO_DATE, balance_date=DEMO_DATE, recorded_at=NOW,
        )  # fmt: skip
    return [f"D{number:06d}" for number in range(count)]


def lend(references: list[str]) -> int:
    return lend_in_demo(
        references=references, creditor_code="DEMO-BANK", demo_date=DEMO_DATE, actor=system("demo"), now=NOW
    )


def test_loans_of_every_kind_some_of_them_late(db: None) -> None:
    references = demo_book(10)
    assert lend(references) == 10

    accounts = list(LoanContract.objects.order_by("account_id").values_list("account_id", flat=True))
    summaries = [ledger.account_summary(account_id, DEMO_DATE) for account_id in accounts]
    assert [summary.days_past_due == 0 for summary in summaries].count(True) == 6
    assert max(summary.days_past_due for summary in summaries) > 60
    assert all(summary.accrued.minor >= 0 for summary in summaries)
    charges = Transaction.objects.filter(source="keeping", kind="charge")
    assert charges.filter(details__why__rule="penalty_interest").exists()
    assert charges.filter(details__why__rule="late_fee").exists()
    assert charges.filter(external_ref__contains="~2").exists()  # what was learnt late corrected a charge
    assert ledger.prove().differences == ()


def test_the_night_keeps_contracts_with_its_imports(db: None, tmp_path: Path) -> None:
    lend(demo_book(3))
    night = SimpleNamespace(
        creditor_code="",
        var_dir=tmp_path,
        cycle_date=date(2026, 7, 31),
        now=NOW.replace(month=7, day=31),
        progress=lambda *_: None,
    )
    kept = import_inbox(night).detail["kept"]
    assert (kept["accounts"], kept["items"]) == (3, 0)
    assert kept["charges"] > 0
    again = import_inbox(night).detail["kept"]
    assert (again["changed_accounts"], again["charges"]) == (0, 0)


def test_a_night_without_kept_contracts_says_nothing_of_them(db: None, tmp_path: Path) -> None:
    night = SimpleNamespace(
        creditor_code="", var_dir=tmp_path, cycle_date=DEMO_DATE, now=NOW, progress=lambda *_: None
    )
    assert import_inbox(night).detail == {}


def test_lending_again_changes_nothing(db: None) -> None:
    references = demo_book(6)
    lend(references)
    before = Transaction.objects.count()
    lend(references)
    assert Transaction.objects.count() == before
    assert LoanContract.objects.count() == 6


def test_what_was_paid_in_time_leaves_no_charge_to_take_back() -> None:
    lend(demo_book(10))
    taken_back = Transaction.objects.filter(kind="reversal", source="keeping")
    assert len(set(taken_back.values_list("account_id", flat=True))) == 1  # of the one that learnt late
    assert taken_back.count() < 10
