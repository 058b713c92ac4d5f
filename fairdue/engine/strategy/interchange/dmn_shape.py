"""A strategy as DMN draws it: texts by decision, column and rule, before they are XML.

DMN gives a table with several outputs as one context, so `tier` of the decision `segment` is read there as
`segment.tier`; an input with an expression has no name that other cells could use, so they get its expression.
DMN's logic has three values, a strategy's two: tests are written so that a missing value decides alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from fairdue.engine.feel import FeelError, ast, parse_expression, parse_unary_tests, to_text
from fairdue.engine.feel.printer import number_text
from fairdue.engine.feel.tokens import quote
from fairdue.engine.feel.transform import rebuilt
from fairdue.engine.strategy.document import graph_document

TYPES = {"integer": "number", "number": "number", "text": "string", "boolean": "boolean", "date": "date"}
TEXT_LIST = "string*"
"""The type of a list of texts."""
_LIST_POLICIES = ("RULE ORDER", "OUTPUT ORDER", "COLLECT")
_ORDERED = ("<", "<=", ">", ">=")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Unwritable(ValueError):
    """A cell or an expression of a document cannot be read; `where` is its decision and row."""

    def __init__(self, where: str, error: FeelError) -> None:
        super().__init__(str(error))
        self.where = where


T = TypeVar("T")


def _at(where: str, make: Callable[..., T], *arguments: Any) -> T:
    """Make a part, its place named if it cannot be read."""
    try:
        return make(*arguments)
    except FeelError as error:
        raise Unwritable(where, error) from None


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """A column of a table; `allowed` and `default` are of outputs. `source` is the document's own item."""

    label: str
    text: str
    type_ref: str
    allowed: str = ""
    default: str = ""
    source: Any = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RuleShape:
    """A rule: one text for each input and output, and the notes: title in two languages, stage."""

    row_id: str
    cells: tuple[str, ...]
    entries: tuple[str, ...]
    notes: tuple[str, ...]
    source: Any = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class DecisionShape:
    """A decision: an expression, or a table with a hit policy."""

    name: str
    label: str
    type_ref: str
    requires: tuple[str, ...]
    expression: str | None = None
    hit_policy: str = ""
    aggregation: str = ""
    inputs: tuple[ColumnShape, ...] = ()
    outputs: tuple[ColumnShape, ...] = ()
    rules: tuple[RuleShape, ...] = ()
    source: Any = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class InputShape:
    """A fact that the strategy reads."""

    name: str
    label: str
    type_ref: str
    source: Any = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Shape:
    """A whole strategy; `requires` of its decisions names facts and decisions."""

    name: str
    label: str
    inputs: tuple[InputShape, ...]
    decisions: tuple[DecisionShape, ...]
    source: Any = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Names:
    """What stands for a name of the strategy in DMN, and whose it is."""

    nodes: Mapping[str, ast.Node]
    owners: Mapping[str, str]

    def within(self, decision: Mapping[str, Any]) -> Names:
        """Return the names as cells of one table see them: its own inputs stand for their expressions."""
        own = {
            str(item["name"]): rebuilt(parse_expression(str(item["expression"])), self.stand_in)
            for item in decision.get("inputs") or ()
            if item.get("expression") is not None
        }
        return Names({**self.nodes, **own}, self.owners)

    def stand_in(self, node: ast.Node) -> ast.Node | None:
        """Return what is put in the place of a name, if anything."""
        return self.nodes.get(node.name) if isinstance(node, ast.Name) else None


def shape_of(document: Mapping[str, Any]) -> Shape:
    """Return a document of either format as DMN draws it.

    :raises Unwritable: if a cell or expression cannot be read
    """
    graph = graph_document(document)
    names = names_of(graph)
    facts = list(graph.get("inputs") or ())
    title = graph.get("title") or {}
    return Shape(
        name=str(graph["code"]),
        label=_label(title, str(graph["code"])),
        inputs=tuple(
            InputShape(str(item["name"]), _label(item, str(item["name"])), TYPES[item["type"]], dict(item))
            for item in facts
        ),
        decisions=tuple(_at(str(item["id"]), _decision, item, names) for item in graph["decisions"]),
        source={key: value for key, value in graph.items() if key not in ("decisions", "inputs")},
    )


def names_of(graph: Mapping[str, Any]) -> Names:
    """Return what each output of a graph is called in DMN, and who owns each name."""
    nodes: dict[str, ast.Node] = {}
    owners: dict[str, str] = {str(item["name"]): str(item["name"]) for item in graph.get("inputs") or ()}
    for item in graph["decisions"]:
        owner = str(item["id"])
        outputs = [str(each["name"]) for each in item.get("outputs") or ()] or [owner]
        is_one = len(outputs) == 1 or item.get("aggregation") == "count"
        for name in outputs:
            nodes[name] = ast.Name(owner) if is_one else ast.Path(ast.Name(owner), name)
            owners[name] = owner
    return Names(nodes, owners)


