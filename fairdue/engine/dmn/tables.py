"""Decision tables: which rows fire, and what the hit policy makes of them."""

from __future__ import annotations

from typing import Any

from fairdue.engine.dmn.model import LIST_POLICIES, DecisionTable, TableOutput, TableRule
from fairdue.engine.dmn.types import Types
from fairdue.engine.feel.functions.lists import best, total
from fairdue.engine.feel.interpreter import run, run_tests
from fairdue.engine.feel.scope import Evaluation, Scope
from fairdue.engine.feel.values import Decimal, Fault, Value, equal, string


def decide_table(table: DecisionTable, scope: Scope, evaluation: Evaluation, types: Types) -> Value:
    """Return what a table comes to.

    1. UNIQUE: the row that fires; null if several do. ANY: what all the rows that fire say; null if they differ.
    2. FIRST: the first row that fires. PRIORITY: the one whose outputs stand first among the allowed values.
    3. RULE ORDER, OUTPUT ORDER, COLLECT: a list, in the order of the rows or of the allowed values.
    4. COLLECT with SUM, MIN, MAX, COUNT: that one value.
    5. No row fires: the default outputs; without them null, an empty list of COLLECT, the count 0.

    :raises Fault: where the standard makes the table's value null
    """
    values = [_input(table, index, scope, evaluation, types) for index in range(len(table.inputs))]
    hits = [rule for rule in table.rules if _fires(rule, values, scope, evaluation)]
    if not hits:
        return _nothing(table, scope, evaluation, types)
    if table.hit_policy == "UNIQUE" and len(hits) > 1:
        raise Fault(f"the table is UNIQUE, but {len(hits)} rows fire: {_labels(table, hits)}")
    if table.hit_policy == "FIRST":
        hits = hits[:1]
    found = [_conclusion(table, rule, scope, evaluation, types) for rule in hits]
    return _by_policy(table, hits, found, scope, evaluation, types)


def _labels(table: DecisionTable, hits: list[TableRule]) -> str:
    return ", ".join(str(table.rules.index(rule) + 1) for rule in hits[:10])


def _input(table: DecisionTable, index: int, scope: Scope, evaluation: Evaluation, types: Types) -> Value:
    column = table.inputs[index]
    value = run(column.expression, scope, evaluation)
    if value is None:
        return None
    value = types.fitted(value, column.type_ref, f"the input {column.label}")
    if column.allowed is not None and run_tests(column.allowed, value, scope, evaluation) is not True:
        raise Fault(
            f"the input {column.label} is {string(value)[:60]}, which is not among its allowed values"
        )
    return value


def _fires(rule: TableRule, values: list[Value], scope: Scope, evaluation: Evaluation) -> bool:
    return all(
        run_tests(tests, value, scope, evaluation) is True
        for tests, value in zip(rule.tests, values, strict=True)
    )


def _conclusion(
    table: DecisionTable, rule: TableRule, scope: Scope, evaluation: Evaluation, types: Types
) -> list[Value]:
    """One value for each output of a row."""
    found = []
    for output, node in zip(table.outputs, rule.conclusions, strict=True):
        value = types.fitted(run(node, scope, evaluation), output.type_ref, f"the output {output.name}")
        if (
            output.allowed is not None
            and value is not None
            and not _is_allowed(output, value, scope, evaluation)
        ):
            raise Fault(f"the output {output.name or table.id} is {string(value)[:60]}, which is not allowed")
        found.append(value)
    return found


def _is_allowed(output: TableOutput, value: Value, scope: Scope, evaluation: Evaluation) -> bool:
    tests = output.allowed
    if tests is None or run_tests(tests, value, scope, evaluation) is True:
        return True
    return isinstance(value, list) and all(run_tests(tests, one, scope, evaluation) is True for one in value)


def _shaped(table: DecisionTable, values: list[Value]) -> Value:
    """One output is a plain value, several are a context."""
    if len(table.outputs) == 1:
        return values[0]
    return {output.name: value for output, value in zip(table.outputs, values, strict=True)}


def _nothing(table: DecisionTable, scope: Scope, evaluation: Evaluation, types: Types) -> Value:
    """What the table is when no row fires."""
    if any(output.default is not None for output in table.outputs):
        return _shaped(table, [_default(table, output, scope, evaluation, types) for output in table.outputs])
    if table.hit_policy == "COLLECT":
        return {None: [], "COUNT": Decimal(0)}.get(table.aggregation)
    evaluation.note("no row of the table fires, and it has no default")
    return None


def _default(
    table: DecisionTable, output: TableOutput, scope: Scope, evaluation: Evaluation, types: Types
) -> Value:
    """The default of one output; of a table that gives lists, it may be a list of values of the output's type."""
    value = None if output.default is None else run(output.default, scope, evaluation)
    if table.aggregation == "COUNT":
        return value
    what = f"the default of {output.name or table.id}"
    if table.hit_policy in LIST_POLICIES and table.aggregation is None and isinstance(value, list):
        return [types.fitted(one, output.type_ref, what) for one in value]
    return types.fitted(value, output.type_ref, what)


def _by_policy(
    table: DecisionTable,
    hits: list[TableRule],
    found: list[list[Value]],
    scope: Scope,
    evaluation: Evaluation,
    types: Types,
) -> Value:
    if table.hit_policy == "ANY":
        if any(equal(found[0], other) is not True for other in found[1:]):
            raise Fault(f"the table is ANY, but the rows {_labels(table, hits)} differ in what they say")
        return _shaped(table, found[0])
    if table.hit_policy in ("UNIQUE", "FIRST"):
        return _shaped(table, found[0])
    if table.hit_policy in ("PRIORITY", "OUTPUT ORDER"):
        found = _by_priority(table, found, scope, evaluation, types)
        if table.hit_policy == "PRIORITY":
            return _shaped(table, found[0])
    if table.hit_policy == "COLLECT" and table.aggregation is not None:
        return _aggregate(table, found)
    return [_shaped(table, one) for one in found]


def _aggregate(table: DecisionTable, found: list[list[Value]]) -> Value:
    if table.aggregation == "COUNT":
        return Decimal(len(found))
    reduce = {"SUM": total, "MIN": best(-1), "MAX": best(1)}[table.aggregation or "SUM"]
    columns = [[value for value in column if value is not None] for column in zip(*found, strict=True)]
    return _shaped(table, [reduce(column) for column in columns])


def _by_priority(
    table: DecisionTable, found: list[list[Value]], scope: Scope, evaluation: Evaluation, types: Types
) -> list[list[Value]]:
    """The conclusions in the order of the allowed values of the outputs, the first output first."""
    orders = [_order_of(output, scope, evaluation, types) for output in table.outputs]
    if not any(orders):
        raise Fault(f"the table is {table.hit_policy}, but no output says in which order its values come")

    return sorted(
        found,
        key=lambda values: [
            _place(order, value) for order, value in zip(orders, values, strict=True) if order
        ],
    )


def _order_of(output: TableOutput, scope: Scope, evaluation: Evaluation, types: Types) -> list[Any]:
    tests = output.allowed or types.allowed_of(output.type_ref)
    return [] if tests is None else [run(test, scope, evaluation) for test in tests.tests]


def _place(order: list[Any], value: Value) -> int:
    return next((place for place, one in enumerate(order) if equal(one, value) is True), len(order))
