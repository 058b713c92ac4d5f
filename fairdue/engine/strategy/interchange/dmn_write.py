"""A strategy's shape as DMN 1.3 to 1.5 XML, with a diagram that other tools draw, and back from XML to shape.

What DMN has no place for (languages, stages, types of its own) stands in extension elements `source` as JSON,
and for rows in annotations too, where people see it.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from lxml import etree

from fairdue.engine.dmn.xml import NAMESPACES
from fairdue.engine.strategy.interchange.dmn_shape import (
    TEXT_LIST,
    ColumnShape,
    DecisionShape,
    RuleShape,
    Shape,
    decisions_in_order,
)

MODEL = NAMESPACES["1.5"]
_DATES = {"1.3": "20191111", "1.4": "20211108", "1.5": "20230324"}
"""The date in the namespaces of a version: what we write is the same in all of them but for it."""
DMNDI = "https://www.omg.org/spec/DMN/20230324/DMNDI/"
DC = "http://www.omg.org/spec/DMN/20180521/DC/"
DI = "http://www.omg.org/spec/DMN/20180521/DI/"
FEEL = "https://www.omg.org/spec/DMN/20230324/FEEL/"
OWN = "urn:fairdue:strategy:2"
NOTES = ("zh", "en", "stage")
"""Annotation columns of a table: the row's title in Chinese and English, and its stage."""

_LIST_TYPE = "tTextList"
_WIDTH, _HEIGHT, _GAP = 180, 60, 40


def dumps(value: Any) -> str:
    """Return plain data as JSON; a date keeps being one."""
    return json.dumps(
        value, default=lambda one: {"$date": one.isoformat()} if isinstance(one, date) else str(one)
    )


def loads(text: str) -> Any:
    """Return what `dumps` wrote; None if it is no JSON."""
    try:
        return json.loads(text, object_hook=_dated)
    except (ValueError, RecursionError):
        return None


def _dated(found: dict[str, Any]) -> Any:
    if set(found) == {"$date"} and isinstance(found["$date"], str):
        try:
            return date.fromisoformat(found["$date"])
        except ValueError:
            return found["$date"]
    return found


def written(shape: Shape, version: str = "1.5") -> bytes:
    """Return the XML of a shape in a version of DMN from 1.3 to 1.5."""
    root = etree.Element(
        _tag("definitions"),
        {
            "id": f"strategy_{_plain(shape.name)}",
            "name": shape.name,
            "namespace": f"{OWN}:{_plain(shape.name)}",
        },
        nsmap={None: MODEL, "dmndi": DMNDI, "dc": DC, "di": DI, "fairdue": OWN},  # type: ignore[dict-item]
    )
    root.set("expressionLanguage", FEEL)
    root.set("typeLanguage", FEEL)
    root.set("exporter", "Fairdue")
    _text(root, "description", shape.label)
    _source(root, shape.source)
    ids = {one.name: f"input_{number}" for number, one in enumerate(shape.inputs, 1)}
    ids |= {one.name: f"decision_{one.name}" for one in shape.decisions}
    _types(root, shape)
    for item in shape.inputs:
        element = _sub(root, "inputData", id=ids[item.name], name=item.name, label=item.label)
        _source(element, item.source)
        _sub(element, "variable", name=item.name, typeRef=item.type_ref)
    for decision in shape.decisions:
        _decision(root, decision, ids)
    _diagram(root, shape, ids)
    return _in_version(
        etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True), version
    )


def _in_version(content: bytes, version: str) -> bytes:
    """Return a file of 1.5 in another version: every namespace is declared in the first tag."""
    end = content.index(b">", content.index(b"<definitions"))
    written_as, wanted = (f"/DMN/{_DATES[one]}/".encode() for one in ("1.5", version))
    return content[:end].replace(written_as, wanted) + content[end:]


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "_", name)


def _tag(name: str, namespace: str = MODEL) -> str:
    return f"{{{namespace}}}{name}"


def _sub(parent: etree._Element, name: str, namespace: str = MODEL, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _tag(name, namespace), attributes)


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = _sub(parent, name)
    element.text = text
    return element


def _boxed(parent: etree._Element, name: str, text: str, /, **attributes: str) -> etree._Element:
    element = _sub(parent, name, **attributes)
    _text(element, "text", text)
    return element


def _source(parent: etree._Element, value: Any) -> None:
    if value is not None:
        holder = _sub(parent, "extensionElements")
        etree.SubElement(holder, _tag("source", OWN)).text = dumps(value)


def _reference(type_ref: str) -> str:
    return _LIST_TYPE if type_ref == TEXT_LIST else type_ref


def _types(root: etree._Element, shape: Shape) -> None:
    """Types of lists of texts, and of tables with several outputs."""
    columns = [column for one in shape.decisions for column in one.outputs]
    if any(column.type_ref == TEXT_LIST for column in columns):
        element = _sub(root, "itemDefinition", name=_LIST_TYPE, isCollection="true")
        _text(element, "typeRef", "string")
    for decision in shape.decisions:
        if decision.type_ref == f"t_{decision.name}":
            element = _sub(root, "itemDefinition", name=decision.type_ref)
            for column in decision.outputs:
                part = _sub(element, "itemComponent", name=column.label)
                _text(part, "typeRef", _reference(column.type_ref))


