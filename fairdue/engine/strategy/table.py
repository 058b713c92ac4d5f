"""A strategy: a decision table read from its document and checked before it may decide anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fairdue.engine.strategy.cells import TYPES, Cell, CellError, parse_cell

HIT_POLICIES = ("FIRST",)
_ROW_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_ROW_PARTS = ("id", "title", "when", "then")
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "text": (str,),
    "boolean": (bool,),
    "list": (list,),
}


class StrategyErrors(ValueError):
    """The document is no strategy that may run; `errors` holds one sentence a finding."""

    code = "decisions.strategy.invalid"

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = tuple(errors)


@dataclass(frozen=True, slots=True)
class Output:
    """A column that the table decides; `allowed` is empty where any value of the type is."""

    name: str
    type_name: str
    allowed: tuple[Any, ...] = ()
    default: Any = None


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: the cells that are not `-`, by input, and the value of every output."""

    row_id: str
    title_zh: str
    title_en: str
    cells: Mapping[str, Cell]
    outputs: Mapping[str, Any]

    @property
    def is_catch_all(self) -> bool:
        """Whether every record passes the row."""
        return all(cell.is_any for cell in self.cells.values())


@dataclass(frozen=True, slots=True)
class Strategy:
    """A checked decision table with hit policy FIRST."""

    code: str
    version: str
    inputs: Mapping[str, str]
    outputs: Mapping[str, Output]
    rows: tuple[Row, ...]


def read_strategy(document: Mapping[str, Any]) -> Strategy:
    """Read and check a strategy document.

    1. Every input has a known type; every cell is a unary test of its input's type.
    2. Every output value has the output's type and is one of its allowed values, if it names some.
    3. Row ids are lower-case words joined by hyphens, each used once.
    4. The hit policy is FIRST and the last row is a catch-all, so that every record is decided; no
       earlier row is one, for the rows below it could never fire.

    :raises StrategyErrors: with every finding, each naming its row and column
    """
    errors = list(_head_errors(document))
    if errors:
        raise StrategyErrors(errors)
    inputs = {item["name"]: item["type"] for item in document["inputs"]}
    outputs = {item["name"]: _output(item) for item in document["outputs"]}
    rows = [_row(row, inputs, outputs, errors) for row in document["rows"]]
    errors.extend(_table_errors(rows))
    if errors:
        raise StrategyErrors(errors)
    return Strategy(document["code"], str(document["version"]), inputs, outputs, tuple(rows))


def _head_errors(document: Mapping[str, Any]) -> Iterator[str]:
    for key in ("code", "version", "title", "inputs", "outputs", "rows"):
        if not document.get(key):
            yield f"the strategy has no {key}"
    if document.get("hit_policy") not in HIT_POLICIES:
        yield f"hit policy {document.get('hit_policy')!r} is not one of {', '.join(HIT_POLICIES)}"
    for item in document.get("inputs") or ():
        if item.get("type") not in TYPES:
            yield f"input {item.get('name')}: type {item.get('type')!r} is not one of {', '.join(TYPES)}"
    for item in document.get("outputs") or ():
        if item.get("type") not in _PYTHON_TYPES:
            yield f"output {item.get('name')}: type {item.get('type')!r} is not known"
    for side in ("inputs", "outputs"):
        names = [item.get("name") for item in document.get(side) or ()]
        yield from (f"{side}: {name} is named twice" for name in sorted(_repeated(names)))


def _repeated(values: list[Any]) -> set[Any]:
    return {value for value in values if values.count(value) > 1}


def _output(item: Mapping[str, Any]) -> Output:
    return Output(item["name"], item["type"], tuple(item.get("allowed") or ()), item.get("default"))


def _row(
    row: Mapping[str, Any], inputs: Mapping[str, str], outputs: Mapping[str, Output], errors: list[str]
) -> Row:
    row_id = str(row.get("id", ""))
    title = row.get("title") or {}
    if not _ROW_ID.match(row_id):
        errors.append(f"row {row_id or '(without id)'}: an id is lower-case words joined by hyphens")
    if not (title.get("zh") and title.get("en")):
        errors.append(f"row {row_id}: a title in zh and en says what the row does")
    errors.extend(f"row {row_id}: {key!r} is no part of a row" for key in row if key not in _ROW_PARTS)
    errors.extend(
        f"row {row_id}: {key!r} is no language of a title" for key in title if key not in ("zh", "en")
    )
    cells = dict(_cells(row_id, row.get("when") or {}, inputs, errors))
    values = dict(_values(row_id, row.get("then") or {}, outputs, errors))
    return Row(row_id, str(title.get("zh", "")), str(title.get("en", "")), cells, values)


def _cells(
    row_id: str, when: Mapping[str, Any], inputs: Mapping[str, str], errors: list[str]
) -> Iterator[tuple[str, Cell]]:
    for name, source in when.items():
        if name not in inputs:
            errors.append(f"row {row_id}, column {name}: no such input")
            continue
        try:
            yield name, parse_cell(source, inputs[name])
        except CellError as error:
            errors.append(f"row {row_id}, column {name}: {error}")


def _values(
    row_id: str, then: Mapping[str, Any], outputs: Mapping[str, Output], errors: list[str]
) -> Iterator[tuple[str, Any]]:
    errors.extend(f"row {row_id}, column {name}: no such output" for name in then if name not in outputs)
    for name, output in outputs.items():
        value = then.get(name, output.default)
        problem = _value_problem(value, output)
        if problem:
            errors.append(f"row {row_id}, column {name}: {problem}")
        yield name, value


def _value_problem(value: Any, output: Output) -> str:
    if value is None:
        return "" if output.default is None and not output.allowed else "a value is missing"
    is_wrong_boolean = isinstance(value, bool) and output.type_name != "boolean"
    if is_wrong_boolean or not isinstance(value, _PYTHON_TYPES[output.type_name]):
        return f"{value!r} is not of type {output.type_name}"
    parts = value if isinstance(value, list) else [value]
    unknown = [part for part in parts if output.allowed and part not in output.allowed]
    return f"{unknown[0]!r} is not one of {', '.join(map(str, output.allowed))}" if unknown else ""


def _table_errors(rows: list[Row]) -> Iterator[str]:
    yield from (
        f"row {row_id}: the id is used twice" for row_id in sorted(_repeated([r.row_id for r in rows]))
    )
    if not rows[-1].is_catch_all:
        yield f"row {rows[-1].row_id}: the last row must be a catch-all, or some records are not decided"
    shadowed = [row.row_id for row in rows[:-1] if row.is_catch_all]
    yield from (f"row {row_id}: every record passes it, so no row below can fire" for row_id in shadowed)
