"""DMN files back to strategies: edits of other tools, files from elsewhere, what is refused, damaged files."""

from __future__ import annotations

import random
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from lxml import etree

from fairdue.engine.dmn import DmnError, evaluate_model, read_model
from fairdue.engine.strategy.interchange.dmn import DmnProblems, from_dmn, to_dmn
from fairdue.engine.strategy.interpret import decide_one
from fairdue.engine.strategy.table import StrategyErrors, read_strategy

TITLE = {"zh": "行", "en": "row"}
DOCUMENT: dict[str, Any] = {
    "code": "two",
    "version": "7",
    "title": {"zh": "两张表", "en": "Two tables"},
    "inputs": [{"name": "days", "type": "integer", "zh": "天数", "en": "days"}],
    "decisions": [
        {
            "id": "segment",
            "title": TITLE,
            "hit_policy": "FIRST",
            "inputs": [{"name": "days", "type": "integer"}],
            "outputs": [
                {"name": "tier", "type": "text", "allowed": ["late", "early"], "zh": "档"},
                {"name": "ways", "type": "list", "default": ["sms"]},
            ],
            "rows": [
                {
                    "id": "s-late",
                    "title": TITLE,
                    "when": {"days": "> 30"},
                    "then": {"tier": "late"},
                    "stage": "m1",
                },
                {
                    "id": "s-rest",
                    "title": TITLE,
                    "when": {},
                    "then": {"tier": "early", "ways": ["sms", "letter"]},
                },
            ],
        },
        {
            "id": "next_step",
            "title": TITLE,
            "hit_policy": "UNIQUE",
            "inputs": [{"name": "tier", "type": "text"}],
            "outputs": [{"name": "step", "type": "text", "otherwise": "none"}],
            "rows": [
                {
                    "id": "n-call",
                    "title": TITLE,
                    "when": {"tier": 'not("early", > "m")'},
                    "then": {"step": "call"},
                }
            ],
        },
    ],
    "result": "next_step",
    "stages": [{"id": "m1", "title": TITLE}],
}


def _edited(before: str, after: str) -> dict[str, Any]:
    text = to_dmn(DOCUMENT).decode()
    assert before in text
    return from_dmn(text.replace(before, after).encode())


def test_a_cell_changed_in_another_tool_is_taken_over_and_the_rest_stays() -> None:
    found = _edited("<text>&gt; 30</text>", "<text>&gt;= 45</text>")
    wanted = deepcopy(DOCUMENT)
    wanted["decisions"][0]["rows"][0]["when"]["days"] = ">= 45"
    assert found == wanted


def test_a_value_changed_in_another_tool_is_taken_over() -> None:
    found = _edited('<text>"call"</text>', '<text>"letter"</text>')
    assert found["decisions"][1]["rows"][0]["then"] == {"step": "letter"}


def test_a_stage_changed_in_the_annotations_is_taken_over() -> None:
    found = _edited("<text>m1</text>", "<text>m2</text>")
    assert found["decisions"][0]["rows"][0]["stage"] == "m2"
    assert found["decisions"][0]["rows"][0]["then"] == {"tier": "late"}


def test_a_hit_policy_changed_in_another_tool_keeps_columns_and_rows() -> None:
    found = _edited('hitPolicy="FIRST"', 'hitPolicy="UNIQUE"')
    wanted = deepcopy(DOCUMENT)
    wanted["decisions"][0]["hit_policy"] = "UNIQUE"
    assert found == wanted


def test_a_negated_cell_changed_in_another_tool_is_read_in_the_strategys_own_words() -> None:
    found = _edited('not((? in ("early", &gt; "m")) = true)', 'not((? in ("early", &gt; "n")) = true)')
    assert found["decisions"][1]["rows"][0]["when"] == {"tier": 'not("early", > "n")'}


FOREIGN = """<?xml version="1.0"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="Call Or Letter" namespace="x" id="d">
  <inputData id="i1" name="Risk Category"><variable name="Risk Category" typeRef="string"/></inputData>
  <inputData id="i2" name="逾期天数"><variable name="逾期天数" typeRef="number"/></inputData>
  <decision id="d1" name="Urgent Case"><variable name="Urgent Case" typeRef="boolean"/>
    <informationRequirement><requiredInput href="#i2"/></informationRequirement>
    <literalExpression><text>逾期天数 &gt; 30</text></literalExpression></decision>
  <decision id="d2" name="Next Step"><variable name="Next Step" typeRef="string"/>
    <informationRequirement><requiredInput href="#i1"/></informationRequirement>
    <informationRequirement><requiredDecision href="#d1"/></informationRequirement>
    <decisionTable hitPolicy="FIRST">
      <input label="Risk"><inputExpression typeRef="string"><text>Risk Category</text></inputExpression></input>
      <input label="Urgent"><inputExpression typeRef="boolean"><text>Urgent Case</text></inputExpression></input>
      <output><outputValues><text>"call", "letter"</text></outputValues></output>
      <rule id="_7f03803d"><description>High risk is called</description>
        <inputEntry><text>"High"</text></inputEntry><inputEntry><text>true</text></inputEntry>
        <outputEntry><text>"call"</text></outputEntry></rule>
      <rule><inputEntry><text>-</text></inputEntry><inputEntry><text></text></inputEntry>
        <outputEntry><text>"letter"</text></outputEntry></rule>
    </decisionTable></decision>
</definitions>"""


