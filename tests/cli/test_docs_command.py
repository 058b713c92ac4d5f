"""`fairdue docs`: the pages in the tree are what code and packs say, and a stale one is noticed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from typer.testing import CliRunner

from fairdue.cli.docs.command import ROOT, stale_pages
from fairdue.cli.docs.pages import pages
from fairdue.cli.docs.rulebook import condition
from fairdue.cli.main import build

REFERENCE = ROOT / "docs" / "reference"
RUNNER = CliRunner()


def test_every_reference_page_says_what_code_and_packs_say_today():
    assert [name for name, _ in stale_pages(REFERENCE)] == [], "run: fairdue docs"
    assert {path.name for path in REFERENCE.iterdir()} == set(pages())


def test_a_stale_or_missing_page_is_named_with_status_1_and_left_alone(tmp_path: Path):
    shutil.copytree(REFERENCE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "api.md").write_text("old")
    (tmp_path / "outcomes.md").unlink()
    result = RUNNER.invoke(build(), ["docs", "--check", "--folder", str(tmp_path), "--json"])
    assert (result.exit_code, json.loads(result.stdout)) == (1, {"stale": ["api.md", "outcomes.md"]})
    assert (tmp_path / "api.md").read_text() == "old"


def test_writing_brings_the_pages_up_to_date_and_a_second_time_does_nothing(tmp_path: Path):
    written = RUNNER.invoke(build(), ["docs", "--folder", str(tmp_path), "--json"])
    assert (written.exit_code, json.loads(written.stdout)) == (0, {"written": sorted(pages())})
    again = RUNNER.invoke(build(), ["docs", "--folder", str(tmp_path), "--json"])
    assert json.loads(again.stdout) == {"written": []}
    assert RUNNER.invoke(build(), ["docs", "--check", "--folder", str(tmp_path)]).exit_code == 0


def test_a_condition_reads_the_same_in_every_language():
    tree = {
        "channel": {"not": ["letter"]},
        "age": {"below": {"parameter": "capacity.age"}},
        "is_online": True,
    }
    assert (
        condition(tree) == "`channel` ∉ {`letter`} ∧ `age` < parameter `capacity.age` ∧ `is_online` = `true`"
    )
    assert condition([{"mode": "call"}, {"states": {"includes": "amount"}}]) == (
        "(`mode` = `call`) ∨ (`states` ∋ `amount`)"
    )
