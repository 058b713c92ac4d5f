"""`fairdue ledger explain | export | postings | limits` as a user meets them."""

from __future__ import annotations

import json
from datetime import date

import pytest
from case_world import NOW, TODAY, World
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.audit import facade as audit
from fairdue.contexts.ledger import facade as ledger
from fairdue.kernel.actor import system
from fairdue.kernel.money import Money

pytestmark = pytest.mark.django_db
RUNNER = CliRunner()


def run(*words):
    return RUNNER.invoke(build(), ["ledger", *(str(word) for word in words)])


@pytest.fixture
def account(db):
    world = World.build()
    account = world.account(world.person(), overdue=40_000)
    ledger.record_payment(
        account_id=account.pk, amount=Money(10_000), effective_date=date(2026, 11, 20), external_ref="P1",
        source="hand", actor=system("test"), now=NOW,
    )  # fmt: skip
    return account


def test_explain_prints_the_parts_with_rule_and_postings(account):
    result = run("explain", account.external_ref, "--as-of", TODAY, "--what", "overdue")
    assert result.exit_code == 0
    text = " ".join(result.stderr.split())
    assert f"Account {account.pk} (****{account.external_ref[-4:]})" in text
    assert account.external_ref not in text
    assert "300.00 CNY Due items whose due date has passed by 2026-11-23" in text
    assert "400.00 CNY Principal first asked by 2026-10" in text
    assert "-100.00 CNY Part of the payment of 100.00 on 2026-11-20" in text
    assert "postings #" in text


def test_explain_speaks_chinese_and_json(account):
    assert "截至2026-11-23已过到期日仍未还清的各期" in run(
        "explain", account.pk, "--as-of", TODAY, "--what", "overdue", "--zh"
    ).stderr.replace("\n", "")
    result = run("explain", account.pk, "--as-of", TODAY, "--json")
    found = json.loads(result.stdout)
    assert found["root"]["amount"] == {"minor": 90_000, "currency": "CNY"}
    assert found["account"] == f"****{account.external_ref[-4:]}"


def test_payoff_tells_the_sum_of_its_parts(account):
    text = " ".join(run("payoff", account.pk, "--as-of", TODAY).stderr.split())
    assert "Principal" in text
    assert "900.00 CNY settles the account in full" in text
    assert "提前结清金额" in run("payoff", account.pk, "--as-of", TODAY, "--zh").stderr
    found = json.loads(run("payoff", account.pk, "--as-of", TODAY, "--json").stdout)
    assert sum(part["amount"]["minor"] for part in found["parts"]) == found["amount"]["minor"] == 90_000
    assert "no balances before" in run("payoff", account.pk, "--as-of", "2020-01-01").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["explain", "404"], "no account has this id or number"),
        (["explain", "{}", "--as-of", "2020-01-01"], "no balances before"),
        (["explain", "{}", "--as-of", "soon"], "'soon' is not a day"),
        (["explain", "{}", "--known-at", "2026-11-23T10:00"], "no offset from UTC"),
        (["explain", "{}", "--what", "gold"], "'gold' cannot be explained"),
        (["export", "{}", "--format", "ods"], "'ods' is not one of beancount, csv, parquet, xlsx"),
        (["export"], "name either an account or --creditor"),
        (["export", "--creditor", "nobody"], "there is no creditor 'nobody'"),
        (["limits", "{}", "--judged", "100"], "needs both --judged and --perform-by"),
        (["limits", "{}", "--judged", "x", "--perform-by", "2026-01-01"], "'x' is not an amount"),
        (["limits", "{}", "--judged", "-5", "--perform-by", "2026-01-01"], "an amount above zero"),
    ],
)
def test_what_cannot_be_meant_ends_with_status_2_and_a_plain_sentence(
    account, words, said, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    result = run(*(word.format(account.pk) for word in words))
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert list(tmp_path.iterdir()) == []


def test_export_writes_a_file_and_records_that_it_did(account, tmp_path):
    path = tmp_path / "book.csv"
    result = run("export", "--creditor", "north", "--format", "csv", "-o", path, "--json")
    assert json.loads(result.stdout) == {"accounts": 1, "postings": 2, "path": str(path)}
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    [event] = audit.events(subject_type="book.creditor", subject_id=account.creditor_id)
    assert (event.code, event.after) == (
        "ledger.postings.exported", {"format": "csv", "rows": 2, "file": "north"}
    )  # fmt: skip


def test_postings_lists_both_sides(account):
    found = json.loads(run("postings", account.pk, "--as-of", TODAY, "--json").stdout)["postings"]
    assert [(one["debit"], one["credit"], one["amount"]["minor"]) for one in found] == [
        ("receivable:principal", "opening", 100_000),
        ("cash", "receivable:principal", 10_000),
    ]


def test_limits_shows_days_and_a_judgment_of_today(account):
    text = " ".join(run("limits", account.pk, "--as-of", TODAY).stderr.split())
    assert "2029-11-20 Last day to sue: running" in text and "CN-LIM-01 · 民法典 188" in text
    found = json.loads(
        run("limits", account.pk, "--as-of", TODAY, "--judged", "10000.00", "--perform-by", "2026-11-13",
            "--json").stdout
    )  # fmt: skip
    assert [(card["code"], card["end_date"]) for card in found["limits"]] == [
        ("enforce", "2028-11-20"), ("sue", "2029-11-20"), ("longest", "2046-11-03")
    ]  # fmt: skip
    assert found["late_interest"]["amount"]["minor"] == 1_745


def test_a_file_that_cannot_be_written_is_named_and_leaves_nothing(account, tmp_path):
    path = tmp_path / "missing" / "x.csv"
    result = run("export", account.pk, "--format", "csv", "-o", path)
    assert result.exit_code == 2
    assert "cannot be written: No such file or directory" in " ".join(result.stderr.split())
    assert not path.parent.exists()


@pytest.mark.parametrize("file_format", ["beancount", "csv", "parquet", "xlsx"])
def test_an_export_is_whole_or_not_there(account, tmp_path, file_format):
    path = tmp_path / "book"
    assert run("export", account.pk, "--format", file_format, "-o", path).exit_code == 0
    assert [each.name for each in tmp_path.iterdir()] == ["book"]
