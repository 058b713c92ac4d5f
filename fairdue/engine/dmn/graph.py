"""The graph of what requires what: circles are refused, and what is needed comes first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from fairdue.engine.dmn.errors import DmnError
from fairdue.engine.dmn.model import Decision, Knowledge, Model


def refuse_cycles(model: Model) -> None:
    """Refuse a model whose decisions require themselves, over however many others.

    Business knowledge may call itself: that is recursion, which ends or is stopped.

    :raises DmnError: naming the decisions of the circle
    """
    names = {one.id: one.name for one in model.decisions}
    edges = {one.id: set(one.requires) for one in model.decisions}
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        circle = " → ".join(names.get(one, one) for one in reversed(error.args[1]))
        raise DmnError(f"the decisions require one another in a circle: {circle}") from None


def needed(wanted: Iterable[str], elements: Mapping[str, object]) -> list[str]:
    """Return the ids that some ids need, themselves among them, what is required first."""
    edges: dict[str, set[str]] = {}
    waiting = list(wanted)
    while waiting:
        one = waiting.pop()
        if one in edges:
            continue
        found = elements.get(one)
        edges[one] = set(found.requires) if isinstance(found, Decision) else set()
        waiting.extend(edges[one])
    return list(TopologicalSorter(edges).static_order())


def knowledge_for(ids: Iterable[str], elements: Mapping[str, object]) -> list[str]:
    """Return the ids of all the knowledge that some knowledge needs, itself among it."""
    found: dict[str, None] = {}
    waiting = list(ids)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found[one] = None
            element = elements.get(one)
            waiting.extend(element.knowledge if isinstance(element, Knowledge) else ())
    return list(found)
