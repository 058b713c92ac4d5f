"""Conditions and parameters in signs that need no language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SIGNS = {"at_least": "≥", "at_most": "≤", "below": "<", "includes": "∋", "excludes": "∌", "within": "⊆"}


def condition(tree: Any) -> str:
    """Return a condition in signs."""
    if isinstance(tree, list):
        return " ∨ ".join(f"({condition(item)})" for item in tree)
    return " ∧ ".join(_test(column, spec) for column, spec in tree.items())


def parameters(params: Mapping[str, Any]) -> str:
    """Return what a check function is given, in signs."""
    if "when" in params:
        return condition(params["when"]) or "-"
    return "; ".join(f"`{name}` = {operand(value)}" for name, value in params.items())


def _test(column: str, spec: Any) -> str:
    if isinstance(spec, dict) and set(spec) != {"parameter"}:
        ((name, value),) = spec.items()
        if name == "not":
            return f"`{column}` {'∉' if isinstance(value, list) else '≠'} {operand(value)}"
        return f"`{column}` {_SIGNS[name]} {operand(value)}"
    return f"`{column}` {'∈' if isinstance(spec, list) else '='} {operand(spec)}"


def operand(value: Any) -> str:
    """Return a value, a list of them or a named parameter."""
    if isinstance(value, dict) and "parameter" in value:
        return f"parameter `{value['parameter']}`"
    if isinstance(value, dict):
        return ", ".join(f"{name} {operand(part)}" for name, part in value.items())
    if isinstance(value, list):
        return "{" + ", ".join(map(operand, value)) + "}"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if value != "" else '`""`'