def _label(words: Mapping[str, Any], otherwise: str) -> str:
    found = str(words.get("zh") or words.get("en") or otherwise)
    return " ".join(_UNPRINTABLE.sub("\ufffd", found).split())


def _decision(item: Mapping[str, Any], names: Names) -> DecisionShape:
    name = str(item["id"])
    label = _label(item.get("title") or {}, name)
    source = {key: value for key, value in item.items() if key != "rows"}
    if "expression" in item:
        tree = parse_expression(str(item["expression"]))
        text = two_valued(tree, names, str(item["expression"]))
        requires = _required([parse_expression(text)], names, name)
        return DecisionShape(name, label, TYPES[item["type"]], requires, expression=text, source=source)
    within = names.within(item)
    rules = tuple(_at(f"{name}, {row['id']}", _rule, row, item, within) for row in item["rows"])
    inputs = tuple(_input(each, names) for each in item.get("inputs") or ())
    trees = [parse_expression(column.text) for column in inputs]
    trees += [
        parse_unary_tests(text) for text in dict.fromkeys(text for rule in rules for text in rule.cells)
    ]
    return DecisionShape(
        name,
        label,
        _result_type(item),
        _required(trees, names, name),
        hit_policy=str(item["hit_policy"]),
        aggregation=str(item.get("aggregation") or ""),
        inputs=inputs,
        outputs=tuple(_output(each, item) for each in item["outputs"]),
        rules=rules,
        source=source,
    )


def _required(trees: list[ast.Node], names: Names, own: str) -> tuple[str, ...]:
    """The facts and decisions that trees of DMN name."""
    known = set(names.owners.values())
    return tuple(
        dict.fromkeys(
            node.name
            for tree in trees
            for node in tree.walk()
            if isinstance(node, ast.Name) and node.name in known and node.name != own
        )
    )


def _result_type(item: Mapping[str, Any]) -> str:
    """The type of a table's value in DMN; none is given for lists, which hold as many values as rows fired."""
    policy, aggregation, outputs = item["hit_policy"], item.get("aggregation"), item["outputs"]
    if aggregation == "count":
        return "number"
    if policy in _LIST_POLICIES and not aggregation:
        return ""
    return TYPES.get(outputs[0]["type"], TEXT_LIST) if len(outputs) == 1 else f"t_{item['id']}"


def _input(item: Mapping[str, Any], names: Names) -> ColumnShape:
    written = str(item["expression"]) if item.get("expression") is not None else str(item["name"])
    text = two_valued(parse_expression(written), names, written)
    kind = TYPES.get(str(item.get("type")), "")
    return ColumnShape(_label(item, str(item["name"])), text, kind, source=dict(item))


def _output(item: Mapping[str, Any], decision: Mapping[str, Any]) -> ColumnShape:
    kind = str(item["type"])
    allowed = ", ".join(
        value_text(value, "text" if kind == "list" else kind) for value in item.get("allowed") or ()
    )
    return ColumnShape(
        label=str(item["name"]),
        text=_label(item, str(item["name"])),
        type_ref=TYPES.get(kind, TEXT_LIST),
        allowed=allowed,
        default=_otherwise(item, decision),
        source=dict(item),
    )


def _otherwise(item: Mapping[str, Any], decision: Mapping[str, Any]) -> str:
    """What an output is when no row fires, as a default of DMN; nothing where DMN's own is the same."""
    value, kind = item.get("otherwise"), str(item["type"])
    if decision.get("aggregation") == "count":
        return "" if value is None or len(decision["outputs"]) > 1 else value_text(value, "integer")
    if decision["hit_policy"] not in _LIST_POLICIES or decision.get("aggregation"):
        return "" if value is None else value_text(value, kind)
    if value is None:
        return "[]"
    parts = value if isinstance(value, list) else [value]
    return "[" + ", ".join(value_text(part, kind) for part in parts) + "]"


def value_text(value: Any, kind: str) -> str:
    """Return an output's value as FEEL writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(value_text(part, "text") for part in value) + "]"
    if isinstance(value, int | float | Decimal):
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        return number_text(number) if number.is_finite() else "null"
    if kind == "date":
        day = value.isoformat() if isinstance(value, date) else str(value)
        return f"date({quote(day)})"
    return quote(str(value))


def _rule(row: Mapping[str, Any], item: Mapping[str, Any], names: Names) -> RuleShape:
    when, then = row.get("when") or {}, row.get("then") or {}
    cells = tuple(cell_text(when.get(str(each["name"]), "-"), names) for each in item.get("inputs") or ())
    entries = tuple(
        value_text(then.get(str(each["name"]), each.get("default")), str(each["type"]))
        for each in item["outputs"]
    )
    title = row.get("title") or {}
    notes = (str(title.get("zh") or ""), str(title.get("en") or ""), str(row.get("stage") or ""))
    return RuleShape(
        str(row["id"]), cells, entries, tuple(_UNPRINTABLE.sub("\ufffd", one) for one in notes), dict(row)
    )


def cell_source(source: Any) -> str:
    """Return a cell of a document as text: YAML's own numbers, booleans and dates too."""
    if isinstance(source, bool):
        return "true" if source else "false"
    if isinstance(source, date) and not isinstance(source, datetime):
        return f'date("{source.isoformat()}")'
    return "null" if source is None else str(source)


