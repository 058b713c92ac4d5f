"""Which facts matter to the course of an account: those on which stage, step and round depend, through the graph."""

from __future__ import annotations

from typing import Any

from fairdue.engine.strategy.checks.regions import Branch, Leaf
from fairdue.engine.strategy.checks.space import Space
from fairdue.engine.strategy.model import Table


def facts_needed(space: Space) -> set[str]:
    """Return the facts on which the result's stage, step and round depend, through the graph."""
    result = space.strategy.decision(space.strategy.result)
    if not isinstance(result, Table):
        return set()
    labels = [(row.stage, row.outputs.get("step"), row.outputs.get("round")) for row in space.ordered(result)]
    names = _asked(space.root(result), labels)
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in space.opaque:
            found |= set(space.opaque[name])
        elif name in space.strategy.inputs:
            found.add(name)
        else:
            table = next(each for each in space.strategy.tables if name in each.outputs)
            values = [row.outputs.get(name) for row in space.ordered(table)]
            waiting.extend(_asked(space.root(table), values) - {name})
    return found


def _asked(root: Branch | Leaf, labels: list[Any]) -> set[str]:
    """The axes that a diagram still asks once rows with the same label are one."""
    names: set[str] = set()
    numbers: dict[Any, int] = {}
    memo: dict[int, int] = {}

    def number_of(node: Branch | Leaf) -> int:
        if isinstance(node, Leaf):
            key = (
                ("leaf", "*")
                if node.is_impossible
                else ("leaf", tuple(repr(labels[n]) for n in node.rows[:1]))
            )
            return numbers.setdefault(key, len(numbers))
        if id(node) not in memo:
            ways: dict[int, int] = {}
            for mask, following in node.ways:
                number = number_of(following)
                ways[number] = ways.get(number, 0) | mask
            ways.pop(numbers.get(("leaf", "*"), -1), None)
            if len(ways) == 1:
                memo[id(node)] = next(iter(ways))
            elif not ways:
                memo[id(node)] = numbers.setdefault(("leaf", "*"), len(numbers))
            else:
                names.add(node.axis)
                memo[id(node)] = numbers.setdefault((node.axis, tuple(sorted(ways.items()))), len(numbers))
        return memo[id(node)]

    number_of(root)
    return names
