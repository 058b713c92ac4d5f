"""Where names are looked up: the variables around an expression, and what an evaluation keeps count of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fairdue.engine.feel import ast
from fairdue.engine.feel.values import Fault, FunctionValue, Value

MAX_STEPS = 500_000
"""Nodes that one evaluation may visit."""
MAX_LEVEL = 230
"""How deep evaluations may lie within one another: a function that calls itself ends here."""


@dataclass(slots=True)
class Evaluation:
    """What one evaluation shares: the words for every null that was an error, and its limits."""

    notes: list[str] = field(default_factory=list)
    types: Mapping[str, Any] = field(default_factory=dict)
    steps: int = 0
    level: int = 0

    def note(self, text: str) -> None:
        """Keep the words for an error, each once."""
        if text not in self.notes and len(self.notes) < 100:
            self.notes.append(text)

    def enter(self) -> None:
        """Count one more node, one level deeper.

        :raises Fault: if the limits are passed
        """
        self.steps += 1
        self.level += 1
        if self.steps > MAX_STEPS:
            raise Fault(f"more than {MAX_STEPS} steps: the evaluation was stopped")
        if self.level > MAX_LEVEL:
            raise Fault("functions call one another too deeply: the evaluation was stopped")


class Scope:
    """Names with their values, and the scope around them."""

    __slots__ = ("around", "values")

    def __init__(self, values: Mapping[str, Value], around: Scope | None = None) -> None:
        self.values = values
        self.around = around

    def find(self, name: str) -> Value:
        """Return the value of a name.

        :raises KeyError: if no scope has it
        """
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.around
        raise KeyError(name)


@dataclass(frozen=True, eq=False)
class Closure(FunctionValue):
    """A function that was defined in FEEL, with the scope it was defined in."""

    parameters: tuple[str, ...]
    types: tuple[ast.TypeName | None, ...]
    body: ast.Node
    scope: Scope
    is_external: bool = False