def cell_text(source: Any, names: Names) -> str:
    """Return a cell as DMN's tests that decide alike, as it stands where that is the same."""
    written = cell_source(source)
    tree = parse_unary_tests(written)
    if tree.is_any:
        return "-"
    tests = tuple(_guarded(rebuilt(test, names.stand_in)) for test in tree.tests)
    if tree.is_negated and not all(_is_value(test) for test in tests):
        return f"not((? in ({to_text(ast.UnaryTests(tests))})) = true)"
    return written.strip() if tests == tree.tests else to_text(ast.UnaryTests(tests))


def _is_value(test: ast.Node) -> bool:
    """Whether a test is a value written out: that a missing value is another one, DMN knows too."""
    orders = ast.Test | ast.Comparison | ast.Range | ast.And
    return not any(isinstance(one, orders) for one in test.walk()) and _is_written(test)


def _guarded(test: ast.Node) -> ast.Node:
    """An equality with what may be missing: in a strategy no missing value equals another."""
    operand: ast.Node | None = None
    if isinstance(test, ast.Test) and test.operator == "=":
        operand = test.operand
    elif isinstance(test, ast.Comparison) and test.operator == "=" and test.left == ast.Name("?"):
        operand = test.right
    elif isinstance(test, ast.Name | ast.Path | ast.Arithmetic | ast.Negation):
        operand = test
    if operand is None or _is_written(operand):
        return test
    value = ast.Name("?")
    return ast.And((ast.Comparison("=", value, operand), ast.Comparison("!=", value, ast.Null())))


def _is_written(node: ast.Node) -> bool:
    """Whether a value is written out, so that it is there."""
    return not any(isinstance(one, ast.Name) and one.name not in ("date", "duration") for one in node.walk())


def two_valued(tree: ast.Node, names: Names, written: str) -> str:
    """Return an expression as DMN has it: a comparison with a missing value is false, not null."""

    def change(node: ast.Node) -> ast.Node | None:
        if isinstance(node, ast.Comparison):
            left, right = (rebuilt(part, change) for part in (node.left, node.right))
            return _decided(node.operator, left, right)
        return names.stand_in(node)

    found = rebuilt(tree, change)
    return written.strip() if found == tree else to_text(found)


def _decided(operator: str, left: ast.Node, right: ast.Node) -> ast.Node:
    if ast.Null() in (left, right):
        return ast.Comparison(operator, left, right)  # type: ignore[arg-type]
    base: ast.Node = ast.Comparison("=" if operator == "!=" else operator, left, right)  # type: ignore[arg-type]
    if operator in ("=", "!=") and not _is_written(left) and not _is_written(right):
        base = ast.And((base, ast.Comparison("!=", left, ast.Null())))
    decided = ast.Comparison("=", base, ast.Boolean(True))
    return ast.Call(ast.Name("not"), (decided,)) if operator == "!=" else decided


def undecided(node: ast.Node) -> ast.Node | None:
    """Return what `two_valued` and `_guarded` were written for: the plain comparison, if it is one of theirs."""
    match node:
        case ast.Call(
            function=ast.Name(name="not"),
            arguments=(ast.Comparison(operator="=", right=ast.Boolean(True)) as inner,),
        ):
            plain = undecided(inner)
            return (
                ast.Comparison("!=", plain.left, plain.right)
                if isinstance(plain, ast.Comparison) and plain.operator == "="
                else None
            )
        case ast.Comparison(operator="=", left=ast.Comparison() as inner, right=ast.Boolean(value=True)):
            return inner
        case ast.Comparison(operator="=", left=ast.And() as both, right=ast.Boolean(value=True)):
            return undecided(both)
        case ast.And(
            terms=(
                ast.Comparison(operator="=") as first,
                ast.Comparison(operator="!=", right=ast.Null()) as second,
            )
        ):
            return first if second.left == first.left else None
    return None


def decisions_in_order(shape: Shape) -> Iterator[tuple[int, DecisionShape]]:
    """Yield each decision with its layer: 1 reads facts only, 2 reads those of layer 1, and so on."""
    layers: dict[str, int] = {}
    waiting = list(shape.decisions)
    while waiting:
        owed = {one.name for one in waiting}
        ready = [one for one in waiting if not owed.intersection(one.requires)] or waiting[:1]
        for one in ready:
            layers[one.name] = 1 + max((layers.get(name, 0) for name in one.requires), default=0)
            waiting.remove(one)
    for one in shape.decisions:
        yield layers[one.name], one
