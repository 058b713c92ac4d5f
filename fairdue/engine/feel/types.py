"""Types by name: whether a value is of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fairdue.engine.feel import ast
from fairdue.engine.feel.scope import Closure
from fairdue.engine.feel.values import FunctionValue, Span, Value, kind_of

Checker = Callable[[Value], bool]

ALIASES = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "days and time": "days and time duration",
    "years and months": "years and months duration",
    "Null": "null",
}
"""Older or shorter names of built-in types."""
SIMPLE = frozenset(
    (
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "date and time",
        "null",
        "context",
        "list",
        "range",
        "function",
    )
) | {"days and time duration", "years and months duration"}


def conforms(value: Value, kind: ast.TypeName, types: Mapping[str, Checker]) -> bool:
    """Return whether a value is an instance of a type; null is only of the type Null.

    :param types: what checks the types that are not built in, by name
    """
    name = ALIASES.get(kind.name, kind.name)
    if name in types:
        return types[name](value)
    if name == "Any":
        return value is not None
    if name == "duration":
        return kind_of(value).endswith("duration")
    if name not in SIMPLE or kind_of(value) != name:
        return False
    return _contents_conform(value, kind, types)


def _contents_conform(value: Value, kind: ast.TypeName, types: Mapping[str, Checker]) -> bool:
    if isinstance(value, list) and kind.of:
        return all(_may_be(one, kind.of[0], types) for one in value)
    if isinstance(value, dict) and kind.keys:
        pairs = zip(kind.keys, kind.of, strict=True)
        return all(key in value and _may_be(value[key], one, types) for key, one in pairs)
    if isinstance(value, Span) and kind.of:
        return all(_may_be(end, kind.of[0], types) for end in (value.low, value.high))
    if isinstance(value, FunctionValue) and kind.result is not None:
        return _function_conforms(value, kind)
    return True


def _may_be(value: Value, kind: ast.TypeName, types: Mapping[str, Checker]) -> bool:
    return value is None or kind.name == "Any" or conforms(value, kind, types)


def _function_conforms(value: FunctionValue, kind: ast.TypeName) -> bool:
    if len(value.parameters) != len(kind.of):
        return False
    types = value.types if isinstance(value, Closure) else ()
    return all(
        one is None or wanted.name in ("Any", one.name) for one, wanted in zip(types, kind.of, strict=False)
    )
