"""From tree to value: FEEL as the standard has it, with three-valued logic.

Where the standard sees an error (a kind that does not fit, a name that is not there, a division by zero) the
value is null, and the words for it are added to `notes` for whoever asks.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from fairdue.engine.feel import arithmetic, ast, temporal
from fairdue.engine.feel.calling import BuiltIn, arrange
from fairdue.engine.feel.functions import BUILT_INS
from fairdue.engine.feel.parts import compare, component_of, element, span
from fairdue.engine.feel.scope import MAX_STEPS, Closure, Evaluation, Scope
from fairdue.engine.feel.types import conforms
from fairdue.engine.feel.values import (
    Fault,
    Span,
    Value,
    contains,
    equal,
    kind_of,
    order,
    to_value,
)


def evaluate(node: ast.Node, context: Mapping[str, Any], notes: list[str] | None = None) -> Value:
    """Return the value of an expression.

    :param context: values by name; Python numbers, sequences and mappings are taken as FEEL's
    :param notes: receives the words for every null that was an error
    """
    evaluation = Evaluation(notes=notes if notes is not None else [])
    return run(node, Scope({name: to_value(value) for name, value in context.items()}), evaluation)


def passes(
    tests: ast.UnaryTests, value: Any, context: Mapping[str, Any], notes: list[str] | None = None
) -> bool | None:
    """Return whether a value passes a cell; null when that cannot be told."""
    evaluation = Evaluation(notes=notes if notes is not None else [])
    values = {name: to_value(found) for name, found in context.items()}
    return run_tests(tests, to_value(value), Scope(values), evaluation)


def run_tests(tests: ast.UnaryTests, value: Value, scope: Scope, evaluation: Evaluation) -> bool | None:
    """As `passes`, within an evaluation."""
    if tests.is_any:
        return True
    inner = Scope({"?": value}, scope)
    found = _any_of(_passes_test(test, value, inner, evaluation) for test in tests.tests)
    if not tests.is_negated:
        return found
    return None if found is None else not found


def run(node: ast.Node, scope: Scope, evaluation: Evaluation) -> Value:
    """Return the value of an expression in a scope; an error inside is null and noted."""
    level = evaluation.level
    try:
        evaluation.enter()
        return _READERS[type(node)](node, scope, evaluation)
    except Fault as fault:
        if evaluation.steps > MAX_STEPS and level:
            raise
        evaluation.note(str(fault))
        return None
    except (decimal.DecimalException, OverflowError):
        evaluation.note("the number is not defined or too large")
        return None
    except RecursionError:
        evaluation.note("the values lie too deeply within one another")
        return None
    finally:
        evaluation.level = level


def call(
    function: Value, arguments: list[Value], evaluation: Evaluation, names: tuple[str, ...] = ()
) -> Value:
    """Return what a function gives for arguments, by place or by name.

    :raises Fault: if it is no function, or the arguments do not fit it
    """
    if isinstance(function, BuiltIn):
        return function.body(*arrange(function, arguments, names), *([evaluation] if function.calls else []))
    if not isinstance(function, Closure):
        raise Fault(f"a {kind_of(function)} cannot be called")
    if function.is_external:
        raise Fault("unsupported: functions outside FEEL are not run")
    values = _by_parameter(function, arguments, names)
    for (name, value), kind in zip(values.items(), function.types, strict=True):
        if kind is not None and value is not None:
            values[name] = _fitted(value, kind, evaluation, name)
    return run(function.body, Scope(values, function.scope), evaluation)


def _fitted(value: Value, kind: ast.TypeName, evaluation: Evaluation, name: str) -> Value:
    """A value as an argument of a type: a list of one stands for its element, and the other way round."""
    if conforms(value, kind, evaluation.types):
        return value
    if isinstance(value, list) and len(value) == 1 and conforms(value[0], kind, evaluation.types):
        return value[0]
    if conforms([value], kind, evaluation.types):
        return [value]
    raise Fault(f"{name} must be a {kind.name}")


def _by_parameter(function: Closure, arguments: list[Value], names: tuple[str, ...]) -> dict[str, Value]:
    if names and set(names) != set(function.parameters):
        raise Fault(f"the function takes the arguments {', '.join(function.parameters)}")
    if len(arguments) != len(function.parameters):
        raise Fault(f"the function takes {len(function.parameters)} arguments, not {len(arguments)}")
    if names:
        given = dict(zip(names, arguments, strict=True))
        return {name: given[name] for name in function.parameters}
    return dict(zip(function.parameters, arguments, strict=True))


# -- one reader for each kind of node -------------------------------------------------------------


def _constant(node: Any, _scope: Scope, _evaluation: Evaluation) -> Value:
    return arithmetic.rounded(node.value) if isinstance(node, ast.Number) else node.value


def _null(_node: ast.Null, _scope: Scope, _evaluation: Evaluation) -> Value:
    return None


def _temporal(node: ast.Temporal, _scope: Scope, _evaluation: Evaluation) -> Value:
    return temporal.read_any(node.text)


def _name(node: ast.Name, scope: Scope, _evaluation: Evaluation) -> Value:
    try:
        return scope.find(node.name)
    except KeyError:
        if node.name in BUILT_INS:
            return BUILT_INS[node.name]
        raise Fault(f"the name {node.name} is not known") from None


def _negation(node: ast.Negation, scope: Scope, evaluation: Evaluation) -> Value:
    return arithmetic.negative(run(node.operand, scope, evaluation))


def _arithmetic(node: ast.Arithmetic, scope: Scope, evaluation: Evaluation) -> Value:
    left, right = run(node.left, scope, evaluation), run(node.right, scope, evaluation)
    return arithmetic.operate(node.operator, left, right)


def _comparison(node: ast.Comparison, scope: Scope, evaluation: Evaluation) -> Value:
    return compare(node.operator, run(node.left, scope, evaluation), run(node.right, scope, evaluation))


def _and(node: ast.And, scope: Scope, evaluation: Evaluation) -> Value:
    found = [run(term, scope, evaluation) for term in node.terms]
    if any(value is False for value in found):
        return False
    return True if all(value is True for value in found) else None


def _or(node: ast.Or, scope: Scope, evaluation: Evaluation) -> Value:
    return _any_of(run(term, scope, evaluation) for term in node.terms)


def _any_of(values: Iterator[Value]) -> bool | None:
    found = list(values)
    if any(value is True for value in found):
        return True
    return False if all(value is False for value in found) else None


def _between(node: ast.Between, scope: Scope, evaluation: Evaluation) -> Value:
    value, low, high = (run(part, scope, evaluation) for part in (node.value, node.low, node.high))
    first, last = compare(">=", value, low), compare("<=", value, high)
    if first is False or last is False:
        return False
    return None if first is None or last is None else True


def _in(node: ast.In, scope: Scope, evaluation: Evaluation) -> Value:
    value = run(node.value, scope, evaluation)
    inner = Scope({"?": value}, scope)
    return _any_of(_passes_test(test, value, inner, evaluation) for test in node.tests)


def _passes_test(test: ast.Node, value: Value, scope: Scope, evaluation: Evaluation) -> bool | None:
    if isinstance(test, ast.Test):
        return compare(test.operator, value, run(test.operand, scope, evaluation))
    if isinstance(test, ast.Range):
        return _within(test, value, scope, evaluation)
    found = run(test, scope, evaluation)
    if _is_condition(test):
        return found if isinstance(found, bool) else None
    if isinstance(found, list):
        if isinstance(value, list) and equal(value, found):
            return True
        return _any_of(_is_in(value, one) for one in found) if found else False
    return _is_in(value, found)


def _within(test: ast.Range, value: Value, scope: Scope, evaluation: Evaluation) -> bool | None:
    """Whether a value lies between two ends; ends the wrong way round have nothing between them."""
    signs = (">" if test.is_low_open else ">=", "<" if test.is_high_open else "<=")
    found: list[bool | None] = []
    for sign, end in zip(signs, (test.low, test.high), strict=True):
        limit = None if end is None else run(end, scope, evaluation)
        if not isinstance(end, ast.Null | None):
            found.append(compare(sign, value, limit))
    if False in found:
        return False
    return True if found and None not in found else None


def _is_condition(test: ast.Node) -> bool:
    return not isinstance(test, ast.Text | ast.Number | ast.Boolean) and ast.mentions_value(test)


def _is_in(value: Value, found: Value) -> bool | None:
    if isinstance(found, Span) and not isinstance(value, Span):
        return contains(found, value)
    return equal(value, found)


def _if(node: ast.If, scope: Scope, evaluation: Evaluation) -> Value:
    branch = node.then if run(node.condition, scope, evaluation) is True else node.otherwise
    return run(branch, scope, evaluation)


def _for(node: ast.For, scope: Scope, evaluation: Evaluation) -> Value:
    found: list[Value] = []
    for inner in _scopes(node.iterations, Scope({"partial": found}, scope), evaluation):
        found.append(run(node.body, inner, evaluation))
    return found


def _quantified(node: ast.Quantified, scope: Scope, evaluation: Evaluation) -> Value:
    found = [run(node.condition, inner, evaluation) for inner in _scopes(node.iterations, scope, evaluation)]
    decisive = node.quantifier == "some"
    if any(value is decisive for value in found):
        return decisive
    return not decisive if all(value is (not decisive) for value in found) else None


def _scopes(iterations: tuple[ast.Iteration, ...], scope: Scope, evaluation: Evaluation) -> Iterator[Scope]:
    """One scope for each combination of what the iterations go over, the last turning fastest."""
    first, *others = iterations
    for value in _domain(first, scope, evaluation):
        evaluation.steps += 1
        inner = Scope({first.name: value}, scope)
        if others:
            yield from _scopes(tuple(others), inner, evaluation)
        else:
            yield inner


def _domain(iteration: ast.Iteration, scope: Scope, evaluation: Evaluation) -> Iterator[Value]:
    source = run(iteration.source, scope, evaluation)
    if iteration.end is not None:
        return arithmetic.steps(source, run(iteration.end, scope, evaluation))
    if isinstance(source, Span):
        return arithmetic.steps_of(source)
    if isinstance(source, list):
        return iter(source)
    raise Fault(f"{iteration.name} cannot go over a {kind_of(source)}")


def _instance_of(node: ast.InstanceOf, scope: Scope, evaluation: Evaluation) -> Value:
    return conforms(run(node.value, scope, evaluation), node.type, evaluation.types)


def _path(node: ast.Path, scope: Scope, evaluation: Evaluation) -> Value:
    return component_of(run(node.source, scope, evaluation), node.name)


def _filter(node: ast.Filter, scope: Scope, evaluation: Evaluation) -> Value:
    source = run(node.source, scope, evaluation)
    items = source if isinstance(source, list) else ([] if source is None else [source])
    if not items:
        return None if isinstance(run(node.condition, scope, Evaluation()), Decimal) else []
    kept: list[Value] = []
    for index, item in enumerate(items):
        values = {"item": item} | (item if isinstance(item, dict) else {})
        found = run(node.condition, Scope(values, scope), evaluation)
        if index == 0 and isinstance(found, Decimal):
            return element(items, found)
        if found is True:
            kept.append(item)
    return kept


def _call(node: ast.Call, scope: Scope, evaluation: Evaluation) -> Value:
    function = run(node.function, scope, evaluation)
    if function is None:
        raise Fault("what is called is no function")
    arguments = [run(argument, scope, evaluation) for argument in node.arguments]
    return call(function, arguments, evaluation, node.names)


def _function(node: ast.Function, scope: Scope, _evaluation: Evaluation) -> Value:
    names = tuple(parameter.name for parameter in node.parameters)
    types = tuple(parameter.type for parameter in node.parameters)
    return Closure(names, types, node.body, scope, node.is_external)


def _list(node: ast.ListOf, scope: Scope, evaluation: Evaluation) -> Value:
    return [run(item, scope, evaluation) for item in node.items]


def _context(node: ast.Context, scope: Scope, evaluation: Evaluation) -> Value:
    found: dict[str, Value] = {}
    inner = Scope(found, scope)
    for entry in node.entries:
        if entry.key in found:
            raise Fault(f"the key {entry.key} stands twice in one context")
        found[entry.key] = run(entry.value, inner, evaluation)
    return found


def _range(node: ast.Range, scope: Scope, evaluation: Evaluation) -> Value:
    low, high = (None if end is None else run(end, scope, evaluation) for end in (node.low, node.high))
    return span(low, high, node.is_low_open, node.is_high_open)


def _test(node: ast.Test, scope: Scope, evaluation: Evaluation) -> Value:
    """`(< 5)` where a value is expected: the range of what is below 5."""
    end = run(node.operand, scope, evaluation)
    if node.operator == "=":
        return Span(end, end, False, False)
    if node.operator == "!=":
        raise Fault("!= alone is no range")
    if order(end, end) is None:
        raise Fault(f"there is no range up to a {kind_of(end)}")
    is_open = len(node.operator) == 1
    return Span(None, end, True, is_open) if node.operator[0] == "<" else Span(end, None, is_open, True)


_Reader = Callable[[Any, Scope, Evaluation], Value]
_READERS: dict[type[ast.Node], _Reader] = {
    ast.Number: _constant,
    ast.Text: _constant,
    ast.Boolean: _constant,
    ast.Null: _null,
    ast.Temporal: _temporal,
    ast.Name: _name,
    ast.Negation: _negation,
    ast.Arithmetic: _arithmetic,
    ast.Comparison: _comparison,
    ast.And: _and,
    ast.Or: _or,
    ast.Between: _between,
    ast.In: _in,
    ast.If: _if,
    ast.For: _for,
    ast.Quantified: _quantified,
    ast.InstanceOf: _instance_of,
    ast.Path: _path,
    ast.Filter: _filter,
    ast.Call: _call,
    ast.Function: _function,
    ast.ListOf: _list,
    ast.Context: _context,
    ast.Range: _range,
    ast.Test: _test,
}


def read_as(kind: type[ast.Node], reader: _Reader) -> None:
    """Make a kind of node known that FEEL itself does not have, as a decision table."""
    _READERS[kind] = reader
