"""Strategies to DMN and back: nothing is lost, what we write decides alike, edits and foreign files are read."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from fairdue.engine.dmn import evaluate_model, read_model
from fairdue.engine.dmn.xml import NAMESPACES
from fairdue.engine.strategy.document import graph_document
from fairdue.engine.strategy.interchange.dmn import from_dmn, to_dmn
from fairdue.engine.strategy.interpret import decide_one
from fairdue.engine.strategy.table import HIT_POLICIES, LIST_POLICIES, Strategy, read_strategy

PACKS = Path(__file__).resolve().parents[3] / "packs" / "strategies"
TITLE = {"zh": "行", "en": "row"}
DAY = date(2026, 1, 31)
TYPES = {
    "days": "integer",
    "limit": "integer",
    "share": "number",
    "ratio": "number",
    "kind": "text",
    "is_held": "boolean",
    "due": "date",
}
INTEGERS = st.integers(-3, 8)
FLOATS = st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.5, -1.5])
TEXTS = st.sampled_from(["card", "loan", "信用卡", "", 'a"b\\', "two\nlines"])
DATES = st.integers(-2, 2).map(lambda days: DAY + timedelta(days=days))
RECORD = st.fixed_dictionaries(
    {
        "days": st.one_of(st.none(), INTEGERS),
        "limit": st.one_of(st.none(), INTEGERS),
        "share": st.one_of(st.none(), FLOATS),
        "ratio": st.one_of(st.none(), FLOATS),
        "kind": st.one_of(st.none(), TEXTS),
        "is_held": st.sampled_from([None, True, False]),
        "due": st.one_of(st.none(), DATES),
    }
)
ENDS: Mapping[str, st.SearchStrategy[str]] = {
    "integer": st.one_of(
        INTEGERS.map(str), st.sampled_from(["limit", "limit + 1", "days * limit", "share", "-limit"])
    ),
    "number": st.one_of(
        FLOATS.map(repr), INTEGERS.map(str), st.sampled_from(["ratio", "ratio / 2", "1 / limit"])
    ),
    "text": st.sampled_from(['"card"', '"loan"', '"信用卡"', '""', "kind"]),
    "boolean": st.sampled_from(["true", "false", "is_held"]),
    "date": st.one_of(
        DATES.map(lambda day: f'date("{day}")'), st.sampled_from(["due", 'due + duration("P1D")'])
    ),
}
VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "integer": st.one_of(st.none(), INTEGERS),
    "number": st.one_of(st.none(), FLOATS),
    "text": st.sampled_from(["low", "mid", "high"]),
    "boolean": st.booleans(),
    "date": st.one_of(DATES, DATES.map(str)),
}


@st.composite
def unary(draw: st.DrawFn, kind: str) -> str:
    form = draw(
        st.sampled_from(["plain", "null"] if kind == "boolean" else ["plain", "null", "order", "interval"])
    )
    if form == "null":
        return "null"
    if form == "plain":
        return draw(ENDS[kind])
    if form == "order":
        return f"{draw(st.sampled_from(['<', '<=', '>', '>=', '=']))} {draw(ENDS[kind])}"
    low, high = {"integer": ("1", "limit"), "number": ("0.25", "2.5"), "text": ('"a"', '"m"')}.get(
        kind, ('date("2026-01-30")', "due")
    )
    return f"{draw(st.sampled_from('[(]'))}{low}..{high}{draw(st.sampled_from('])['))}"


@st.composite
def cells(draw: st.DrawFn, kind: str) -> Any:
    found = ", ".join(draw(st.lists(unary(kind), min_size=1, max_size=3)))
    plain = {"boolean": st.booleans(), "integer": INTEGERS, "date": DATES}.get(kind, st.just(f" {found} "))
    return draw(st.one_of(st.just("-"), st.just(found), st.just(f"not({found})"), plain))


@st.composite
def tables(draw: st.DrawFn, name: str, known: Mapping[str, str]) -> dict[str, Any]:
    policy = draw(st.sampled_from(HIT_POLICIES))
    aggregation = draw(st.sampled_from(["", "sum", "min", "max", "count"])) if policy == "COLLECT" else ""
    asked = draw(st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=3, unique=True))
    inputs: list[dict[str, Any]] = [{"name": each, "type": known[each]} for each in asked]
    own = [
        ("days - limit", "integer"),
        ("share * 2", "number"),
        ("days > limit", "boolean"),
        ("kind != null", "boolean"),
    ]
    if draw(st.booleans()):
        source, kind = draw(st.sampled_from(own))
        inputs.append(
            {"name": f"{name}_own", "type": kind, "expression": source, "zh": "自算", "en": "computed"}
        )
    text: dict[str, Any] = {
        "name": f"{name}_text",
        "type": "text",
        "allowed": ["high", "mid", "low"],
        "zh": "档",
    }
    if not aggregation and draw(st.booleans()):
        text |= {"otherwise": "low", "default": "mid"}
    kind = draw(
        st.sampled_from(("integer", "number") if aggregation in ("sum", "min", "max") else tuple(VALUES))
    )
    plain = {"name": f"{name}_value", "type": kind}
    outputs = (
        [plain] if aggregation in ("sum", "min", "max") else draw(st.sampled_from([[text, plain], [text]]))
    )
    rows = []
    for number in range(draw(st.integers(1, 5))):
        then = {each["name"]: draw(VALUES[each["type"]]) for each in outputs}
        if "default" in text and draw(st.booleans()):
            then.pop(text["name"], None)
        when = {each["name"]: draw(cells(each["type"])) for each in inputs if draw(st.booleans())}
        row = {"id": f"{name}-{number}", "title": TITLE, "when": when, "then": then}
        rows.append(row | ({"stage": "m1"} if draw(st.booleans()) else {}))
    head = {
        "id": name,
        "title": TITLE,
        "hit_policy": policy,
        **({"aggregation": aggregation} if aggregation else {}),
    }
    return {**head, "inputs": inputs, "outputs": outputs, "rows": rows}


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, Any]:
    worth = [("days + limit", "integer"), ("share / ratio", "number"), ("limit ** 2", "integer")]
    worth += [("share != ratio", "boolean"), ("days = limit", "boolean"), ('due + duration("P400D")', "date")]
    source, kind = draw(st.sampled_from(worth))
    known = {**TYPES, "worth": kind}
    decisions: list[dict[str, Any]] = [{"id": "worth", "title": TITLE, "type": kind, "expression": source}]
    for number in range(draw(st.integers(1, 3))):
        table = draw(tables(f"t{number}", known))
        decisions.append(table)
        if table["hit_policy"] not in LIST_POLICIES:
            known |= {each["name"]: each["type"] for each in table["outputs"]}
    facts = [{"name": name, "type": each} for name, each in TYPES.items()]
    return {
        "code": "random",
        "version": "1",
        "title": {"zh": "随机", "en": "random"},
        "inputs": [*facts[:-1], {**facts[-1], "zh": "到期日", "en": "due date"}],
        "decisions": draw(st.permutations(decisions)),
        "result": decisions[-1]["id"],
        "stages": [{"id": "m1", "title": TITLE, "is_final": False}],
    }


SLOW = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@SLOW
@given(document=graphs())
def test_a_strategy_survives_the_way_to_dmn_and_back(document: dict[str, Any]) -> None:
    before = deepcopy(document)
    assert from_dmn(to_dmn(document)) == document == before


@SLOW
@given(document=graphs())
def test_without_our_sources_the_dmn_alone_says_the_same(document: dict[str, Any]) -> None:
    """Another tool that drops our extensions: ids, values and tests come back with the same meaning."""
    alone = from_dmn(_stripped(to_dmn(document)), document["result"])
    found = read_strategy({**alone, "stages": document["stages"]})
    wanted = read_strategy(document)
    assert sorted(one.decision_id for one in found.decisions) == sorted(
        one.decision_id for one in wanted.decisions
    )
    assert set(found.types) == set(wanted.types)


@SLOW
@given(document=graphs(), records=st.lists(RECORD, min_size=1, max_size=5))
def test_the_dmn_that_we_write_decides_like_the_strategy(
    document: dict[str, Any], records: list[Any]
) -> None:
    strategy, model = read_strategy(document), read_model(to_dmn(document))
    assert model.faults == ()
    for record in records:
        outcome = decide_one(record, strategy, on_conflict="reject")
        results = evaluate_model(model, record)
        found = _outputs(strategy, {name: result.value for name, result in results.items()})
        messages = {name: result.messages for name, result in results.items()}
        for name, value in outcome.outputs.items():
            assert _alike(found[name], value), (name, found[name], value, record, messages)


def _outputs(strategy: Strategy, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of outputs by name from the values of decisions, as DMN nests them."""
    found: dict[str, Any] = {}
    for decision in strategy.decisions:
        value = values[decision.decision_id]
        is_plain = len(decision.outputs) == 1 or getattr(decision, "aggregation", "") == "count"
        for name in decision.outputs:
            if is_plain or value is None:
                found[name] = value
            else:
                found[name] = [each[name] for each in value] if isinstance(value, list) else value[name]
    return found


