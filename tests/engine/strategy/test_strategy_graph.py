"""A strategy of several decisions: their order, what they may read, and the faults that name decision, row, column."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import polars as pl
import pytest

from fairdue.engine.strategy.decide import decide, decide_one
from fairdue.engine.strategy.table import Fault, Literal, StrategyErrors, Table, graph_document, read_strategy

TITLE = {"zh": "行", "en": "row"}


def table(
    decision_id: str, inputs: list[Any], outputs: list[Any], rows: list[Any], **more: Any
) -> dict[str, Any]:
    return {
        "id": decision_id,
        "title": TITLE,
        "hit_policy": "FIRST",
        "inputs": inputs,
        "outputs": outputs,
        "rows": [{"title": TITLE, **row} for row in rows],
        **more,
    }


@pytest.fixture
def document() -> dict[str, Any]:
    """Burden from two amounts; a segment from the burden; a step from the segment, written in the other direction."""
    step = table(
        "step",
        [{"name": "tier", "type": "text"}, {"name": "late", "type": "integer", "expression": "days - grace"}],
        [{"name": "act", "type": "text"}],
        [
            {
                "id": "call",
                "when": {"tier": '"heavy"', "late": ">= 1"},
                "then": {"act": "call"},
                "stage": "m1",
            },
            {"id": "wait", "then": {"act": "none"}},
        ],
    )
    segment = table(
        "segment",
        [{"name": "burden"}, {"name": "due", "type": "date"}],
        [{"name": "tier", "type": "text", "allowed": ["heavy", "light"], "default": "light"}],
        [
            {
                "id": "heavy",
                "when": {"burden": "> 0.5", "due": '< date("2026-02-01")'},
                "then": {"tier": "heavy"},
            },
            {"id": "light"},
        ],
    )
    burden = {"id": "burden", "title": TITLE, "type": "number", "expression": "overdue / (balance - 0)"}
    return {
        "code": "test",
        "version": "1",
        "title": TITLE,
        "inputs": [
            {"name": "overdue", "type": "integer"},
            {"name": "balance", "type": "integer"},
            {"name": "days", "type": "integer"},
            {"name": "grace", "type": "integer"},
            {"name": "due", "type": "date"},
        ],
        "decisions": [step, segment, burden],
        "result": "step",
        "stages": [{"id": "m1", "title": TITLE}, {"id": "done", "title": TITLE, "is_final": True}],
    }


FACTS = {"overdue": 60, "balance": 100, "days": 4, "grace": 3, "due": date(2026, 1, 31)}


def faults_of(document: dict[str, Any]) -> tuple[Fault, ...]:
    with pytest.raises(StrategyErrors) as refusal:
        read_strategy(document)
    return refusal.value.faults


def test_decisions_stand_in_the_order_in_which_they_read_each_other(document: dict[str, Any]) -> None:
    found = read_strategy(document)
    assert [each.decision_id for each in found.decisions] == ["burden", "segment", "step"]
    assert [type(each) for each in found.decisions] == [Literal, Table, Table]
    assert [each.requires for each in found.decisions] == [
        ("overdue", "balance"),
        ("burden", "due"),
        ("tier", "days", "grace"),
    ]
    assert found.types == {"burden": "number", "tier": "text", "act": "text"}
    assert list(found.outputs) == ["act"]
    assert [(row.row_id, row.stage) for row in found.rows] == [("call", "m1"), ("wait", "")]
    assert [(stage.stage_id, stage.is_final) for stage in found.stages] == [("m1", False), ("done", True)]


@pytest.mark.parametrize("large", [1, 10**9])
def test_what_one_decision_says_the_next_one_reads(document: dict[str, Any], large: int) -> None:
    found = read_strategy(document)
    records = [FACTS, FACTS | {"balance": 0}, FACTS | {"due": date(2026, 2, 1)}, FACTS | {"days": None}]
    made = (
        decide(pl.DataFrame(records), found, large=large).select(*found.types, "row_id", "rows_fired").rows()
    )
    assert made == [
        (0.6, "heavy", "call", "call", ["call", "heavy"]),
        (None, "light", "none", "wait", ["wait", "light"]),
        (0.6, "light", "none", "wait", ["wait", "light"]),
        (0.6, "heavy", "none", "wait", ["wait", "heavy"]),
    ]
    for line, record in zip(made, records, strict=True):
        plain = decide_one(record, found)
        assert line == (*plain.outputs.values(), plain.row_id, list(plain.rows_fired))


def test_decisions_in_a_circle_are_named_as_one(document: dict[str, Any]) -> None:
    document["decisions"][2]["expression"] = "overdue / rank"
    document["decisions"][0]["outputs"].append({"name": "rank", "type": "integer", "default": 1})
    assert faults_of(document)[0].text_en in {
        f"decision {path.split(' ')[0]}: decisions read each other in a circle: {path}"
        for path in (
            "burden → step → segment → burden",
            "segment → burden → step → segment",
            "step → segment → burden → step",
        )
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"expression": "overdue / balnce"},
            "decision burden: 'balnce' is no fact and no output of a decision; ",
        ),
        ({"expression": "due * 2"}, "decision burden: '*' computes with numbers, not with a date"),
        ({"expression": "overdue +"}, "decision burden: expected a value, a name or '(', but the text ends"),
        ({"expression": "days > 3"}, "decision burden: days > 3 is of type boolean, not number"),
        (
            {"type": "money"},
            "decision burden: type 'money' is not one of integer, number, text, boolean, date",
        ),
        ({"expression": "burden + 1"}, "decision burden: 'burden' is no fact and no output of a decision; "),
        ({"expression": "days ** 40"}, "decision burden: the exponent is a whole number from 1 to 16"),
        ({"exression": "1"}, "decision burden: 'exression' is no part of a decision"),
        (
            {"id": "Burden"},
            "decision Burden: the id of a decision is lower-case letters, digits and underscores",
        ),
    ],
)
def test_a_fault_of_an_expression_names_its_decision(
    document: dict[str, Any], change: dict[str, Any], expected: str
) -> None:
    document["decisions"][2] |= change
    assert any(fault.text_en.startswith(expected) for fault in faults_of(document))


def test_faults_of_a_table_name_decision_row_and_column(document: dict[str, Any]) -> None:
    step, segment = document["decisions"][:2]
    step["inputs"][0]["type"] = "integer"
    step["inputs"].append({"name": "tier2", "type": "text"})
    step["rows"][0]["stage"] = "m9"
    segment["rows"][0]["when"]["due"] = "< 3"
    segment["rows"][1] = {"id": "call", "title": TITLE, "then": {"tier": "medium", "x": 1}}
    segment["outputs"].append({"name": "days", "type": "integer"})
    texts = {fault.text_en for fault in faults_of(document)}
    assert "decision step, column tier: tier is of type text, not integer" in texts
    assert "decision step, column tier2: no such fact or output" in texts
    assert "decision step, row call: there is no stage 'm9'" in texts
    assert 'decision segment, row heavy, column due: 3 is not of type date; write date("2026-01-31")' in texts
    assert "decision segment, row call, column tier: 'medium' is not one of heavy, light" in texts
    assert "decision segment, column days: the name is taken already by a fact" in texts
    assert any(text.endswith("row call: the id is used twice") for text in texts)


def test_a_fault_of_a_cell_says_at_which_character_and_in_chinese_too(document: dict[str, Any]) -> None:
    document["decisions"][1]["rows"][0]["when"]["burden"] = "> 0.5，< 1"
    (fault,) = faults_of(document)
    assert (fault.decision, fault.row_id, fault.column, fault.position) == ("segment", "heavy", "burden", 5)
    assert fault.text_zh == (
        "决策 segment,行 heavy,列 burden:此处不能使用全角或排版字符 '，'，请改用半角 ','(第 6 个字符)"
    )


def test_a_cell_may_compare_with_names_and_arithmetic(document: dict[str, Any]) -> None:
    document["decisions"][0]["rows"][0]["when"]["late"] = "[1..grace * 2 + 1)"
    found = read_strategy(document)
    facts = pl.DataFrame([FACTS | {"days": days} for days in (3, 4, 9, 10)])
    for large in (1, 10**9):
        assert decide(facts, found, large=large)["row_id"].to_list() == ["wait", "call", "call", "wait"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"hit_policy": "COLLECT", "aggregation": "sum"},
            "decision segment, column tier: sum needs integer or number, not text",
        ),
        (
            {"aggregation": "sum"},
            "decision segment: aggregation 'sum': only COLLECT has one, of sum, min, max, count",
        ),
        (
            {"hit_policy": "SOME"},
            "decision segment: hit policy 'SOME' is not one of UNIQUE, ANY, FIRST, PRIORITY, RULE ORDER, OUTPUT ORDER, COLLECT",
        ),
        ({"rows": []}, "decision segment: the table has no rows"),
        ({"outputs": []}, "decision segment: the table has no outputs"),
    ],
)
def test_a_table_that_says_nothing_sensible_is_refused(
    document: dict[str, Any], change: dict[str, Any], expected: str
) -> None:
    document["decisions"][1] |= change
    assert expected in {fault.text_en for fault in faults_of(document)}


def test_what_others_read_may_not_be_a_list(document: dict[str, Any]) -> None:
    document["decisions"][1]["hit_policy"] = "RULE ORDER"
    assert faults_of(document)[0].text_en == "decision step, column tier: tier is of type list, not text"


@pytest.mark.parametrize(
    "broken",
    [
        None, [], "x", {"decisions": 3}, {"decisions": [3]}, {"code": "x", "version": 1, "title": 3, "decisions": [{"id": "a"}], "result": "a"},
        {"code": "x", "version": 1, "title": TITLE, "inputs": [3], "decisions": [{"id": "a", "rows": 3}], "result": "a"},
        {"code": "x", "version": 1, "title": TITLE, "inputs": 3, "decisions": [{"id": "a", "rows": [3], "inputs": 3, "outputs": 3}], "result": "b"},
        {"code": "x", "version": 1, "title": TITLE, "stages": 3, "decisions": [{"id": "a", "expression": None}], "result": ["b"]},
        {"inputs": 3, "rows": 3, "outputs": [3], "hit_policy": [], "code": 1, "version": 1, "title": 1},
        {"inputs": [{"name": [], "type": []}], "rows": [{"when": 3, "then": 3, "title": 3, "id": 3}], "outputs": [{"name": 3, "type": {}, "allowed": 3}], "hit_policy": "FIRST", "code": 1, "version": 1, "title": TITLE},
    ],
)  # fmt: skip
def test_any_document_is_read_or_refused_in_words(broken: Any) -> None:
    with pytest.raises(StrategyErrors) as refusal:
        read_strategy(broken)
    assert refusal.value.errors
    assert all(fault.message_zh and fault.message_en for fault in refusal.value.faults)


def test_the_old_form_is_the_new_one_with_one_decision(document: dict[str, Any]) -> None:
    old = {
        "code": "old",
        "version": "1",
        "title": TITLE,
        "hit_policy": "FIRST",
        "inputs": [{"name": "days", "type": "integer", "zh": "天", "en": "days"}],
        "outputs": [{"name": "act", "type": "text"}],
        "rows": [{"id": "all", "title": TITLE, "when": {}, "then": {"act": "none"}}],
    }
    new = graph_document(copy.deepcopy(old))
    assert new["result"] == new["decisions"][0]["id"] == "next_step"
    assert read_strategy(new) == read_strategy(old)
    assert graph_document(document) == document
