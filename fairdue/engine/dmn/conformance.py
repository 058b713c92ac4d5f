"""The DMN Technology Compatibility Kit: a folder of models and test cases, run and compared.

A case passes when every result that it names is as expected: numbers to a relative difference of 1e-8 (the
kit prints them as binary floats), everything else exactly. Where the kit expects an error, null is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from fairdue.engine.dmn import xml
from fairdue.engine.dmn.errors import DmnError
from fairdue.engine.dmn.evaluation import Asked, Result
from fairdue.engine.dmn.model import Model
from fairdue.engine.dmn.reader import read_model
from fairdue.engine.feel import temporal
from fairdue.engine.feel.values import Fault, Value, equal, string

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
TOLERANCE = Decimal("1e-8")


@dataclass(frozen=True)
class CaseResult:
    """One test case: the model's folder, the case, and how it went."""

    id: str
    test: str
    is_passed: bool
    expected: str
    found: str
    message: str


def run_folder(folder: Path) -> Iterator[CaseResult]:
    """Yield the result of each test case in a folder and the folders below it, in the order of their names.

    A file that is not XML is a case that fails: the others are still run.
    """
    for path in sorted(folder.rglob("*.xml")):
        try:
            root = xml.parse(path.read_bytes())
        except DmnError as error:
            yield CaseResult(path.parent.name, path.stem, False, "", "", f"{path.name}: {error}")
            continue
        if xml.kind(root) == "testCases":
            yield from _run_file(path, root)


def _run_file(path: Path, root: etree._Element) -> Iterator[CaseResult]:
    model_name = xml.text_of(root, "modelName").strip()
    model, fault = None, ""
    try:
        model = read_model((path.parent / Path(model_name).name).read_bytes())
    except (OSError, DmnError) as error:
        fault = f"{model_name}: {error}"
    for case in xml.children(root, "testCase"):
        test = f"{path.stem}/{xml.attribute(case, 'id')}"
        if model is None:
            yield CaseResult(path.parent.name, test, False, "", "", fault)
        else:
            yield _run_guarded(model, case, path.parent.name, test)


def _run_guarded(model: Model, case: etree._Element, folder: str, test: str) -> CaseResult:
    """One case; whatever goes wrong in it fails this case only."""
    try:
        return _run_case(model, case, folder, test)
    except Exception as error:  # noqa: BLE001 - a fault of ours is a failed case, the others are still run
        return CaseResult(folder, test, False, "", "", f"{type(error).__name__}: {error}")


def _run_case(model: Model, case: etree._Element, folder: str, test: str) -> CaseResult:
    expected, found, messages = [], [], []
    is_passed = True
    inputs = {xml.attribute(one, "name"): read_value(one) for one in xml.children(case, "inputNode")}
    asked = Asked(model, inputs)
    for node in xml.children(case, "resultNode"):
        wanted = _expected(node)
        result = _asked_for(asked, case, node, inputs)
        fits = same(result.value, wanted)
        is_passed = is_passed and fits
        expected.append(_shown(wanted))
        found.append(_shown(result.value))
        messages += [] if fits else [f"{result.name}: {'; '.join(result.messages) or 'another value'}"]
    return CaseResult(folder, test, is_passed, ", ".join(expected), ", ".join(found), " | ".join(messages))


def _asked_for(asked: Asked, case: etree._Element, node: etree._Element, inputs: dict[str, Any]) -> Result:
    kind = xml.attribute(case, "type") or xml.attribute(node, "type") or "decision"
    name = xml.attribute(node, "name")
    try:
        if kind in ("bkm", "decisionService"):
            return _part(asked.invoked(xml.attribute(case, "invocableName") or name, inputs), name)
        return asked.decision(name)
    except DmnError as error:
        return Result(name, None, (str(error),))


def _part(result: Result, name: str) -> Result:
    """Of a service with several outputs the kit names one at a time."""
    if name != result.name and isinstance(result.value, dict) and name in result.value:
        return Result(name, result.value[name], result.messages)
    return result


def _expected(node: etree._Element) -> Value:
    wanted = xml.child(node, "expected")
    return None if wanted is None else read_value(wanted)


def read_value(element: etree._Element) -> Value:
    """Return the value that an element of a test file holds: a value, a list or components."""
    if element.get(f"{{{_XSI}}}nil") == "true":
        return None
    parts = list(xml.children(element, "component"))
    if parts:
        return {xml.attribute(one, "name"): read_value(one) for one in parts}
    if (items := xml.child(element, "list")) is not None:
        return (
            None
            if items.get(f"{{{_XSI}}}nil") == "true"
            else [read_value(one) for one in xml.children(items, "item")]
        )
    value = xml.child(element, "value")
    return None if value is None else _simple(value)


def _simple(element: etree._Element) -> Value:
    if element.get(f"{{{_XSI}}}nil") == "true":
        return None
    text = "".join(str(part) for part in element.itertext())
    kind = str(element.get(f"{{{_XSI}}}type") or "string").rpartition(":")[2]
    if kind == "boolean":
        return text.strip() in ("true", "1")
    if kind in ("decimal", "double", "float", "integer", "int", "long", "short"):
        return Decimal(text.strip())
    readers = {
        "date": temporal.read_date,
        "time": temporal.read_time,
        "dateTime": temporal.read_date_and_time,
    }
    readers |= {"duration": temporal.read_duration}  # type: ignore[dict-item]
    try:
        return readers[kind](text.strip()) if kind in readers else text
    except Fault as fault:
        return f"{text} ({fault})"


def same(found: Value, wanted: Value) -> bool:
    """Return whether a value is as expected, numbers to the tolerance."""
    if isinstance(found, Decimal) and isinstance(wanted, Decimal):
        return abs(found - wanted) <= TOLERANCE * max(Decimal(1), abs(wanted))
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(
            same(one, other) for one, other in zip(found, wanted, strict=True)
        )
    if isinstance(found, dict) and isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(same(found[key], wanted[key]) for key in wanted)
    return equal(found, wanted) is True


def _shown(value: Value) -> str:
    try:
        return string(value)[:200]
    except Fault:
        return "a very long value"
