"""`fairdue dmn`: ask a model, run a folder of cases; values, reasons and exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairdue.cli.main import build

MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="n" id="d">
  <inputData id="i" name="Risk Category"><variable name="Risk Category" typeRef="string"/></inputData>
  <inputData id="j" name="age"><variable name="age" typeRef="number"/></inputData>
  <decision id="d1" name="Greeting"><variable name="Greeting" typeRef="string"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <literalExpression><text>"risk " + Risk Category</text></literalExpression></decision>
  <decision id="d2" name="Next"><variable name="Next" typeRef="number"/>
    <informationRequirement><requiredInput href="#j"/></informationRequirement>
    <literalExpression><text>age + 1</text></literalExpression></decision>
</definitions>"""
CASES = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <modelName>m.dmn</modelName>
  <testCase id="001"><inputNode name="age"><value xsi:type="xsd:decimal">41</value></inputNode>
    <resultNode name="Next" type="decision"><expected><value xsi:type="xsd:decimal">{}</value></expected></resultNode>
  </testCase>
  <testCase id="002"><resultNode name="Next" errorResult="true"><expected><value xsi:nil="true"/></expected></resultNode>
  </testCase></testCases>"""


def dmn(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(build(), ["dmn", *map(str, words)])
    return result.exit_code, result.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "m.dmn").write_text(MODEL)
    return tmp_path


def test_a_model_is_asked_with_values_as_feel_or_as_plain_text(folder: Path) -> None:
    status, printed = dmn("run", folder / "m.dmn", "--input", "Risk Category=High", "--input", "age=40+1")
    assert (status, printed.splitlines()) == (0, ["Greeting: risk High", "Next: 42"])


def test_a_null_by_an_error_says_why_and_is_status_1(folder: Path) -> None:
    status, printed = dmn("run", folder / "m.dmn", "--decision", "Next", "--json")
    answer = json.loads(printed)["decisions"]["Next"]
    assert (status, answer["value"]) == (1, None)
    assert answer["messages"] == ["+ is not defined for a null and a number"]


@pytest.mark.parametrize("words", [("--input", "nobody=1"), ("--decision", "X"), ("--input", 'age="x')])
def test_what_cannot_be_asked_is_refused_in_words(folder: Path, words: tuple[str, str]) -> None:
    status, printed = dmn("run", folder / "m.dmn", *words)
    assert status == 2
    assert "✗" in printed


@pytest.mark.parametrize(("expected", "status"), [("42", 0), ("43", 1)])
def test_cases_pass_or_fail_one_by_one(folder: Path, expected: str, status: int) -> None:
    (folder / "m-test-01.xml").write_text(CASES.format(expected))
    found, printed = dmn("tck", folder, "--json")
    answer = json.loads(printed)
    assert (found, answer["passed"], answer["failed"]) == (status, 2 - status, status)
    first = answer["cases"][0]
    assert (first["test"], first["passed"], first["expected"], first["found"]) == (
        "m-test-01/001",
        status == 0,
        expected,
        "42",
    )


def test_a_case_whose_model_is_missing_fails_and_a_folder_without_cases_is_refused(folder: Path) -> None:
    assert dmn("tck", folder)[0] == 2
    (folder / "m-test-01.xml").write_text(CASES.format("42"))
    (folder / "m.dmn").unlink()
    status, printed = dmn("tck", folder)
    assert status == 1
    assert "0 passed, 2 failed" in printed