def test_a_foreign_file_reads_with_sensible_ids_and_decides() -> None:
    document = from_dmn(FOREIGN.encode())
    strategy = read_strategy(document)
    assert document["code"] == "call-or-letter"
    assert list(strategy.inputs.items()) == [("risk_category", "text"), ("fact_2", "number")]
    assert document["inputs"][1]["zh"] == "逾期天数"
    assert (document["result"], [row.row_id for row in strategy.rows]) == (
        "next_step",
        ["next-step-1", "next-step-2"],
    )
    assert strategy.rows[0].title_en == "High risk is called"
    outcome = decide_one({"risk_category": "High", "fact_2": 45}, strategy)
    assert outcome.outputs == {"urgent_case": True, "next_step": "call"}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('typeRef="number"', 'typeRef="date and time"', "a strategy has number, string, boolean and date"),
        (
            '<text>"call"</text></outputEntry>',
            "<text>upper case(x)</text></outputEntry>",
            "a value that is written out",
        ),
        (
            "<decision id",
            '<businessKnowledgeModel id="b" name="b"/><decision id',
            "business knowledge models",
        ),
        ('<text>"High"</text>', "<text>“High”</text>", "type the plain"),
        ("<requiredDecision", "<x", "one decision is carried out"),
        ("DMN/20191111", "DMN/19990101", "not DMN 1.1 to 1.5"),
        ("<definitions", "<!DOCTYPE x><definitions", "document type"),
        ("</definitions>", "", "not XML"),
    ],
)
def test_what_a_strategy_cannot_hold_is_refused_in_words(before: str, after: str, words: str) -> None:
    assert before in FOREIGN
    with pytest.raises(DmnProblems, match=words):
        from_dmn(FOREIGN.replace(before, after, 1).encode())


ATTRIBUTES = ("", "x", "#", "1", "UNIQUE", "COLLECT", "SUM", "string", "number", "segment", "days")
TEXTS_IN = ("", "null", "{}", "[1", '{"id":1}', "[]", '"a"', "not(", "segment.tier", '{"$date":"x"}')


def _damaged(content: bytes, chance: random.Random) -> bytes:
    """The file with a few of its elements, attributes and texts taken away, doubled or replaced."""
    root = etree.fromstring(content)
    for _ in range(chance.randint(1, 4)):
        elements = [one for one in root.iter() if one is not root]
        one, other = chance.choice(elements), chance.choice(elements)
        match chance.randrange(5):
            case 0:
                one.getparent().remove(one)
            case 1 if one.attrib:
                one.set(chance.choice(list(one.attrib)), chance.choice(ATTRIBUTES))
            case 2:
                one.text = chance.choice(TEXTS_IN)
            case 3:
                one.append(deepcopy(other))
            case _:
                one.tag = other.tag
    return etree.tostring(root)


def test_a_damaged_file_is_read_or_refused_in_words() -> None:
    chance = random.Random(5)
    sources, refused = [to_dmn(DOCUMENT), FOREIGN.encode()], 0
    for number in range(300):
        content = _damaged(sources[number % 2], chance)
        try:
            with suppress(StrategyErrors):
                read_strategy(from_dmn(content))
        except DmnProblems:
            refused += 1
        with suppress(DmnError):
            evaluate_model(read_model(content), {"days": 3})
    assert 30 < refused < 270


def test_a_strategy_with_a_cell_that_cannot_be_read_is_not_written_and_the_place_is_named() -> None:
    document = deepcopy(DOCUMENT)
    document["decisions"][0]["rows"][0]["when"]["days"] = "＞ 30"
    with pytest.raises(DmnProblems, match=r"segment, s-late: .* type the plain '>' instead"):
        to_dmn(document)
    with pytest.raises(DmnProblems, match="no strategy that can be written"):
        to_dmn({"code": "x"})
