"""A DMN model: types, input data, decisions, business knowledge and services, and their logic.

The logic is one FEEL tree: what DMN draws as boxes becomes nodes of FEEL, and the nodes here are added for
what FEEL has no words for: a typed value, a context with a result, a decision table, logic that cannot be read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from fairdue.engine.feel import ast

HitPolicy = Literal["UNIQUE", "ANY", "FIRST", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT"]
Aggregation = Literal["SUM", "MIN", "MAX", "COUNT"]
HIT_POLICIES = ("UNIQUE", "ANY", "FIRST", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT")
LIST_POLICIES = ("RULE ORDER", "OUTPUT ORDER", "COLLECT")
AGGREGATIONS = ("SUM", "MIN", "MAX", "COUNT")


@dataclass(frozen=True)
class Typed(ast.Node):
    """A value that must be of a type; it is null otherwise."""

    value: ast.Node
    type_ref: str


@dataclass(frozen=True)
class Broken(ast.Node):
    """Logic that cannot be read: its value is null, and the message says why."""

    message: str


@dataclass(frozen=True)
class ResultContext(ast.Node):
    """A boxed context whose last entry has no name: its value is the value of that one."""

    entries: tuple[ast.Entry, ...]
    result: ast.Node


@dataclass(frozen=True)
class TableInput(ast.Node):
    """A column of conditions: what is tested, and which values it may have."""

    expression: ast.Node
    allowed: ast.UnaryTests | None = None
    label: str = ""
    type_ref: str = ""
    id: str = ""


@dataclass(frozen=True)
class TableOutput(ast.Node):
    """A column of conclusions; the order of `allowed` is the order of priority."""

    name: str
    allowed: ast.UnaryTests | None = None
    default: ast.Node | None = None
    type_ref: str = ""
    id: str = ""


@dataclass(frozen=True)
class TableRule(ast.Node):
    """A row: one cell for each input, one conclusion for each output."""

    tests: tuple[ast.UnaryTests, ...]
    conclusions: tuple[ast.Node, ...]
    id: str = ""
    description: str = ""


@dataclass(frozen=True)
class DecisionTable(ast.Node):
    """A decision table with its hit policy."""

    hit_policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[TableInput, ...]
    outputs: tuple[TableOutput, ...]
    rules: tuple[TableRule, ...]
    id: str = ""


@dataclass(frozen=True)
class ItemDefinition:
    """A type: another type, restricted to values, repeated as a list, or made of components."""

    name: str
    type_ref: str = ""
    is_collection: bool = False
    allowed: ast.UnaryTests | None = None
    constraint: ast.UnaryTests | None = None
    components: tuple[ItemDefinition, ...] = ()
    is_function: bool = False


@dataclass(frozen=True)
class InputData:
    """A value that is given from outside."""

    id: str
    name: str
    type_ref: str = ""


@dataclass(frozen=True)
class Decision:
    """A question, what it needs, and the logic that answers it."""

    id: str
    name: str
    type_ref: str
    logic: ast.Node | None
    requires: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()


@dataclass(frozen=True)
class Knowledge:
    """A business knowledge model: a function, and the knowledge that it needs."""

    id: str
    name: str
    type_ref: str
    function: ast.Function
    knowledge: tuple[str, ...] = ()


@dataclass(frozen=True)
class Service:
    """A decision service: decisions that are asked as if they were one function."""

    id: str
    name: str
    type_ref: str
    outputs: tuple[str, ...]
    encapsulated: tuple[str, ...] = ()
    input_decisions: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()


Element = InputData | Decision | Knowledge | Service


@dataclass(frozen=True)
class Model:
    """A DMN model as read; `faults` names every piece of logic that could not be read."""

    name: str
    namespace: str
    items: tuple[ItemDefinition, ...] = ()
    inputs: tuple[InputData, ...] = ()
    decisions: tuple[Decision, ...] = ()
    knowledge: tuple[Knowledge, ...] = ()
    services: tuple[Service, ...] = ()
    faults: tuple[str, ...] = field(default=(), compare=False)

    def elements(self) -> tuple[Element, ...]:
        """Return everything that can be required."""
        return (*self.inputs, *self.decisions, *self.knowledge, *self.services)

    def by_id(self) -> dict[str, Element]:
        """Return everything that can be required, by its id."""
        return {one.id: one for one in self.elements()}

    def decision(self, name: str) -> Decision:
        """Return a decision by its name or id.

        :raises KeyError: if there is none
        """
        for one in self.decisions:
            if name in (one.name, one.id):
                return one
        raise KeyError(name)
