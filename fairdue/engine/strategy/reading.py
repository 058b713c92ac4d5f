"""Reading one decision of a strategy's document: a table's inputs, outputs and rows, or an expression."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fairdue.engine.strategy.cells import Cell, cell_names, parse_cell
from fairdue.engine.strategy.model import (
    AGGREGATIONS,
    HIT_POLICIES,
    Fault,
    Input,
    Literal,
    Output,
    Row,
    Table,
)
from fairdue.engine.strategy.terms import TYPES, CellError, Term, is_readable_as, names_of, read_term
from fairdue.engine.strategy.values import OUTPUT_TYPES, value_problem, value_read

NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")
MOST_ROWS = 100_000
"""Rows that a table may have; a larger one is refused before it is read."""

_ROW_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_ROW_PARTS = ("id", "title", "when", "then", "stage")
_TABLE_PARTS = ("id", "title", "hit_policy", "aggregation", "inputs", "outputs", "rows")
_LITERAL_PARTS = ("id", "title", "type", "expression")
_INPUT_PARTS = ("name", "type", "expression", "zh", "en")
_OUTPUT_PARTS = ("name", "type", "allowed", "default", "otherwise", "zh", "en")


@dataclass(frozen=True, slots=True)
class Signature:
    """Names and types of what a decision gives to others."""

    decision_id: str
    types: Mapping[str, str]


@dataclass(slots=True)
class Place:
    """Where reading stands: faults that are noted take the decision, row and column from here."""

    faults: list[Fault]
    decision: str
    row_id: str = ""
    seen: dict[tuple[Any, ...], Cell | CellError] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def note(self, en: str, zh: str, column: str = "", position: int | None = None) -> None:
        """Note a fault."""
        self.faults.append(
            Fault(
                decision=self.decision,
                row_id=self.row_id,
                column=column,
                message_en=en,
                message_zh=zh,
                position=position,
            )
        )


def signature_of(item: Mapping[str, Any]) -> Signature:
    """Return what a decision gives to others, as far as its document says it; faults are found later."""
    decision_id = str(item["id"])
    if "expression" in item:
        return Signature(decision_id, {decision_id: str(item.get("type"))})
    outputs = [each for each in _mappings(item.get("outputs")) if each.get("name")]
    table = Table(
        decision_id,
        "",
        "",
        str(item.get("hit_policy")),
        str(item.get("aggregation") or ""),
        {},
        {str(each["name"]): Output(str(each["name"]), str(each.get("type"))) for each in outputs},
        (),
    )
    return Signature(decision_id, table.types)


def literal_of(item: Mapping[str, Any], types: Mapping[str, str], faults: list[Fault]) -> Literal | None:
    """Read a decision by an expression."""
    place = Place(faults, str(item["id"]))
    _note_unknown(item, _LITERAL_PARTS, place)
    kind = item.get("type")
    if kind not in TYPES:
        place.note(
            f"type {kind!r} is not one of {', '.join(TYPES)}", f"类型 {kind!r} 不是 {'、'.join(TYPES)} 之一"
        )
        return None
    others = {name: each for name, each in types.items() if name != place.decision}
    term = _term(item["expression"], str(kind), others, place)
    if term is None:
        return None
    title = title_of(item)
    requires = tuple(dict.fromkeys(names_of(term)))
    return Literal(place.decision, *title, str(kind), term, str(item["expression"]), requires)


def table_of(item: Mapping[str, Any], types: Mapping[str, str], faults: list[Fault]) -> Table | None:
    """Read a decision by a table."""
    place = Place(faults, str(item["id"]))
    before = len(faults)
    _note_unknown(item, _TABLE_PARTS, place)
    rows = item.get("rows")
    if not rows or not isinstance(rows, list):
        place.note("the table has no rows", "决策表没有行")
        return None
    if len(rows) > MOST_ROWS:
        place.note(
            f"the table has {len(rows):,} rows; at most {MOST_ROWS:,} can be decided",
            f"决策表有 {len(rows):,} 行，最多 {MOST_ROWS:,} 行",
        )
        return None
    own = signature_of(item).types
    others = {name: kind for name, kind in types.items() if name not in own}
    inputs = _inputs(item, others, place)
    outputs = _outputs(item, own, place)
    _note_policy(item, outputs, place)
    if len(faults) > before and not (inputs or outputs):
        return None
    visible = others | {name: each.type_name for name, each in inputs.items()}
    read = tuple(_row(row, inputs, outputs, visible, place) for row in rows)
    policy, aggregation = str(item.get("hit_policy")), str(item.get("aggregation") or "")
    requires = tuple(dict.fromkeys(_requires(inputs, read)))
    return Table(place.decision, *title_of(item), policy, aggregation, inputs, outputs, read, requires)


def _requires(inputs: Mapping[str, Input], rows: tuple[Row, ...]) -> Iterator[str]:
    for item in inputs.values():
        yield from names_of(item.expression) if item.expression else [item.name]
    cells = {id(cell): cell for row in rows for cell in row.cells.values()}
    names = (name for cell in cells.values() for name in cell_names(cell))
    yield from (name for name in names if name not in inputs)


def title_of(item: Mapping[str, Any]) -> tuple[str, str]:
    """Return a title in Chinese and English, empty where it lacks."""
    title = item.get("title")
    words = title if isinstance(title, Mapping) else {}
    return str(words.get("zh") or ""), str(words.get("en") or "")


def _mappings(items: Any) -> list[Mapping[str, Any]]:
    return [item for item in items or () if isinstance(item, Mapping)] if isinstance(items, list) else []


def _note_unknown(item: Mapping[str, Any], parts: tuple[str, ...], place: Place) -> None:
    for key in item:
        if key not in parts:
            place.note(f"{key!r} is no part of a decision", f"决策没有“{key}”这一项")


def _term(source: Any, kind: str, types: Mapping[str, str], place: Place, column: str = "") -> Term | None:
    try:
        term = read_term(source, types)
    except CellError as error:
        place.note(error.message_en, error.message_zh, column, error.position)
        return None
    if not is_readable_as(term.type_name, kind):
        place.note(
            f"{source} is of type {term.type_name}, not {kind}",
            f"{source} 的类型是 {term.type_name}，不是 {kind}",
            column,
        )
        return None
    return term


def _inputs(item: Mapping[str, Any], types: Mapping[str, str], place: Place) -> dict[str, Input]:
    found: dict[str, Input] = {}
    for each in _mappings(item.get("inputs")):
        name = str(each.get("name") or "")
        for key in each:
            if key not in _INPUT_PARTS:
                place.note(f"{key!r} is no part of an input", f"输入没有“{key}”这一项", name)
        if name in found:
            place.note("the input is named twice", "此输入写了两次", name)
            continue
        read = _input(name, each, types, place)
        if read is None:
            place.unread.add(name)
        else:
            found[name] = read
    return found


def _input(name: str, item: Mapping[str, Any], types: Mapping[str, str], place: Place) -> Input | None:
    kind = str(item.get("type") or types.get(name))
    titles = str(item.get("zh") or ""), str(item.get("en") or "")
    if item.get("expression") is not None:
        return _expression_input(name, kind, item, types, place)
    if name not in types:
        place.note("no such fact or output", "没有这项事实或输出", name)
        return None
    if types[name] not in OUTPUT_TYPES:
        return None  # a fault of the decision that gives it
    if kind not in TYPES or not is_readable_as(types[name], kind):
        place.note(
            f"{name} is of type {types[name]}, not {kind}",
            f"{name} 的类型是 {types[name]}，不是 {kind}",
            name,
        )
        return None
    return Input(name, kind, None, "", *titles)


def _expression_input(
    name: str, kind: str, item: Mapping[str, Any], types: Mapping[str, str], place: Place
) -> Input | None:
    if name in types or not NAME.match(name):
        place.note(
            "an input with an expression has a name of its own: lower-case letters, digits and underscores",
            "带表达式的输入须有自己的名称：小写字母、数字和下划线",
            name,
        )
        return None
    if kind not in TYPES:
        place.note(
            f"type {kind!r} is not one of {', '.join(TYPES)}",
            f"类型 {kind!r} 不是 {'、'.join(TYPES)} 之一",
            name,
        )
        return None
    term = _term(item["expression"], kind, types, place, name)
    titles = str(item.get("zh") or ""), str(item.get("en") or "")
    return Input(name, kind, term, str(item["expression"]), *titles) if term else None


def _outputs(item: Mapping[str, Any], types: Mapping[str, str], place: Place) -> dict[str, Output]:
    found: dict[str, Output] = {}
    for each in _mappings(item.get("outputs")):
        name, kind = str(each.get("name") or ""), str(each.get("type"))
        for key in each:
            if key not in _OUTPUT_PARTS:
                place.note(f"{key!r} is no part of an output", f"输出没有“{key}”这一项", name)
        if name in found:
            place.note("the output is named twice", "此输出写了两次", name)
        elif not NAME.match(name):
            place.note(
                "the name of an output is lower-case letters, digits and underscores",
                "输出的名称须为小写字母、数字和下划线",
                name,
            )
        elif kind not in OUTPUT_TYPES:
            place.note(f"type {kind!r} is not known", f"没有类型 {kind!r}", name)
        else:
            found[name] = _output(name, kind, each, types[name], place)
    if not found and not _mappings(item.get("outputs")):
        place.note("the table has no outputs", "决策表没有输出")
    return found


def _output(name: str, kind: str, item: Mapping[str, Any], made: str, place: Place) -> Output:
    """`made` is the type of what the table makes of its values."""
    single = Output(name, "text" if kind == "list" else kind)
    for value in item.get("allowed") or ():
        _note_value(value, single, place)
    allowed = tuple(value_read(value, single.type_name) for value in item.get("allowed") or ())
    if item.get("default") is not None:
        _note_value(item["default"], Output(name, kind, allowed), place)
    titles = str(item.get("zh") or ""), str(item.get("en") or "")
    default = value_read(item.get("default"), kind)
    return Output(name, kind, allowed, default, _otherwise(name, item, made, place), *titles)


def _otherwise(name: str, item: Mapping[str, Any], made: str, place: Place) -> Any:
    """The value when no row fires: of what the table makes; where that is a list of values, one or several."""
    value, kind = item.get("otherwise"), str(item.get("type"))
    if value is None:
        return None
    if made != "list" or kind == "list":
        _note_value(value, Output(name, made), place)
        return value_read(value, made)
    values = value if isinstance(value, list) else [value]
    for each in values:
        _note_value(each, Output(name, kind), place)
    return [value_read(each, kind) for each in values]


def _note_value(value: Any, output: Output, place: Place) -> None:
    problem = value_problem(value, output)
    if problem:
        place.note(*problem, output.name)


def _note_policy(item: Mapping[str, Any], outputs: Mapping[str, Output], place: Place) -> None:
    policy, aggregation = item.get("hit_policy"), item.get("aggregation")
    if policy not in HIT_POLICIES:
        known = ", ".join(HIT_POLICIES)
        place.note(f"hit policy {policy!r} is not one of {known}", f"命中策略 {policy!r} 不是 {known} 之一")
        return
    if aggregation and (policy != "COLLECT" or aggregation not in AGGREGATIONS):
        known = ", ".join(AGGREGATIONS)
        place.note(
            f"aggregation {aggregation!r}: only COLLECT has one, of {known}",
            f"汇总 {aggregation!r}：只有 COLLECT 可用，为 {known} 之一",
        )
    if policy in ("PRIORITY", "OUTPUT ORDER") and not any(each.allowed for each in outputs.values()):
        place.note(
            f"{policy} needs an output with allowed values: their order is the priority",
            f"{policy} 需要一个列出允许值的输出：其顺序即优先级",
        )
    for output in outputs.values():
        _note_aggregation(str(policy), str(aggregation or ""), output, place)


def _note_aggregation(policy: str, aggregation: str, output: Output, place: Place) -> None:
    summed = ("integer", "number") if aggregation == "sum" else ("integer", "number", "date", "text")
    if aggregation in ("sum", "min", "max") and output.type_name not in summed:
        place.note(
            f"{aggregation} needs {' or '.join(summed)}, not {output.type_name}",
            f"{aggregation} 需要 {'、'.join(summed)}，而不是 {output.type_name}",
            output.name,
        )
    is_listed = policy in ("RULE ORDER", "OUTPUT ORDER", "COLLECT") and not aggregation
    if is_listed and output.type_name == "list":
        place.note(
            f"{policy} makes lists; an output of type list cannot be one of its values",
            f"{policy} 的结果已是列表，输出不能再是 list 类型",
            output.name,
        )


def _row(
    row: Any,
    inputs: Mapping[str, Input],
    outputs: Mapping[str, Output],
    visible: Mapping[str, str],
    place: Place,
) -> Row:
    parts = row if isinstance(row, Mapping) else {}
    row_id = str(parts.get("id") or "")
    place.row_id = row_id if _ROW_ID.match(row_id) else row_id or "(without id)"
    if not _ROW_ID.match(row_id):
        place.note("an id is lower-case words joined by hyphens", "编号须为小写单词，以连字符相连")
    title = title_of(parts)
    if not all(title):
        place.note("a title in zh and en says what the row does", "标题须以中英文说明此行的作用")
    for key in parts:
        if key not in _ROW_PARTS:
            place.note(f"{key!r} is no part of a row", f"行没有“{key}”这一项")
    for key in parts["title"] if isinstance(parts.get("title"), Mapping) else ():
        if key not in ("zh", "en"):
            place.note(f"{key!r} is no language of a title", f"标题没有语言“{key}”")
    cells = dict(_cells(parts.get("when"), inputs, visible, place))
    values = dict(_values(parts.get("then"), outputs, place))
    place.row_id = ""
    return Row(row_id, *title, cells, values, str(parts.get("stage") or ""))


def _cells(
    when: Any, inputs: Mapping[str, Input], visible: Mapping[str, str], place: Place
) -> Iterator[tuple[str, Cell]]:
    for name, source in (when if isinstance(when, Mapping) else {}).items():
        if name in place.unread:
            continue
        if name not in inputs:
            place.note("no such input", "没有这个输入", str(name))
            continue
        read = _cell(source, inputs[name].type_name, visible, place)
        if isinstance(read, CellError):
            place.note(read.message_en, read.message_zh, name, read.position)
        else:
            yield name, read


def _cell(source: Any, kind: str, visible: Mapping[str, str], place: Place) -> Cell | CellError:
    """Read a cell, or remember what an equal one was read as: large tables repeat their cells."""
    key = (kind, type(source), source if isinstance(source, (str, int, float)) else str(source))
    found = place.seen.get(key)
    if found is None:
        try:
            found = parse_cell(source, kind, visible)
        except CellError as error:
            found = error
        place.seen[key] = found
    return found


def _values(then: Any, outputs: Mapping[str, Output], place: Place) -> Iterator[tuple[str, Any]]:
    given = then if isinstance(then, Mapping) else {}
    for name in given:
        if name not in outputs:
            place.note("no such output", "没有这个输出", str(name))
    for name, output in outputs.items():
        value = value_read(given.get(name, output.default), output.type_name)
        _note_value(value, output, place)
        yield name, value
