"""Can two conditions hold at once? Asked of the exceptions of a rule, so that none is taken for another."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA

MAX_MENTIONED = 8
_OTHER = "\x00other"


def can_hold_together(first: Any, second: Any) -> bool:
    """This function will tell whether some contact satisfies both conditions.

    1. Each column is tried with the values that the conditions mention, their neighbours and one they do not mention;
    what a condition says of one column says nothing of another.
    2. Columns that only one of them reads stand in no way.
    """
    return any(
        _is_possible([*one.items(), *other.items()])
        for one in _alternatives(first)
        for other in _alternatives(second)
    )


def _alternatives(condition: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(condition, Mapping):
        yield condition
    else:
        for item in condition:
            yield from _alternatives(item)


def _is_possible(tests: Sequence[tuple[str, Any]]) -> bool:
    columns: dict[str, list[Any]] = {}
    for column, test in tests:
        columns.setdefault(column, []).append(test)
    return all(
        any(all(_holds(value, spec) for spec in specs) for value in _samples(column, specs))
        for column, specs in columns.items()
    )


def _samples(column: str, specs: Iterable[Any]) -> Iterable[Any]:
    """Return values of a column that tell its tests apart."""
    dtype = CANDIDATE_SCHEMA[column].dtype if column in CANDIDATE_SCHEMA else pl.String
    if dtype == pl.Boolean:
        return (True, False)
    mentioned = list(dict.fromkeys(value for spec in specs for value in _mentioned(spec)))
    if isinstance(dtype, pl.List) or dtype == pl.List:
        chosen = [*mentioned[:MAX_MENTIONED], _OTHER]
        return [set(part) for size in range(len(chosen) + 1) for part in itertools.combinations(chosen, size)]
    if all(isinstance(value, int) for value in mentioned):
        return sorted({near for value in mentioned for near in (value - 1, value, value + 1)})
    return [*mentioned, _OTHER]


def _mentioned(spec: Any) -> list[Any]:
    operand = next(iter(spec.values())) if isinstance(spec, Mapping) else spec
    return operand if isinstance(operand, list) else [operand]


def _holds(value: Any, spec: Any) -> bool:
    if not isinstance(spec, Mapping):
        return value in spec if isinstance(spec, list) else bool(value == spec)
    ((name, operand),) = spec.items()
    return _TESTS[name](value, operand)


def _set(operand: Any) -> set[Any]:
    return set(operand) if isinstance(operand, list) else {operand}


_TESTS: dict[str, Any] = {
    "not": lambda value, operand: value not in _set(operand),
    "at_least": lambda value, operand: value >= operand,
    "below": lambda value, operand: value < operand,
    "at_most": lambda value, operand: value <= operand,
    "includes": lambda value, operand: bool(value & _set(operand)),
    "excludes": lambda value, operand: not value & _set(operand),
    "within": lambda value, operand: value <= _set(operand),
}
