"""Deciding one record in plain Python: the reading that the compiled ones must equal."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from fairdue.engine.strategy.cells import Cell, Compare, End, Interval
from fairdue.engine.strategy.model import Decision, Literal, Outcome, Row, Strategy, Table
from fairdue.engine.strategy.terms import (
    LEAST_INTEGER,
    MOST_INTEGER,
    Arithmetic,
    Comparison,
    Constant,
    Name,
    Shift,
    Term,
)

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class FactsMissing(ValueError):
    """The facts lack columns that the strategy reads, or have them with another type."""

    code = "decisions.facts.missing"


class HitPolicyBroken(ValueError):
    """Rows of a table contradict each other for a record: two fit under UNIQUE, or two disagree under ANY.

    :ivar decision_id: the table
    :ivar row_ids: two of the rows
    :ivar person_id: whose record it is, if the facts say it; nothing else of the record is told
    :ivar count: how many records are concerned
    """

    code = "decisions.strategy.conflict"

    def __init__(self, conflict: str, person_id: Any = None, count: int = 1) -> None:
        self.decision_id, _, rows = conflict.partition(": ")
        self.row_ids = tuple(rows.split(", "))
        self.person_id, self.count = person_id, count
        whose = "" if person_id is None else f" for person {person_id}"
        more = f" and {count - 1} more" if count > 1 else ""
        super().__init__(
            f"decision {self.decision_id}: rows {' and '.join(self.row_ids)} contradict{whose}{more}"
        )


@dataclass(frozen=True, slots=True)
class Step:
    """How one decision was made: what it read, the rows that made the outputs, and the outputs."""

    decision_id: str
    inputs: Mapping[str, Any]
    row_ids: tuple[str, ...]
    outputs: Mapping[str, Any]
    conflict: str = ""
    positions: tuple[int, ...] = field(default=(), repr=False)


def decide_one(record: Mapping[str, Any], strategy: Strategy, *, on_conflict: str = "raise") -> Outcome:
    """Return what a strategy says of one record, reading its tables cell by cell.

    :raises FactsMissing: if the record lacks an input
    :raises HitPolicyBroken: if rows contradict each other and `on_conflict` is not "reject"
    """
    steps = trace_one(record, strategy, on_conflict=on_conflict)
    made = {step.decision_id: step for step in steps}
    result = made.pop(strategy.result)
    fired = (*result.row_ids, *(row_id for step in made.values() for row_id in step.row_ids))
    outputs = {name: value for step in steps for name, value in step.outputs.items()}
    conflict = next((step.conflict for step in steps if step.conflict), "")
    return Outcome(outputs, result.row_ids[0] if result.row_ids else None, fired, conflict)


def trace_one(
    record: Mapping[str, Any], strategy: Strategy, *, on_conflict: str = "raise"
) -> tuple[Step, ...]:
    """Return how every decision of a strategy is made for one record, in the order of the graph.

    :raises FactsMissing: if the record lacks an input
    :raises HitPolicyBroken: if rows contradict each other and `on_conflict` is not "reject"
    """
    values = _facts(record, strategy)
    steps = []
    for decision in strategy.decisions:
        step = _step(decision, values)
        if step.conflict and on_conflict != "reject":
            raise HitPolicyBroken(step.conflict, record.get("person_id"))
        values |= step.outputs
        steps.append(step)
    return tuple(steps)


def _facts(record: Mapping[str, Any], strategy: Strategy) -> dict[str, Any]:
    for name in strategy.inputs:
        if name not in record:
            raise FactsMissing(f"the strategy {strategy.code} reads {name}, which the facts do not have")
    return {name: value_as(record[name], kind) for name, kind in strategy.inputs.items()}


def value_as(value: Any, type_name: str) -> Any:
    """Return a value as its type's own: a number that is not finite has no value."""
    if value is None:
        return None
    if type_name == "number":
        number = float(value)
        return number if math.isfinite(number) else None
    if type_name == "integer" and isinstance(value, (float, Decimal)):
        return int(value) if math.isfinite(value) and int(value) == value else None
    if type_name == "date" and isinstance(value, datetime):
        return value.date()
    return value


def _step(decision: Decision, values: Mapping[str, Any]) -> Step:
    if isinstance(decision, Literal):
        value = value_as(term_value(decision.expression, values), decision.type_name)
        return Step(decision.decision_id, _read(decision, values), (), {decision.decision_id: value})
    asked = {
        name: value_as(
            term_value(item.expression, values) if item.expression else values[name], item.type_name
        )
        for name, item in decision.inputs.items()
    }
    return hit(decision, asked, {**values, **asked})


def _read(decision: Literal, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in decision.requires}


def hit(table: Table, asked: Mapping[str, Any], values: Mapping[str, Any]) -> Step:
    """Return what one table says of the values that it asks; `values` has those that ends of cells name too."""
    order = ordered_rows(table)
    fitting = [
        position
        for position, row in enumerate(order)
        if all(matches(cell, asked[name], values) for name, cell in row.cells.items())
    ]
    conflict = _conflict(table, [order[position] for position in fitting])
    if conflict:
        return Step(table.decision_id, asked, (), dict.fromkeys(table.outputs), conflict)
    if not table.is_list and table.hit_policy != "ANY":
        fitting = fitting[:1]
    rows = [order[position] for position in fitting]
    outputs = {name: _output(table, name, rows) for name in table.outputs}
    return Step(table.decision_id, asked, tuple(row.row_id for row in rows), outputs, "", tuple(fitting))


