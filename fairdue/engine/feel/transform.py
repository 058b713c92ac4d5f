"""Trees made from trees: every node is offered to a function that may put another in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, TypeVar

from fairdue.engine.feel import ast

N = TypeVar("N", bound=ast.Node)


def rebuilt(node: N, change: Callable[[ast.Node], ast.Node | None]) -> N:
    """Return a tree in which each node that `change` answers for is replaced, the outermost first.

    What was put in place is not looked into again.
    """
    found = change(node)
    if found is not None:
        return found  # type: ignore[return-value]
    changed = {one.name: _rebuilt(getattr(node, one.name), change) for one in fields(node)}
    return replace(node, **changed)


def _rebuilt(value: Any, change: Callable[[ast.Node], ast.Node | None]) -> Any:
    if isinstance(value, ast.Node):
        return rebuilt(value, change)
    return tuple(_rebuilt(part, change) for part in value) if isinstance(value, tuple) else value
