"""Cells of a decision table: S-FEEL unary tests, parsed once, asked of one value or of a whole column.

Grammar:

    cell     = "-" | tests | "not(" tests ")"
    tests    = test { "," test }
    test     = [ "<" | "<=" | ">" | ">=" ] value | interval
    interval = ( "[" | "(" | "]" ) value ".." value ( "]" | ")" | "[" )
    value    = number | "text" | true | false | null

Logic is two-valued: a missing value passes `-`, `null` and a `not(…)` whose tests it fails, nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any

import polars as pl

Value = int | Decimal | str | bool | None

TYPES = ("integer", "number", "text", "boolean")


class CellError(ValueError):
    """A cell cannot be read; the message says what was expected and where."""


@dataclass(frozen=True, slots=True)
class Compare:
    """`< 3`, `>= 30`, or a plain value with the operator `=`."""

    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class Interval:
    """`[1..30]`, `(0..5]`."""

    low: Value
    high: Value
    is_low_open: bool
    is_high_open: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """The tests of a cell; no tests at all is `-`."""

    tests: tuple[Compare | Interval, ...] = ()
    is_negated: bool = False

    @property
    def is_any(self) -> bool:
        """Whether the cell is `-`."""
        return not self.tests


_TOKEN = re.compile(
    r"""\s*(?:(?P<number>-?(?:\d+(?:\.\d+)?|\.\d+))(?!\w)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<word>[A-Za-z_]\w*)
    |(?P<mark><=|>=|<|>|\.\.|[\[\](),=-]))""",
    re.VERBOSE,
)
_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None}
_OPERATORS = ("<", "<=", ">", ">=", "=")


def parse_cell(source: Any, type_name: str) -> Cell:
    """Read one cell as a test of a column of a type.

    YAML's own numbers and booleans are accepted as plain values.

    :raises CellError: if it is not a unary test, or its values are not of the column's type
    """
    text = {True: "true", False: "false"}.get(source) if isinstance(source, bool) else None
    return _Parser(text if text is not None else str(source), type_name).cell()


class _Parser:
    """Recursive descent over the tokens of one cell."""

    def __init__(self, source: str, type_name: str) -> None:
        self.source = source
        self.type_name = type_name
        self.tokens = self._tokens()
        self.position = 0

    def _tokens(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        index = 0
        while self.source[index:].strip():
            match = _TOKEN.match(self.source, index)
            if match is None:
                raise CellError(f"cannot read {self.source[index:].strip()[:20]!r} in {self.source!r}")
            found.append((match.lastgroup or "", match[match.lastgroup or 0]))
            index = match.end()
        return found

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        index = self.position + ahead
        return self.tokens[index] if index < len(self.tokens) else ("end", "the end")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.position += 1
        return token

    def expect(self, mark: str) -> None:
        _, found = self.take()
        if found != mark:
            raise CellError(f"expected {mark!r} but found {found!r} in {self.source!r}")

    def cell(self) -> Cell:
        if [text for _, text in self.tokens] == ["-"]:
            return Cell()
        is_negated = self.peek() == ("word", "not") and self.peek(1)[1] == "("
        if is_negated:
            self.position = 2
        tests = [self.test()]
        while self.peek() == ("mark", ","):
            self.take()
            tests.append(self.test())
        if is_negated:
            self.expect(")")
        if self.peek()[0] != "end":
            raise CellError(f"unexpected {self.peek()[1]!r} in {self.source!r}")
        return Cell(tuple(tests), is_negated)

    def test(self) -> Compare | Interval:
        kind, text = self.peek()
        if kind == "mark" and text in _OPERATORS:
            self.take()
            return self.compare(text)
        if kind == "mark" and text in ("[", "(", "]"):
            return self.interval()
        return Compare("=", self.value())

    def compare(self, operator: str) -> Compare:
        value = self.value()
        if operator != "=":
            self.require_order(value)
        return Compare(operator, value)

    def interval(self) -> Interval:
        opening = self.take()[1]
        low = self.value()
        self.expect("..")
        high = self.value()
        kind, closing = self.take()
        if kind != "mark" or closing not in ("]", ")", "["):
            raise CellError(f"expected ']' or ')' but found {closing!r} in {self.source!r}")
        self.require_order(low)
        self.require_order(high)
        if low > high:  # type: ignore[operator]
            raise CellError(f"the interval {self.source!r} is empty: {low} is above {high}")
        return Interval(low, high, opening != "[", closing != "]")

    def require_order(self, value: Value) -> None:
        if value is None or isinstance(value, bool):
            raise CellError(f"{self.source!r} compares by order, which needs numbers or texts")

    def value(self) -> Value:
        kind, text = self.take()
        value = self.read_value(kind, text)
        if value is None or self.is_of_type(value):
            return value
        raise CellError(f"{text} is not of type {self.type_name}, in {self.source!r}")

    def read_value(self, kind: str, text: str) -> Value:
        if kind == "number":
            return Decimal(text) if "." in text else int(text)
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", text[1:-1])
        if kind == "word" and text in _WORDS:
            return _WORDS[text]
        hint = "; write texts in double quotes" if kind == "word" else ""
        raise CellError(f"expected a value but found {text!r} in {self.source!r}{hint}")

    def is_of_type(self, value: Value) -> bool:
        return {
            "integer": type(value) is int,
            "number": type(value) in (int, Decimal),
            "text": type(value) is str,
            "boolean": type(value) is bool,
        }[self.type_name]


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": lambda left, right: left == right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def matches(cell: Cell, value: Any) -> bool:
    """Tell whether one value passes a cell: the plain reading that the compiled one must equal."""
    if cell.is_any:
        return True
    return any(_passes(test, value) for test in cell.tests) != cell.is_negated


def _passes(test: Compare | Interval, value: Any) -> bool:
    if isinstance(test, Compare) and test.value is None:
        return value is None
    if value is None:
        return False
    if isinstance(test, Compare):
        return bool(_COMPARE[test.operator](value, test.value))
    low = _COMPARE[">" if test.is_low_open else ">="](value, test.low)
    return bool(low and _COMPARE["<" if test.is_high_open else "<="](value, test.high))


def compile_cell(cell: Cell, column: str) -> pl.Expr | None:
    """Return the cell as a boolean expression that is never null, or None for `-`."""
    if cell.is_any:
        return None
    expression = reduce(lambda left, right: left | right, (_test_expr(test, column) for test in cell.tests))
    return ~expression if cell.is_negated else expression


def _test_expr(test: Compare | Interval, column: str) -> pl.Expr:
    subject = pl.col(column)
    if isinstance(test, Compare) and test.value is None:
        return subject.is_null()
    if isinstance(test, Compare):
        found: pl.Expr = _COMPARE[test.operator](subject, _literal(test.value))
    else:
        low = _COMPARE[">" if test.is_low_open else ">="](subject, _literal(test.low))
        found = low & _COMPARE["<" if test.is_high_open else "<="](subject, _literal(test.high))
    return found.fill_null(False)


def _literal(value: Value) -> pl.Expr:
    """A number with decimals is compared as a 64-bit float, as the column is."""
    return pl.lit(float(value) if isinstance(value, Decimal) else value)