def _decision(root: etree._Element, decision: DecisionShape, ids: dict[str, str]) -> None:
    element = _sub(root, "decision", id=ids[decision.name], name=decision.name, label=decision.label)
    _source(element, decision.source)
    variable = _sub(element, "variable", name=decision.name)
    if decision.type_ref:
        variable.set("typeRef", _reference(decision.type_ref))
    inputs = [name for name in decision.requires if ids[name].startswith("input_")]
    for number, name in enumerate(decision.requires, 1):
        needed = _sub(element, "informationRequirement", id=f"{ids[decision.name]}_r{number}")
        _sub(needed, "requiredInput" if name in inputs else "requiredDecision", href=f"#{ids[name]}")
    if decision.expression is not None:
        _boxed(element, "literalExpression", decision.expression)
    else:
        _table(element, decision)


def _table(parent: etree._Element, decision: DecisionShape) -> None:
    table = _sub(parent, "decisionTable", id=f"table_{decision.name}", hitPolicy=decision.hit_policy)
    if decision.aggregation:
        table.set("aggregation", decision.aggregation.upper())
    for number, column in enumerate(decision.inputs, 1):
        element = _sub(table, "input", id=f"table_{decision.name}_i{number}", label=column.label)
        expression = _boxed(element, "inputExpression", column.text)
        if column.type_ref:
            expression.set("typeRef", column.type_ref)
    for number, column in enumerate(decision.outputs, 1):
        _output(table, column, f"table_{decision.name}_o{number}")
    for name in NOTES:
        _sub(table, "annotation", name=name)
    for rule in decision.rules:
        _rule(table, rule)


def _output(table: etree._Element, column: ColumnShape, element_id: str) -> None:
    element = _sub(table, "output", id=element_id, name=column.label, label=column.text)
    element.set("typeRef", _reference(column.type_ref))
    if column.allowed:
        _boxed(element, "outputValues", column.allowed)
    if column.default:
        _boxed(element, "defaultOutputEntry", column.default)


def _rule(table: etree._Element, rule: RuleShape) -> None:
    element = _sub(table, "rule", id=f"row_{rule.row_id}")
    _source(element, rule.source)
    for kind, texts in (
        ("inputEntry", rule.cells),
        ("outputEntry", rule.entries),
        ("annotationEntry", rule.notes),
    ):
        for text in texts:
            _boxed(element, kind, text)


# -- diagram --------------------------------------------------------------------------------------


def _diagram(root: etree._Element, shape: Shape, ids: dict[str, str]) -> None:
    """Facts on the bottom line, each decision above what it reads, the result on top."""
    places = _places(shape)
    diagram = _sub(_sub(root, "DMNDI", DMNDI), "DMNDiagram", DMNDI, id="diagram", name=shape.name)
    for name, (x, y) in places.items():
        holder = _sub(diagram, "DMNShape", DMNDI, id=f"shape_{ids[name]}", dmnElementRef=ids[name])
        _sub(holder, "Bounds", DC, x=str(x), y=str(y), width=str(_WIDTH), height=str(_HEIGHT))
    for decision in shape.decisions:
        for number, name in enumerate(decision.requires, 1):
            wire = f"{ids[decision.name]}_r{number}"
            edge = _sub(diagram, "DMNEdge", DMNDI, id=f"edge_{wire}", dmnElementRef=wire)
            for (x, y), down in ((places[name], 0), (places[decision.name], _HEIGHT)):
                _sub(edge, "waypoint", DI, x=str(x + _WIDTH // 2), y=str(y + down))


def _places(shape: Shape) -> dict[str, tuple[int, int]]:
    """Facts in the order in which decisions read them; each decision above the middle of what it reads."""
    layers: dict[int, list[DecisionShape]] = {}
    for layer, decision in decisions_in_order(shape):
        layers.setdefault(layer, []).append(decision)
    facts = [one.name for one in shape.inputs]
    read = [name for layer in sorted(layers) for one in layers[layer] for name in one.requires]
    facts.sort(key=lambda name: read.index(name) if name in read else len(read))
    step, top = _WIDTH + _GAP, max(layers, default=0)
    columns = {name: float(column) for column, name in enumerate(facts)}
    found = {name: (_GAP + int(column * step), _height(top)) for name, column in columns.items()}
    for layer in sorted(layers):
        wanted = {
            one.name: sum(columns.get(name, 0.0) for name in one.requires) / max(len(one.requires), 1)
            for one in layers[layer]
        }
        last = -1.0
        for name in sorted(wanted, key=lambda each: wanted[each]):
            last = columns[name] = max(wanted[name], last + 1)
            found[name] = (_GAP + int(last * step), _height(top - layer))
    return found


def _height(line: int) -> int:
    return _GAP + line * (_HEIGHT + 2 * _GAP)
