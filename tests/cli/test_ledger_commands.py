"""`fairdue ledger prove` and `show`: what they print, and what their exit status says."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import polars as pl
import pytest
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.book.models import Account, Creditor, Product
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import AccountState
from fairdue.contexts.parties.models import Person
from fairdue.kernel.actor import system
from fairdue.kernel.money import Money

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
OPENED, DUE = date(2026, 1, 31), date(2026, 3, 10)


def fairdue(*arguments: str):
    return CliRunner().invoke(build(), arguments)


@pytest.fixture
def account() -> int:
    bank = Creditor.objects.create(code="BANK", name_zh="银行", name_en="Bank", institution_group="BANK")
    product = Product.objects.create(
        creditor=bank, code="loan", name_zh="贷款", name_en="Loan", kind="consumer_loan",
        allocation_policy="cn-loan-instalment",
    )  # fmt: skip
    person = Person.objects.create(name_sealed=b"x", name_masked="张*", name_hash=b"h", recorded_at=NOW)
    made = Account.objects.create(
        creditor=bank, product=product, person=person, external_ref="A1", currency="CNY",
        opened_date=OPENED, balance_date=OPENED, recorded_at=NOW,
    )  # fmt: skip
    shared = {"account_id": made.id, "person_id": person.id, "currency": "CNY", "component": "principal"}
    opening = shared | {"creditor_id": bank.id, "amount_minor": 50_000, "balance_date": OPENED}
    ledger.open_accounts(pl.DataFrame([opening]), now=NOW)
    item = shared | {"due_ref": "S1", "due_date": DUE, "amount_minor": 20_000}
    ledger.land_dues(pl.DataFrame([item]), batch_id=1, now=NOW)
    return made.id


def pay(account: int, amount: int, on: date, now: datetime) -> None:
    ledger.record_payment(
        account_id=account, amount=Money(amount, "CNY"), effective_date=on, external_ref=f"P{on}",
        source="hand", actor=system("test"), now=now,
    )  # fmt: skip


def test_a_proved_ledger_ends_with_zero_and_one_json_object(account):
    result = fairdue("ledger", "prove", "--deep", "--json")
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert (report["is_proved"], report["is_deep"], report["accounts"], report["postings"]) == (
        True,
        True,
        1,
        1,
    )
    assert fairdue("ledger", "prove", "--account", str(account)).exit_code == 0


def test_a_difference_ends_with_one_and_is_named_and_counted(account):
    AccountState.objects.update(balance_minor=1, credit_balance_minor=2)
    result = fairdue("ledger", "prove", "--limit", "1")
    assert result.exit_code == 1
    assert f"account {account} balance_minor: 1 but 50000 proved" in result.stderr
    assert "… and 1 more:" in result.stderr
    assert "credit_balance_minor: 1" in result.stderr


def test_an_account_that_is_not_open_cannot_be_proved(account):
    result = fairdue("ledger", "prove", "--account", "999999")
    assert result.exit_code == 2
    assert "no account has this id or number" in result.stderr


def test_an_account_is_also_found_by_the_creditors_number(account):
    shown = json.loads(fairdue("ledger", "show", "A1", "--as-of", "2026-05-31", "--json").stdout)
    assert shown["summary"]["overdue"] == {"minor": 20_000, "currency": "CNY"}
    proved = json.loads(fairdue("ledger", "prove", "--account", "A1", "--json").stdout)
    assert (proved["accounts"], proved["is_proved"]) == (1, True)


def test_show_leaves_out_what_happened_after_its_day(account):
    pay(account, 20_000, date(2026, 3, 20), NOW)
    before = json.loads(fairdue("ledger", "show", "A1", "--as-of", "2026-03-19", "--json").stdout)
    assert before["transactions"] == []
    after = json.loads(fairdue("ledger", "show", "A1", "--as-of", "2026-03-20", "--json").stdout)
    assert [one["external_ref"] for one in after["transactions"]] == ["P2026-03-20"]


def test_show_tells_what_was_known_then(account):
    later = datetime(2026, 6, 2, 4, 0, tzinfo=UTC)
    pay(account, 20_000, date(2026, 3, 20), later)
    now = json.loads(fairdue("ledger", "show", str(account), "--as-of", "2026-05-31", "--json").stdout)
    assert (now["summary"]["days_past_due"], now["dpd_history"]["worst_days_past_due"]) == (0, 9)
    assert [one["value"] for one in now["classifications"]] == ["normal", "1", "performing"]
    then = json.loads(
        fairdue(
            "ledger",
            "show",
            str(account),
            "--as-of",
            "2026-05-31",
            "--known-at",
            "2026-06-01T18:00+00:00",
            "--json",
        ).stdout
    )
    assert then["summary"]["days_past_due"] == 82
    assert then["transactions"] == []
    assert [one["value"] for one in then["classifications"]] == ["special_mention", "2", "performing"]


def test_show_lists_buckets_and_classes_and_refuses_what_is_no_day(account):
    shown = fairdue("ledger", "show", str(account), "--as-of", "2026-05-31")
    assert shown.exit_code == 0
    assert "M3" in shown.stderr
    assert "CN-CLS-02" in shown.stderr
    assert fairdue("ledger", "show", str(account), "--as-of", "yesterday").exit_code == 2
    assert fairdue("ledger", "show", str(account), "--known-at", "2026-05-31T18:00").exit_code == 2
