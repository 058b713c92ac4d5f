"""Strategies compiled to columns: terms, cells and the rows of a table as Polars expressions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

import polars as pl

from fairdue.engine.strategy.cells import Cell, Compare, End, Interval
from fairdue.engine.strategy.interpret import ordered_rows
from fairdue.engine.strategy.model import Row, Table
from fairdue.engine.strategy.terms import Arithmetic, Comparison, Constant, Name, Shift, Term

POLARS_TYPES: dict[str, Any] = {
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "text": pl.String(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "list": pl.List(pl.String()),
}
NONE_FIRED = 2**32 - 1
"""Position of the row that fired when none did."""

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_FIRST_DATE, _LATEST_DATE = date(1, 1, 1), date(9999, 12, 31)

Columns = Mapping[str, pl.Expr]
"""What each name stands for."""


def term_expr(term: Term, columns: Columns) -> pl.Expr:
    """Return a term as an expression, null where it has no value."""
    match term:
        case Constant(value=value, type_name=kind):
            return _literal(value, kind)
        case Name(name=name):
            return columns[name]
        case Shift(operand=operand, days=days):
            moved = term_expr(operand, columns).cast(pl.Int64) + days
            first, latest = (_days(each) for each in (_FIRST_DATE, _LATEST_DATE))
            return pl.when(moved.is_between(first, latest)).then(moved).cast(pl.Int32).cast(pl.Date)
        case Comparison():
            return _comparison(term, columns)
        case Arithmetic():
            return _arithmetic(term, columns)


def _days(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _literal(value: Any, type_name: str) -> pl.Expr:
    plain = (
        float(value) if isinstance(value, Decimal) or (type_name == "number" and value is not None) else value
    )
    return pl.lit(plain, dtype=POLARS_TYPES.get(type_name))


def _arithmetic(term: Arithmetic, columns: Columns) -> pl.Expr:
    left, right = term_expr(term.left, columns), term_expr(term.right, columns)
    calculate = _OPERATORS[term.operator]
    if term.type_name == "integer":
        return calculate(left.cast(pl.Int128), right.cast(pl.Int128)).cast(pl.Int64, strict=False)  # type: ignore[no-any-return]
    return finite(calculate(left.cast(pl.Float64), right.cast(pl.Float64)))


def finite(number: pl.Expr) -> pl.Expr:
    """Return a number, null where it is not finite."""
    return pl.when(number.is_finite()).then(number)


def _comparison(term: Comparison, columns: Columns) -> pl.Expr:
    if term.operator == "!=":
        return ~_comparison(Comparison("=", term.left, term.right), columns)
    left, right = term_expr(term.left, columns), term_expr(term.right, columns)
    if "null" in (term.left.type_name, term.right.type_name):
        return left.is_null() & right.is_null()
    return _compared(term.operator, left, term.left.type_name, right, term.right.type_name)


def _compared(sign: str, left: pl.Expr, left_type: str, right: pl.Expr, right_type: str) -> pl.Expr:
    """Compare two columns: integers exactly, as soon as a number takes part as doubles; false with a null."""
    if left_type != right_type:
        left, right = left.cast(pl.Float64), right.cast(pl.Float64)
    found: pl.Expr = _OPERATORS[sign](left, right)
    return found.fill_null(False)


def cell_expr(cell: Cell, asked: pl.Expr, columns: Columns) -> pl.Expr | None:
    """Return a cell as a boolean expression that is never null, or None for `-`."""
    return None if cell.is_any else tests_expr(cell, asked, columns)


def tests_expr(cell: Cell, asked: pl.Expr, columns: Columns) -> pl.Expr:
    """Return a cell that has tests as a boolean expression that is never null."""
    tests = (_test_expr(test, cell.type_name, asked, columns) for test in cell.tests)
    found = reduce(lambda left, right: left | right, tests)
    return ~found if cell.is_negated else found


def _test_expr(test: Compare | Interval, type_name: str, asked: pl.Expr, columns: Columns) -> pl.Expr:
    if isinstance(test, Compare) and test.value is None:
        return asked.is_null()
    if isinstance(test, Compare):
        return _compared(test.operator, asked, type_name, *_end(test.value, type_name, columns))
    low = _compared(">" if test.is_low_open else ">=", asked, type_name, *_end(test.low, type_name, columns))
    return low & _compared(
        "<" if test.is_high_open else "<=", asked, type_name, *_end(test.high, type_name, columns)
    )


def _end(end: End, type_name: str, columns: Columns) -> tuple[pl.Expr, str]:
    if isinstance(end, Term):
        return term_expr(end, columns), end.type_name
    return _literal(end, type_name), type_name


def row_expr(row: Row, asked: Columns, columns: Columns) -> pl.Expr:
    """Return whether a row fits."""
    cells = (cell_expr(cell, asked[name], columns) for name, cell in row.cells.items())
    found = [cell for cell in cells if cell is not None]
    return reduce(lambda left, right: left & right, found) if found else pl.lit(True)


def row_exprs(table: Table, asked: Columns, columns: Columns) -> list[pl.Expr]:
    """Return whether each row fits, in the order that counts."""
    return [row_expr(row, asked, columns) for row in ordered_rows(table)]


def first_fired(conditions: list[pl.Expr]) -> pl.Expr:
    """Return the position of the first row that fits, NONE_FIRED if none does."""
    chain = pl.lit(NONE_FIRED, dtype=pl.UInt32)
    for position in range(len(conditions) - 1, -1, -1):
        chain = pl.when(conditions[position]).then(pl.lit(position, dtype=pl.UInt32)).otherwise(chain)
    return chain


def last_fired(conditions: list[pl.Expr]) -> pl.Expr:
    """Return the position of the last row that fits, NONE_FIRED if none does."""
    chain = pl.lit(NONE_FIRED, dtype=pl.UInt32)
    for position, condition in enumerate(conditions):
        chain = pl.when(condition).then(pl.lit(position, dtype=pl.UInt32)).otherwise(chain)
    return chain


def all_fired(conditions: list[pl.Expr]) -> pl.Expr:
    """Return the positions of all rows that fit."""
    found = [
        pl.when(condition).then(pl.lit(position, dtype=pl.UInt32))
        for position, condition in enumerate(conditions)
    ]
    return pl.concat_list(found).list.drop_nulls()
