"""`fairdue conform`: lines, counts, JSON and exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairdue.cli import conform as command
from fairdue.cli.main import build
from fairdue.engine.conformance.running import Unsupported

CASE = """
- {{id: {id}, title: t, kind: gate, grade: {grade}, source: {{text: t}}, packs: [cn], rules: [CN-TIME-01],
   given: {{}}, when: {{at: "{at}"}}, then: {{outcome: refuse}}}}
"""
ANSWERS = {"right": {"outcome": "refuse", "rules": ["CN-TIME-01"]}, "wrong": {"outcome": "allow"}}


def answer(question):
    if question["when"]["at"] not in ANSWERS:
        raise Unsupported("nothing known")
    return ANSWERS[question["when"]["at"]]


@pytest.fixture
def conform(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "ADAPTERS", {("law", "gate"): answer})

    def invoke(*cases: tuple[str, str, str], options: tuple[str, ...] = (), text: str | None = None):
        path: Path = tmp_path / "cases.yaml"
        body = "".join(CASE.format(id=id_, grade=grade, at=at) for id_, grade, at in cases)
        path.write_text(body if text is None else text)
        return CliRunner().invoke(build(), ["conform", str(path), *options])

    return invoke


def test_the_status_is_zero_when_none_failed_and_unsupported_does_not_count_as_failed(conform):
    result = conform(("A-001", "S", "right"), ("A-002", "S", "unheard of"))
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "pass        A-001 gate",
        "unsupported A-002 gate: nothing known",
        "1 passed, 0 failed, 1 unsupported",
    ]


def test_a_failure_prints_expected_and_got_and_ends_with_one(conform):
    result = conform(("A-001", "S", "wrong"))
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "fail        A-001 gate",
        '            expected outcome "refuse"',
        '            got      outcome "allow"',
        "0 passed, 1 failed, 0 unsupported",
    ]


def test_grade_m_is_reported_apart_and_does_not_decide(conform):
    result = conform(("A-001", "S", "right"), ("A-002", "M", "wrong"))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-2:] == [
        "1 passed, 0 failed, 0 unsupported",
        "grade M, not deciding: 0 passed, 1 failed, 0 unsupported",
    ]


def test_json_has_exactly_the_fields_of_the_contract(conform):
    cases = (("A-001", "S", "right"), ("A-002", "S", "wrong"), ("A-003", "S", "unheard of"))
    result = conform(*cases, options=("--json",))
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    expected = {"outcome": "refuse", "rules": ["CN-TIME-01"]}
    assert document == {
        "passed": 1,
        "failed": 1,
        "unsupported": 1,
        "cases": [
            {"id": "A-001", "kind": "gate", "status": "pass", "expected": expected, "got": expected},
            {
                "id": "A-002",
                "kind": "gate",
                "status": "fail",
                "expected": expected,
                "got": {"outcome": "allow"},
            },
            {"id": "A-003", "kind": "gate", "status": "unsupported", "expected": expected, "got": None},
        ],
    }


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_file_that_cannot_be_read_ends_with_two_and_names_file_and_line(conform, options):
    result = conform(options=options, text="- id: a\n  id: b\n")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cases.yaml:2: the key 'id' stands twice" in " ".join(result.stderr.split())


def test_a_path_that_does_not_exist_ends_with_two(conform):
    result = CliRunner().invoke(build(), ["conform", "no-such-folder"])
    assert (result.exit_code, result.stdout) == (2, "")
