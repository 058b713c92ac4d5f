"""From a DMN file (1.1 to 1.5) to a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from fairdue.engine.dmn import xml
from fairdue.engine.dmn.boxes import BoxReader, type_ref, variable_type
from fairdue.engine.dmn.errors import DmnError
from fairdue.engine.dmn.graph import refuse_cycles
from fairdue.engine.dmn.model import Decision, InputData, ItemDefinition, Knowledge, Model, Service
from fairdue.engine.feel import ast

_REQUIRED = ("requiredInput", "requiredDecision", "requiredKnowledge")


def read_model(content: bytes) -> Model:
    """Return the model of a DMN file; what cannot be read of its logic is named in `faults`.

    :raises DmnError: if it is not DMN 1.1 to 1.5, or its requirements go in a circle or into nothing
    """
    root = xml.parse(content)
    if xml.kind(root) != "definitions" or xml.namespace(root) not in xml.NAMESPACES.values():
        raise DmnError("the file is not DMN 1.1 to 1.5: its root is no definitions element of these versions")
    reader = BoxReader(_names(root))
    model = Model(
        name=xml.attribute(root, "name"),
        namespace=xml.attribute(root, "namespace"),
        items=tuple(_item(one, reader) for one in xml.children(root, "itemDefinition")),
        inputs=tuple(_input(one) for one in xml.children(root, "inputData")),
        decisions=tuple(_decision(one, reader) for one in xml.children(root, "decision")),
        knowledge=tuple(_knowledge(one, reader) for one in xml.children(root, "businessKnowledgeModel")),
        services=tuple(_service(one) for one in xml.children(root, "decisionService")),
        faults=(),
    )
    _check(model)
    return Model(**{**model.__dict__, "faults": tuple(reader.faults)})


def _names(root: etree._Element) -> set[str]:
    """Every name in the file: an expression may use any of them, spaces and all."""
    return {
        str(found)
        for element in root.iter()
        for key in ("name", "iteratorVariable")
        if isinstance(element.tag, str) and (found := element.get(key)) and element is not root
    }


def _item(element: etree._Element, reader: BoxReader) -> ItemDefinition:
    name = xml.attribute(element, "name")
    reference = xml.child(element, "typeRef")
    return ItemDefinition(
        name=name,
        type_ref=type_ref("" if reference is None else reference.text or ""),
        is_collection=xml.attribute(element, "isCollection") == "true",
        allowed=reader.allowed(xml.child(element, "allowedValues"), f"the type {name}"),
        constraint=reader.allowed(xml.child(element, "typeConstraint"), f"the type {name}"),
        components=tuple(_item(one, reader) for one in xml.children(element, "itemComponent")),
        is_function=xml.child(element, "functionItem") is not None,
    )


def _id(element: etree._Element) -> str:
    return xml.attribute(element, "id") or xml.attribute(element, "name")


def _input(element: etree._Element) -> InputData:
    return InputData(_id(element), xml.attribute(element, "name"), variable_type(element))


def _decision(element: etree._Element, reader: BoxReader) -> Decision:
    name = xml.attribute(element, "name")
    return Decision(
        id=_id(element),
        name=name,
        type_ref=variable_type(element),
        logic=reader.logic_in(element, f"the decision {name}"),
        requires=_references(element, "requiredInput", "requiredDecision"),
        knowledge=_references(element, "requiredKnowledge"),
    )


def _knowledge(element: etree._Element, reader: BoxReader) -> Knowledge:
    name = xml.attribute(element, "name")
    logic = xml.child(element, "encapsulatedLogic")
    function = reader.function(logic, f"the knowledge {name}") if logic is not None else None
    return Knowledge(
        id=_id(element),
        name=name,
        type_ref=variable_type(element),
        function=function or ast.Function((), ast.Null()),
        knowledge=_references(element, "requiredKnowledge"),
    )


def _service(element: etree._Element) -> Service:
    return Service(
        id=_id(element),
        name=xml.attribute(element, "name"),
        type_ref=variable_type(element),
        outputs=_hrefs(xml.children(element, "outputDecision")),
        encapsulated=_hrefs(xml.children(element, "encapsulatedDecision")),
        input_decisions=_hrefs(xml.children(element, "inputDecision")),
        inputs=_hrefs(xml.children(element, "inputData")),
    )


def _references(element: etree._Element, *kinds: str) -> tuple[str, ...]:
    requirements = xml.children(element, "informationRequirement", "knowledgeRequirement")
    return _hrefs(found for one in requirements for found in xml.children(one, *kinds))


def _hrefs(elements: Iterable[etree._Element]) -> tuple[str, ...]:
    """The ids that are referred to; a reference into another file keeps its whole address."""
    found = []
    for element in elements:
        own = xml.attribute(element.getroottree().getroot(), "namespace")
        address, mark, name = xml.attribute(element, "href").strip().rpartition("#")
        found.append(name if mark and address in ("", own) else f"{address}{mark}{name}")
    return tuple(dict.fromkeys(found))


def _check(model: Model) -> None:
    """Refuse names and ids that stand for two things, requirements of nothing, and circles."""
    ids: set[str] = set()
    for one in model.elements():
        if not one.name or one.id in ids:
            raise DmnError(
                f"the id {one.id} stands for two elements" if one.name else f"{one.id} has no name"
            )
        ids.add(one.id)
    for name, wanted in _needs(model):
        if missing := [one for one in wanted if one not in ids]:
            raise DmnError(_missing(name, missing[0]))
    refuse_cycles(model)


def _needs(model: Model) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What each decision, knowledge and service refers to."""
    for decision in model.decisions:
        yield decision.name, (*decision.requires, *decision.knowledge)
    for knowledge in model.knowledge:
        yield knowledge.name, knowledge.knowledge
    for one in model.services:
        yield one.name, (*one.outputs, *one.encapsulated, *one.input_decisions, *one.inputs)


def _missing(name: str, reference: str) -> str:
    if not reference:
        return f"{name} requires something, but its href is missing"
    if "#" in reference:
        return f"unsupported: {name} requires {reference} of another file, and imports are not read"
    return f"{name} requires #{reference}, which the file does not have"
