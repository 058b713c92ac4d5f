"""Conditions as data: `{column: test, …}` means that every test holds; a list of them that any one does.

Tests: a value (equal), a list (one of), and `{not: …}`, `{at_least: n}`, `{below: n}`, `{at_most: n}`; for columns
of lists `{includes: …}` (any of), `{excludes: …}` (none of) and `{within: …}` (nothing else).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA

Condition = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class ConditionInvalid(ValueError):
    """The condition names an unknown column or an unknown test."""


def compile_condition(condition: Condition) -> pl.Expr:
    """This function will turn a condition into a boolean column that is never null.

    1. An empty mapping always holds; an empty list never does.

    :raises ConditionInvalid: if a column or a test is not known
    """
    if isinstance(condition, Mapping):
        tests = [_test(column, spec) for column, spec in condition.items()]
        return pl.all_horizontal(tests) if tests else pl.lit(True)
    alternatives = [compile_condition(item) for item in condition]
    return pl.any_horizontal(alternatives) if alternatives else pl.lit(False)


def _test(column: str, spec: Any) -> pl.Expr:
    if column not in CANDIDATE_SCHEMA:
        raise ConditionInvalid(f"no candidate column {column!r}")
    if isinstance(spec, Mapping):
        if len(spec) != 1 or next(iter(spec)) not in _TESTS:
            raise ConditionInvalid(f"{column}: one of {', '.join(_TESTS)} is needed, not {spec!r}")
        ((name, operand),) = spec.items()
        return _TESTS[name](pl.col(column), operand)
    return _equal(pl.col(column), spec)


def _equal(column: pl.Expr, operand: Any) -> pl.Expr:
    found = column.is_in(operand) if isinstance(operand, list) else column == operand
    return found.fill_null(False)


def _includes(column: pl.Expr, operand: Any) -> pl.Expr:
    values = operand if isinstance(operand, list) else [operand]
    return pl.any_horizontal([column.list.contains(value) for value in values]).fill_null(False)


def _within(column: pl.Expr, operand: Any) -> pl.Expr:
    return (column.list.set_difference(pl.lit(operand, dtype=pl.List(pl.String))).list.len() == 0).fill_null(
        True
    )


_TESTS = {
    "not": lambda column, operand: ~_equal(column, operand),
    "at_least": lambda column, operand: (column >= operand).fill_null(False),
    "below": lambda column, operand: (column < operand).fill_null(False),
    "at_most": lambda column, operand: (column <= operand).fill_null(False),
    "includes": _includes,
    "excludes": lambda column, operand: ~_includes(column, operand),
    "within": _within,
}
