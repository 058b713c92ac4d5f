"""`fairdue payments` as a clerk meets it: words, JSON and exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.payments.models import BankStatement, IncomingPayment
from tests.case_world import World

pytestmark = pytest.mark.django_db
RUNNER = CliRunner()
FILES = Path(__file__).resolve().parents[2] / "examples" / "bank_files"


@pytest.fixture(autouse=True)
def at_the_time_of_the_files(time_machine_at_november):
    """Read the files on the evening of their day."""


@pytest.fixture
def time_machine_at_november():
    import time_machine

    with time_machine.travel("2026-11-23 02:00:00Z", tick=False):
        yield


@pytest.fixture
def world(db):
    return World.build()


def run(*words):
    return RUNNER.invoke(build(), ["payments", *[str(word) for word in words]])


def test_a_statement_is_taken_row_by_row_and_the_next_file_repeats_what_is_known(world):
    first = run("statement", FILES / "notification.camt054.xml", "--creditor", "north", "--json")
    (statement,) = json.loads(first.stdout)["statements"]
    assert (first.exit_code, [row["verdict"] for row in statement["rows"]]) == (0, ["booked", "set_aside"])
    second = run("statement", FILES / "statement.camt053.xml", "--creditor", "north", "--json")
    (statement,) = json.loads(second.stdout)["statements"]
    assert [row["verdict"] for row in statement["rows"]] == [
        "repeated",
        "booked",
        "booked",
        "set_aside",
        "set_aside",
    ]
    assert (json.loads(second.stdout)["waiting"], IncomingPayment.objects.count()) == (2, 3)
    assert json.loads(
        run("statement", FILES / "statement.camt053.xml", "--creditor", "north", "--json").stdout
    )["is_repeated"]


def test_a_csv_takes_its_mapping_and_says_what_is_missing_without_one(world):
    path = FILES / "transactions.gb18030.csv"
    refused = run("statement", path, "--creditor", "north")
    assert (refused.exit_code, "needs a mapping" in refused.output) == (2, True)
    unknown = run("statement", path, "--creditor", "north", "--mapping", "none")
    assert (unknown.exit_code, "cn-standard" in unknown.output) == (2, True)
    assert BankStatement.objects.count() == 0
    taken = run("statement", path, "--creditor", "north", "--mapping", "cn-standard", "--json")
    assert (taken.exit_code, json.loads(taken.stdout)["waiting"]) == (0, 2)


def test_a_broken_file_or_an_unknown_creditor_ends_with_status_2(world, tmp_path):
    (tmp_path / "cut.xml").write_bytes((FILES / "statement.camt053.xml").read_bytes()[:900])
    cut = run("statement", tmp_path / "cut.xml", "--creditor", "north")
    assert (cut.exit_code, "fetch it from the bank again" in " ".join(cut.output.split())) == (2, True)
    assert run("statement", FILES / "statement.mt940", "--creditor", "nobody").exit_code == 2
    assert run("day-end", "--creditor", "north", "--date", "yesterday").exit_code == 2
    assert run("code", 999_999).exit_code == 2


def test_what_waits_is_listed_matched_by_code_and_closed_to_the_cent(world, tmp_path):
    account = world.account(world.person())
    code = json.loads(run("code", account.pk, "--json").stdout)
    assert json.loads(run("code", account.external_ref, "--json").stdout)["code"] == code["code"]
    text = (FILES / "notification.camt054.xml").read_text().replace("还款 信用卡", f"还款 {code['spoken']}")
    (tmp_path / "with-code.xml").write_text(text)
    taken = run("statement", tmp_path / "with-code.xml", "--creditor", "north", "--json")
    assert json.loads(taken.stdout)["matched"] == 1
    run("statement", FILES / "statement.camt053.xml", "--creditor", "north")
    pending = json.loads(run("pending", "--creditor", "north", "--json").stdout)
    assert (pending["total"], pending["waiting"]["CNY"]["minor"]) == (2, 80_000)
    assert json.loads(run("match", "--creditor", "north", "--json").stdout) == {"matched": 0, "waiting": 2}
    assert (
        run("match", "--creditor", "north", "--payment", pending["payments"][0]["payment_id"]).exit_code == 0
    )
    closed = run("day-end", "--creditor", "north", "--date", "2026-11-23", "--json")
    (row,) = json.loads(closed.stdout)["suspense"]
    assert (closed.exit_code, row["received"]["minor"], row["matched"]["minor"], row["closing"]["minor"]) == (
        0,
        120_000,
        40_000,
        80_000,
    )
    assert (row["difference"]["minor"], json.loads(closed.stdout)["problems"]) == (0, [])
    assert run("day-end", "--creditor", "north").exit_code == 0


def test_reasons_are_told_in_words_and_nothing_is_cut_on_a_narrow_terminal(world):
    shown = run("statement", FILES / "notification.camt054.xml", "--creditor", "north")
    text = " ".join(shown.output.replace("│", " ").split())
    assert "bank.row." not in shown.output and "…" not in shown.output
    assert "set aside" in text and "Money" in text
    pending = run("pending", "--creditor", "north").output
    assert "not_certain" not in pending and "…" not in pending