def _alike(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, list) and isinstance(found, list):
        return len(found) == len(wanted) and all(map(_alike, found, wanted))
    if isinstance(wanted, float) and isinstance(found, Decimal):
        return abs(float(found) - wanted) < 1e-9
    return bool(found == wanted) and isinstance(found, bool) == isinstance(wanted, bool)


def _stripped(content: bytes) -> bytes:
    root = etree.fromstring(content)
    for element in root.xpath("//*[local-name()='extensionElements']"):
        element.getparent().remove(element)
    return etree.tostring(root)


@pytest.mark.parametrize("path", sorted(PACKS.glob("*/strategy.yaml")), ids=lambda path: path.parent.name)
def test_the_strategies_that_ship_survive_and_can_be_asked(path: Path) -> None:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    content = to_dmn(document)
    assert from_dmn(content) == graph_document(document)
    assert read_model(content).faults == ()


@pytest.mark.parametrize("version", ["1.3", "1.4", "1.5"])
def test_each_version_has_its_namespaces_and_comes_back_the_same(version: str) -> None:
    document = yaml.safe_load((PACKS / "reminders-cn" / "strategy.yaml").read_text(encoding="utf-8"))
    root = etree.fromstring(to_dmn(document, version))
    assert root.tag == f"{{{NAMESPACES[version]}}}definitions"
    assert root.nsmap["dmndi"] == NAMESPACES[version].replace("MODEL", "DMNDI")
    assert from_dmn(etree.tostring(root)) == graph_document(document)
