"""From tree to text: what is printed, parsed again, is the same tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import singledispatch
from typing import Any, TypeVar

from fairdue.engine.feel import ast
from fairdue.engine.feel.tokens import quote

N = TypeVar("N", bound=ast.Node)
_TIGHT = 90
_STRENGTH: dict[type[ast.Node], int] = {
    ast.If: 0,
    ast.For: 0,
    ast.Quantified: 0,
    ast.Function: 0,
    ast.Or: 10,
    ast.And: 20,
    ast.Comparison: 30,
    ast.In: 30,
    ast.Between: 30,
    ast.InstanceOf: 65,
    ast.Negation: 70,
    ast.Path: 80,
    ast.Filter: 80,
    ast.Call: 80,
}
_ARITHMETIC = {"+": 40, "-": 40, "*": 50, "/": 50, "**": 60}


def to_text(node: ast.Node) -> str:
    """Return an expression or unary tests as FEEL text, with no more parentheses than needed."""
    return _write(node)


def names_in(node: ast.Node) -> frozenset[str]:
    """Return every name in a tree: of variables, functions, components and keys."""
    found: set[str] = set()
    for one in node.walk():
        name = getattr(one, "key", None) or getattr(one, "name", None)
        found.update([name] if name else [], getattr(one, "names", ()), getattr(one, "keys", ()))
    return frozenset(found)


def number_text(value: Decimal) -> str:
    """Return a number as plain digits, or with an exponent when it would be long."""
    plain = format(value, "f") if abs(value.adjusted()) < 40 else str(value)
    return plain.replace("E+", "E")


def _strength(node: ast.Node) -> int:
    if isinstance(node, ast.Arithmetic):
        return _ARITHMETIC[node.operator]
    return _STRENGTH.get(type(node), _TIGHT)


def _inner(node: ast.Node, strength: int) -> str:
    """A part of an operator: in parentheses unless it binds tighter."""
    text = _write(node)
    return text if _strength(node) > strength else f"({text})"


def _left(node: ast.Node, strength: int) -> str:
    """The left part: operators of the same strength group from the left."""
    return _inner(node, strength - 1 if not isinstance(node, ast.And | ast.Or) else strength)


def _bare(test: ast.Node) -> str:
    """A test where one is expected: a comparison needs no parentheses there."""
    if isinstance(test, ast.Test):
        return f"{test.operator} {_inner(test.operand, 30)}"
    return _write(test)


@singledispatch
def _write(node: ast.Node) -> str:
    raise TypeError(f"no FEEL text is known for {type(node).__name__}")


def _writes(kind: type[N]) -> Callable[[Callable[[N], str]], Callable[[N], str]]:
    def register(write: Callable[[N], str]) -> Callable[[N], str]:
        _write.register(kind)(write)
        return write

    return register


@_writes(ast.Number)
def _number(node: ast.Number) -> str:
    return number_text(node.value)


@_writes(ast.Text)
def _text(node: ast.Text) -> str:
    return quote(node.value)


@_writes(ast.Boolean)
def _boolean(node: ast.Boolean) -> str:
    return "true" if node.value else "false"


@_writes(ast.Null)
def _null(_node: ast.Null) -> str:
    return "null"


@_writes(ast.Temporal)
def _temporal(node: ast.Temporal) -> str:
    return "@" + quote(node.text)


@_writes(ast.Name)
def _name(node: ast.Name) -> str:
    return node.name


@_writes(ast.Negation)
def _negation(node: ast.Negation) -> str:
    return "-" + _inner(node.operand, 70)


@_writes(ast.Arithmetic)
def _arithmetic(node: ast.Arithmetic) -> str:
    strength = _ARITHMETIC[node.operator]
    return f"{_left(node.left, strength)} {node.operator} {_inner(node.right, strength)}"


@_writes(ast.Comparison)
def _comparison(node: ast.Comparison) -> str:
    return f"{_left(node.left, 30)} {node.operator} {_inner(node.right, 30)}"


@_writes(ast.And)
def _and(node: ast.And) -> str:
    return " and ".join(_inner(term, 20) for term in node.terms)


@_writes(ast.Or)
def _or(node: ast.Or) -> str:
    return " or ".join(_inner(term, 10) for term in node.terms)


@_writes(ast.Between)
def _between(node: ast.Between) -> str:
    return f"{_left(node.value, 30)} between {_inner(node.low, 30)} and {_inner(node.high, 30)}"


@_writes(ast.In)
def _in(node: ast.In) -> str:
    value = _left(node.value, 30)
    if len(node.tests) == 1:
        return f"{value} in {_inner(node.tests[0], 30)}"
    return f"{value} in ({', '.join(map(_bare, node.tests))})"


@_writes(ast.If)
def _if(node: ast.If) -> str:
    return f"if {_write(node.condition)} then {_write(node.then)} else {_write(node.otherwise)}"


@_writes(ast.Iteration)
def _iteration(node: ast.Iteration) -> str:
    end = "" if node.end is None else f"..{_write(node.end)}"
    return f"{node.name} in {_write(node.source)}{end}"


@_writes(ast.For)
def _for(node: ast.For) -> str:
    return f"for {', '.join(map(_write, node.iterations))} return {_write(node.body)}"


@_writes(ast.Quantified)
def _quantified(node: ast.Quantified) -> str:
    over = ", ".join(map(_write, node.iterations))
    return f"{node.quantifier} {over} satisfies {_write(node.condition)}"


@_writes(ast.InstanceOf)
def _instance_of(node: ast.InstanceOf) -> str:
    return f"{_left(node.value, 65)} instance of {_write(node.type)}"


@_writes(ast.Path)
def _path(node: ast.Path) -> str:
    return f"{_inner(node.source, 79)}.{node.name}"


@_writes(ast.Filter)
def _filter(node: ast.Filter) -> str:
    return f"{_inner(node.source, 79)}[{_write(node.condition)}]"


@_writes(ast.Call)
def _call(node: ast.Call) -> str:
    arguments = list(map(_write, node.arguments))
    if node.names:
        arguments = [f"{name}: {text}" for name, text in zip(node.names, arguments, strict=True)]
    return f"{_inner(node.function, 79)}({', '.join(arguments)})"


@_writes(ast.Parameter)
def _parameter(node: ast.Parameter) -> str:
    return node.name if node.type is None else f"{node.name}: {_write(node.type)}"


@_writes(ast.Function)
def _function(node: ast.Function) -> str:
    external = "external " if node.is_external else ""
    return f"function({', '.join(map(_write, node.parameters))}) {external}{_write(node.body)}"


@_writes(ast.ListOf)
def _list(node: ast.ListOf) -> str:
    return f"[{', '.join(map(_write, node.items))}]"


@_writes(ast.Entry)
def _entry(node: ast.Entry) -> str:
    return f"{key_text(node.key)}: {_write(node.value)}"


@_writes(ast.Context)
def _context(node: ast.Context) -> str:
    return "{" + ", ".join(map(_write, node.entries)) + "}"


@_writes(ast.Range)
def _range(node: ast.Range) -> str:
    low, high = (_write(end) if end is not None else "null" for end in (node.low, node.high))
    return f"{'(' if node.is_low_open else '['}{low}..{high}{')' if node.is_high_open else ']'}"


@_writes(ast.Test)
def _test(node: ast.Test) -> str:
    return f"({_bare(node)})"


@_writes(ast.TypeName)
def _type(node: ast.TypeName) -> str:
    parts: list[Any] = list(map(_write, node.of))
    if node.keys:
        parts = [f"{key}: {part}" for key, part in zip(node.keys, parts, strict=True)]
    inside = f"<{', '.join(parts)}>" if parts or node.result is not None else ""
    result = "" if node.result is None else f" -> {_write(node.result)}"
    return node.name + inside + result


@_writes(ast.UnaryTests)
def _unary_tests(node: ast.UnaryTests) -> str:
    inside = ", ".join(map(_bare, node.tests)) if node.tests else "-"
    return f"not({inside})" if node.is_negated else inside


def key_text(key: str) -> str:
    """Return the key of a context: plain if it is one word, else in quotes."""
    return key if re.fullmatch(r"[A-Za-z_][A-Za-z_0-9]*", key) else quote(key)
