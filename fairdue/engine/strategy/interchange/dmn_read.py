"""From DMN XML to a strategy's shape: texts as they stand, with our own sources where they are there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from fairdue.engine.dmn import xml
from fairdue.engine.dmn.boxes import LOGIC, type_ref, variable_type
from fairdue.engine.strategy.interchange.dmn_shape import (
    ColumnShape,
    DecisionShape,
    InputShape,
    RuleShape,
    Shape,
)
from fairdue.engine.strategy.interchange.dmn_write import NOTES, OWN, loads


@dataclass(frozen=True, slots=True, kw_only=True)
class DmnProblem:
    """One thing that a strategy cannot hold: where it stands in the file, and what to do, in both languages."""

    where: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.where}: {self.en}" if self.where else self.en


_UNHELD = {
    "businessKnowledgeModel": ("业务知识模型", "business knowledge models"),
    "decisionService": ("决策服务", "decision services"),
    "import": ("引入的文件", "imported files"),
}
_BOXES = tuple(kind for kind in LOGIC if kind not in ("decisionTable", "literalExpression"))


def read_shape(root: etree._Element, problems: list[DmnProblem]) -> Shape:
    """Return the shape of a model; what a strategy has no place for is added to the problems."""
    for kind, (zh, en) in _UNHELD.items():
        if xml.child(root, kind) is not None:
            problems.append(DmnProblem(where="", zh=f"策略不能包含{zh}", en=f"a strategy cannot hold {en}"))
    named = {xml.attribute(one, "id"): xml.attribute(one, "name") for one in root}
    types = dict(_types(root))
    return Shape(
        name=xml.attribute(root, "name"),
        label=_own_text(root),
        inputs=tuple(_input(one, types) for one in xml.children(root, "inputData")),
        decisions=tuple(_decision(one, named, types, problems) for one in xml.children(root, "decision")),
        source=_source(root),
    )


def _own_text(root: etree._Element) -> str:
    found = xml.child(root, "description")
    return "" if found is None else (found.text or "")


def _types(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Each item definition and the simple type beneath it; a list is written with a star."""
    found = {xml.attribute(one, "name"): one for one in xml.children(root, "itemDefinition")}
    for name in found:
        star, reference, steps = "", name, 0
        while reference in found and steps < 50:
            element = found[reference]
            star = "*" if xml.attribute(element, "isCollection") == "true" else star
            below = xml.child(element, "typeRef")
            reference, steps = type_ref((below.text or "") if below is not None else "context"), steps + 1
        yield name, reference + star


def _source(element: etree._Element) -> Any:
    holder = xml.child(element, "extensionElements")
    for one in () if holder is None else holder:
        if xml.kind(one) == "source" and xml.namespace(one) == OWN:
            return loads(one.text or "")
    return None


def _label(element: etree._Element) -> str:
    return xml.attribute(element, "label") or xml.attribute(element, "name")


def _input(element: etree._Element, types: dict[str, str]) -> InputShape:
    kind = variable_type(element)
    return InputShape(
        xml.attribute(element, "name"), _label(element), types.get(kind, kind), _source(element)
    )


def _decision(
    element: etree._Element, named: dict[str, str], types: dict[str, str], problems: list[DmnProblem]
) -> DecisionShape:
    name = xml.attribute(element, "name")
    kind = variable_type(element)
    requires = tuple(
        named.get(xml.attribute(needed, "href").rpartition("#")[2], "")
        for one in xml.children(element, "informationRequirement")
        for needed in xml.children(one, "requiredInput", "requiredDecision")
    )
    plain = (name, _label(element), kind if kind == f"t_{name}" else types.get(kind, kind), requires)
    if (table := xml.child(element, "decisionTable")) is not None:
        return _table(table, plain, types, _source(element))
    if (box := xml.child(element, *_BOXES)) is not None:
        en = f"a boxed {xml.kind(box)} has no place in a strategy: write a table or one expression"
        problems.append(DmnProblem(where=name, zh="策略只能包含决策表和表达式", en=en))
    text = xml.text_of(xml.child(element, "literalExpression")).strip()
    return DecisionShape(*plain, expression=text, source=_source(element))


def _table(
    table: etree._Element, plain: tuple[str, str, str, tuple[str, ...]], types: dict[str, str], source: Any
) -> DecisionShape:
    notes = [xml.attribute(one, "name") for one in xml.children(table, "annotation")]
    return DecisionShape(
        *plain,
        hit_policy=xml.attribute(table, "hitPolicy") or "UNIQUE",
        aggregation=xml.attribute(table, "aggregation").lower(),
        inputs=tuple(_column(one, types) for one in xml.children(table, "input")),
        outputs=tuple(_output(one, types) for one in xml.children(table, "output")),
        rules=tuple(_rule(one, notes) for one in xml.children(table, "rule")),
        source=source,
    )


def _column(element: etree._Element, types: dict[str, str]) -> ColumnShape:
    expression = xml.child(element, "inputExpression")
    text = xml.text_of(expression).strip()
    kind = "" if expression is None else type_ref(xml.attribute(expression, "typeRef"))
    return ColumnShape(xml.attribute(element, "label") or text, text, types.get(kind, kind))


def _output(element: etree._Element, types: dict[str, str]) -> ColumnShape:
    kind = type_ref(xml.attribute(element, "typeRef"))
    return ColumnShape(
        label=xml.attribute(element, "name"),
        text=xml.attribute(element, "label"),
        type_ref=types.get(kind, kind),
        allowed=xml.text_of(xml.child(element, "outputValues")).strip(),
        default=xml.text_of(xml.child(element, "defaultOutputEntry")).strip(),
    )


def _rule(element: etree._Element, names: list[str]) -> RuleShape:
    entries = [xml.text_of(one) for one in xml.children(element, "annotationEntry")]
    by_name = dict(zip(names, entries, strict=False))
    if not set(by_name) & set(NOTES):  # a foreign table: what it says of the row is its title
        words = xml.text_of(element, "description").strip() or " ".join(filter(None, entries)).strip()
        by_name = {"zh": words, "en": words}
    return RuleShape(
        row_id=xml.attribute(element, "id").removeprefix("row_"),
        cells=tuple(xml.text_of(one).strip() or "-" for one in xml.children(element, "inputEntry")),
        entries=tuple(xml.text_of(one).strip() for one in xml.children(element, "outputEntry")),
        notes=tuple(by_name.get(name, "") for name in NOTES),
        source=_source(element),
    )
