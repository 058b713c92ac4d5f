"""`fairdue texts` as a person or a machine uses it."""

from __future__ import annotations

import json
import shutil

from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.engine.law.content.lexicon import CONTENT_DIR


def run(*words: str, text: str = ""):
    return CliRunner().invoke(build(), list(words), input=text)


def test_the_shipped_pack_is_fit_and_says_how_much_it_proves():
    answer = run("texts", "check", "--json")
    document = json.loads(answer.stdout)
    assert (answer.exit_code, document["is_fit"], document["faults"]) == (0, True, [])
    assert document["sentences"] >= 250


def test_a_spoiled_pack_is_refused_with_status_one(tmp_path):
    folder = shutil.copytree(CONTENT_DIR, tmp_path / "content")
    (folder / "rules" / "cn.yaml").write_text("- id: x\n", encoding="utf-8")
    answer = run("texts", "check", "--folder", str(folder), "--json")
    assert (answer.exit_code, json.loads(answer.stdout)["is_fit"]) == (1, False)


def test_a_threat_is_read_with_its_places_and_status_one():
    answer = run(
        "texts", "read", "--json", "--name", "示例银行", "--channel", "email", text="示例银行：您会坐牢"
    )
    document = json.loads(answer.stdout)
    assert (answer.exit_code, document["outcome"]) == (1, "refuse")
    assert document["findings"][0]["marks"] == [
        {"part": "text", "start": 7, "end": 9, "quote": "坐牢", "topic": "arrest"}
    ]


def test_a_decent_letter_ends_with_status_zero():
    answer = run(
        "texts", "read", "--name", "North Bank", "--channel", "email", text="North Bank: let us talk."
    )
    assert answer.exit_code == 0


def test_a_voicemail_is_told_apart():
    said = "This is Robin Smith calling from ABC Inc. Please contact me at 1-800-555-1212."
    ask = ("texts", "read", "--channel", "voicemail", "--name", "ABC Inc.", "--json")
    assert json.loads(run(*ask, text=said).stdout)["is_limited_content"] is True
    assert json.loads(run(*ask, text=said + " It is about your debt.").stdout)["is_limited_content"] is False


def test_an_unknown_fact_is_refused_with_status_two():
    assert run("texts", "read", "--fact", "rich", text="x").exit_code == 2
