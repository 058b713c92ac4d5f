"""Cells of a decision table: S-FEEL unary tests as typed views over the tree of FEEL, asked of one value.

Grammar:

    cell     = "-" | tests | "not(" tests ")"
    tests    = test { "," test }
    test     = [ "<" | "<=" | ">" | ">=" | "=" ] end | interval | null
    interval = ( "[" | "(" | "]" ) end ".." end ( "]" | ")" | "[" )
    end      = number | "text" | true | false | date("2026-01-31") | name | arithmetic over these

Logic is two-valued: a missing value passes `-`, `null` and a `not(…)` whose tests it fails, nothing else; a
test whose end is missing passes nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from fairdue.engine.feel import FeelError, ast, parse_unary_tests
from fairdue.engine.strategy.terms import (
    NUMERIC,
    TYPES,
    CellError,
    Constant,
    Term,
    Value,
    names_of,
    require_comparable,
    term_of,
    unreadable,
)

__all__ = [
    "TYPES",
    "Cell",
    "CellError",
    "Compare",
    "End",
    "Interval",
    "Value",
    "cell_names",
    "ends_of",
    "parse_cell",
]

_NOT = re.compile(r"\s*not\s*\((.*)\)\s*\Z", re.DOTALL)
"""A negated cell as a whole; its inside is read alone, so that `[0..5)` may stand last in it."""

End = Value | Term
"""An end of a test: a plain value where one is written out, else the term that has it."""


@dataclass(frozen=True, slots=True)
class Compare:
    """`< 3`, `>= 30`, or a plain value with the operator `=`; the value None is the test `null`."""

    operator: str
    value: End


@dataclass(frozen=True, slots=True)
class Interval:
    """`[1..30]`, `(0..5]`."""

    low: End
    high: End
    is_low_open: bool
    is_high_open: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """The tests of a cell, of which any may pass; no tests at all is `-`. `type_name` is the column's type."""

    tests: tuple[Compare | Interval, ...] = ()
    is_negated: bool = False
    type_name: str = field(default="", compare=False)

    @property
    def is_any(self) -> bool:
        """Whether the cell is `-`."""
        return not self.tests


def parse_cell(source: Any, type_name: str, types: Mapping[str, str] | None = None) -> Cell:
    """Read one cell as a test of a column of a type; `types` has the names that its ends may read.

    YAML's own numbers, booleans and dates are accepted as plain values.

    :raises CellError: if it is not a unary test, or its ends are not of the column's type
    """
    text = _text(source)
    negated = _NOT.match(text)
    try:
        tree = parse_unary_tests(" " * negated.start(1) + negated[1] if negated else text)
    except FeelError as error:
        raise unreadable(error) from error
    if negated and (tree.is_any or tree.is_negated):
        raise CellError("not(…) needs tests within it", "not(…) 中须有条件", negated.start(1))
    tests = tuple(test for node in tree.tests for test in _tests(node, type_name, types or {}))
    return Cell(tests, negated is not None, type_name)


def _text(source: Any) -> str:
    if isinstance(source, bool):
        return str(source).lower()
    if isinstance(source, date) and not isinstance(source, datetime):
        return f'date("{source.isoformat()}")'
    return str(source)


def _tests(node: ast.Node, type_name: str, types: Mapping[str, str]) -> Iterator[Compare | Interval]:
    match node:
        case ast.Test(operator="!=") | ast.Comparison(operator="!=", left=ast.Name(name="?")):
            raise CellError("write not(…) instead of !=", "请用 not(…) 代替 !=", node.position)
        case ast.Test(operator=operator, operand=operand):
            yield Compare(operator, _end(operand, type_name, types, operator != "="))
        case ast.Comparison(operator=operator, left=ast.Name(name="?"), right=operand):
            yield Compare(operator, _end(operand, type_name, types, operator != "="))
        case ast.Range(low=None, high=None):
            raise CellError("the interval has no ends", "区间没有端点", node.position)
        case ast.Range(low=None, high=ast.Node() as high):
            yield Compare("<" if node.is_high_open else "<=", _end(high, type_name, types, True))
        case ast.Range(low=ast.Node() as low, high=None):
            yield Compare(">" if node.is_low_open else ">=", _end(low, type_name, types, True))
        case ast.Range(low=ast.Node() as low, high=ast.Node() as high):
            yield _interval(node, _end(low, type_name, types, True), _end(high, type_name, types, True))
        case ast.ListOf(items=items):
            yield from (test for item in items for test in _tests(item, type_name, types))
        case _:
            yield Compare("=", _end(node, type_name, types, False))


def _interval(node: ast.Range, low: End, high: End) -> Interval:
    is_written = not isinstance(low, Term) and not isinstance(high, Term)
    if is_written and low > high:  # type: ignore[operator]
        raise CellError(
            f"the interval is empty: {low} is above {high}", f"区间为空：{low} 大于 {high}", node.position
        )
    return Interval(low, high, node.is_low_open, node.is_high_open)


def _end(node: ast.Node, type_name: str, types: Mapping[str, str], is_by_order: bool) -> End:
    term = term_of(node, types)
    if isinstance(term, Constant) and term.value is not None and not _is_of_type(term.type_name, type_name):
        hint = (
            ('; write date("2026-01-31")', ';日期写作 date("2026-01-31")')
            if type_name == "date"
            else ("", "")
        )
        raise CellError(
            f"{term.value} is not of type {type_name}{hint[0]}",
            f"{term.value} 不是 {type_name} 类型{hint[1]}",
            node.position,
        )
    require_comparable(type_name, term.type_name, is_by_order, node.position)
    return term.value if isinstance(term, Constant) else term


def _is_of_type(found: str, type_name: str) -> bool:
    return found == type_name or (found in NUMERIC and type_name == "number")


def ends_of(cell: Cell) -> Iterator[End]:
    """Yield the ends of a cell's tests."""
    for test in cell.tests:
        yield from (test.value,) if isinstance(test, Compare) else (test.low, test.high)


def cell_names(cell: Cell) -> Iterator[str]:
    """Yield every name that the ends of a cell read."""
    for end in ends_of(cell):
        if isinstance(end, Term):
            yield from names_of(end)
