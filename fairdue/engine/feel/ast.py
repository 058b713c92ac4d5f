"""The tree of a FEEL expression: one kind of node for each thing that can be written.

Every node is frozen and compares by what it says; `position` (the character in the source where it begins)
never counts, so that a tree printed and parsed again equals itself. Readers: `interpreter` here, the
compiler to columns in `fairdue.engine.strategy`, and the checks of strategies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Literal

ArithmeticOperator = Literal["+", "-", "*", "/", "**"]
ComparisonOperator = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, kw_only=True)
class Node:
    """What every node of the tree has: the character of the source where it begins."""

    position: int = field(default=0, compare=False, repr=False)

    def children(self) -> Iterator[Node]:
        """Yield the nodes directly below this one."""
        for one in fields(self):
            yield from _nodes_in(getattr(self, one.name))

    def walk(self) -> Iterator[Node]:
        """Yield this node and every node below it, parents first."""
        waiting: list[Node] = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(list(node.children())))


def _nodes_in(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes_in(part)


@dataclass(frozen=True)
class Number(Node):
    """A decimal number as written, without a sign."""

    value: Decimal


@dataclass(frozen=True)
class Text(Node):
    """A text in double quotes, its escapes resolved."""

    value: str


@dataclass(frozen=True)
class Boolean(Node):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True)
class Null(Node):
    """`null`."""


@dataclass(frozen=True)
class Temporal(Node):
    """`@"2026-11-22"`: a date, time, date and time, or duration, by its text."""

    text: str


@dataclass(frozen=True)
class Name(Node):
    """A variable or a function by its name, spaces and all; `?` is the value under test."""

    name: str


@dataclass(frozen=True)
class Negation(Node):
    """`-x`."""

    operand: Node


@dataclass(frozen=True)
class Arithmetic(Node):
    """`a + b` and the like; `**` is the power."""

    operator: ArithmeticOperator
    left: Node
    right: Node


@dataclass(frozen=True)
class Comparison(Node):
    """`a <= b` and the like."""

    operator: ComparisonOperator
    left: Node
    right: Node


@dataclass(frozen=True)
class And(Node):
    """`a and b and c`: two terms or more."""

    terms: tuple[Node, ...]


@dataclass(frozen=True)
class Or(Node):
    """`a or b or c`: two terms or more."""

    terms: tuple[Node, ...]


@dataclass(frozen=True)
class Between(Node):
    """`x between low and high`, both ends included."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True)
class In(Node):
    """`x in test` or `x in (test, test)`: whether a value passes one of the tests."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True)
class If(Node):
    """`if condition then … else …`."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True)
class Iteration(Node):
    """`name in source`, or `name in source..end`, of a `for`, `some` or `every`."""

    name: str
    source: Node
    end: Node | None = None


@dataclass(frozen=True)
class For(Node):
    """`for x in … return …`."""

    iterations: tuple[Iteration, ...]
    body: Node


@dataclass(frozen=True)
class Quantified(Node):
    """`some x in … satisfies …` or `every x in … satisfies …`."""

    quantifier: Literal["some", "every"]
    iterations: tuple[Iteration, ...]
    condition: Node


@dataclass(frozen=True)
class InstanceOf(Node):
    """`x instance of type`."""

    value: Node
    type: TypeName


@dataclass(frozen=True)
class Path(Node):
    """`source.name`."""

    source: Node
    name: str


@dataclass(frozen=True)
class Filter(Node):
    """`source[condition]`, or an element by its place from 1 (from the end if negative)."""

    source: Node
    condition: Node


@dataclass(frozen=True)
class Call(Node):
    """`function(a, b)`, or with named arguments, when `names` has one for each."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parameter(Node):
    """A parameter of a function, with its type if that is written."""

    name: str
    type: TypeName | None = None


@dataclass(frozen=True)
class Function(Node):
    """`function(a, b) body`; `is_external` says that the body names code outside FEEL."""

    parameters: tuple[Parameter, ...]
    body: Node
    is_external: bool = False


@dataclass(frozen=True)
class ListOf(Node):
    """`[a, b]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Entry(Node):
    """`key: value` of a context."""

    key: str
    value: Node


@dataclass(frozen=True)
class Context(Node):
    """`{a: 1, b: a + 1}`."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Range(Node):
    """`[1..30]`, `(0..5]`; an end that is None is open for ever."""

    low: Node | None
    high: Node | None
    is_low_open: bool
    is_high_open: bool


@dataclass(frozen=True)
class Test(Node):
    """`< 30` and the like: a comparison of the value under test with something."""

    __test__ = False  # not a test of pytest's

    operator: ComparisonOperator
    operand: Node


@dataclass(frozen=True)
class TypeName(Node):
    """A type by its name; `of` holds what is in it: list<number>, range<date>, context<a: text>.

    A function's type has its parameters' types in `of` and its result's in `result`.
    """

    name: str
    of: tuple[TypeName, ...] = ()
    keys: tuple[str, ...] = ()
    result: TypeName | None = None


@dataclass(frozen=True)
class UnaryTests(Node):
    """A cell: one test or more of which any may pass, perhaps negated as a whole; none at all is `-`.

    Each test is a `Test` (`< 30`), a `Range` (`[1..30]`) or an expression: its value, a list of values or
    a range that the tested value must be in, or, when it names `?`, a condition of its own.
    """

    tests: tuple[Node, ...] = ()
    is_negated: bool = False

    @property
    def is_any(self) -> bool:
        """Whether the cell is `-`, which everything passes."""
        return not self.tests


def mentions_value(node: Node) -> bool:
    """Return whether an expression names `?`, the value under test."""
    return any(isinstance(one, Name) and one.name == "?" for one in node.walk())