def ordered_rows(table: Table) -> tuple[Row, ...]:
    """Return the rows in the order that counts: by priority of their outputs where the hit policy says so."""
    if table.hit_policy not in ("PRIORITY", "OUTPUT ORDER"):
        return table.rows
    ranked = {
        name: {value: rank for rank, value in enumerate(output.allowed)}
        for name, output in table.outputs.items()
        if output.allowed and output.type_name != "list"
    }
    return tuple(
        sorted(
            table.rows,
            key=lambda row: [ranks.get(row.outputs[name], len(ranks)) for name, ranks in ranked.items()],
        )
    )


def _conflict(table: Table, rows: Sequence[Row]) -> str:
    """Two rows that contradict each other, as `decision: row, row`; empty if none do."""
    if table.hit_policy == "UNIQUE" and len(rows) > 1:
        return f"{table.decision_id}: {rows[0].row_id}, {rows[-1].row_id}"
    if table.hit_policy == "ANY":
        other = next((row for row in rows if row.outputs != rows[0].outputs), None)
        return f"{table.decision_id}: {rows[0].row_id}, {other.row_id}" if other else ""
    return ""


def _output(table: Table, name: str, rows: Sequence[Row]) -> Any:
    values = [row.outputs[name] for row in rows]
    if not values:
        return nothing(table, name)
    if not table.is_list:
        return values[0]
    match table.aggregation:
        case "count":
            return len(values)
        case "sum":
            return _sum([value for value in values if value is not None])
        case "min" | "max":
            known = [value for value in values if value is not None]
            return (min if table.aggregation == "min" else max)(known) if known else None
        case _:
            return values


def nothing(table: Table, name: str) -> Any:
    """Return what an output is when no row fires: `otherwise`, else 0 of a count, an empty list, or null."""
    otherwise = table.outputs[name].otherwise
    if otherwise is not None:
        return otherwise
    if table.aggregation == "count":
        return 0
    return [] if _is_listed(table) else None


def _is_listed(table: Table) -> bool:
    return table.is_list and not table.aggregation


def _sum(values: list[Any]) -> Any:
    if not values:
        return None
    total = values[0] - values[0]
    for value in values:
        total += value
    return _whole(total) if isinstance(total, int) else _finite(total)


def matches(cell: Cell, value: Any, values: Mapping[str, Any] | None = None) -> bool:
    """Tell whether one value passes a cell; `values` has what its ends name."""
    if cell.is_any:
        return True
    return any(_passes(test, value, cell.type_name, values or {}) for test in cell.tests) != cell.is_negated


def _passes(test: Compare | Interval, value: Any, type_name: str, values: Mapping[str, Any]) -> bool:
    if isinstance(test, Compare) and test.value is None:
        return value is None
    if isinstance(test, Compare):
        return _compare(test.operator, value, type_name, test.value, values)
    low = _compare(">" if test.is_low_open else ">=", value, type_name, test.low, values)
    return low and _compare("<" if test.is_high_open else "<=", value, type_name, test.high, values)


def _compare(sign: str, value: Any, type_name: str, end: End, values: Mapping[str, Any]) -> bool:
    other: Any
    other, kind = (term_value(end, values), end.type_name) if isinstance(end, Term) else (end, type_name)
    if value is None or other is None:
        return False
    if "number" in (type_name, kind):
        return _COMPARE[sign](float(value), float(other))
    return _COMPARE[sign](value, other)


def term_value(term: Term, values: Mapping[str, Any]) -> Any:
    """Return the value of a term, or None where it has none."""
    match term:
        case Constant(value=value, type_name=kind):
            return value_as(value, kind)
        case Name(name=name):
            return values[name]
        case Shift(operand=operand, days=days):
            return _shifted(term_value(operand, values), days)
        case Comparison():
            return _compared(term, values)
        case Arithmetic():
            return _computed(term, values)


def _shifted(value: date | None, days: int) -> date | None:
    try:
        return value + timedelta(days=days) if value is not None else None
    except OverflowError:
        return None


def _compared(term: Comparison, values: Mapping[str, Any]) -> bool:
    if term.operator == "!=":
        return not _compared(Comparison("=", term.left, term.right), values)
    left, right = term_value(term.left, values), term_value(term.right, values)
    if "null" in (term.left.type_name, term.right.type_name):
        return left is None and right is None
    return _compare(term.operator, left, term.left.type_name, Constant(right, term.right.type_name), values)


def _computed(term: Arithmetic, values: Mapping[str, Any]) -> int | float | None:
    left, right = term_value(term.left, values), term_value(term.right, values)
    if left is None or right is None:
        return None
    if term.type_name == "integer":
        return _whole(_calculated(term.operator, left, right))
    return _finite(_calculated(term.operator, float(left), float(right)))


def _calculated(sign: str, left: Any, right: Any) -> Any:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return left / right if right else math.nan


def _whole(value: int) -> int | None:
    return value if LEAST_INTEGER <= value <= MOST_INTEGER else None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
