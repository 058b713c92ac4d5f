"""Classes: what the walk knows of each fact, and how events move it between them.

A fact's values are divided where any cell cuts them. What counts days with small limits keeps every day, so that waits
between two contacts stay exact; a long count (days past due) moves from interval to interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairdue.engine.strategy.checks.axes import Axis

MOST_EXACT = (35, 5, -1)
"""Counters whose greatest limit is at most this keep every day; the next one is taken where states become too many."""

_A_MONTH = (27, 31)

Moves = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of one fact in order: an example and the bounds of each; a missing value is the last one."""

    name: str
    type_name: str
    examples: tuple[Any, ...]
    bounds: tuple[tuple[float, float], ...]
    may_be_missing: bool

    @property
    def count(self) -> int:
        """How many classes there are, the missing value included."""
        return len(self.examples) + self.may_be_missing

    def example(self, index: int) -> Any:
        """Return an example of a class."""
        return None if index == len(self.examples) else self.examples[index]

    def holds(self, low: float, high: float) -> list[int]:
        """Return the classes that meet an interval."""
        return [i for i, (first, last) in enumerate(self.bounds) if first <= high and last >= low]


def classes_of(axis: Axis, cuts: list[int], *, most_exact: int) -> Classes:
    """Return the classes of an axis: atoms that no cut tells apart are one, unless each day up to a limit counts."""
    if axis.type_name in ("integer", "number"):
        return _numbers(axis, cuts, most_exact)
    seen: dict[tuple[bool, ...], Any] = {}
    for atom, value in enumerate(axis.values):
        seen.setdefault(tuple(bool(cut >> atom & 1) for cut in cuts), value)
    examples = axis.values if axis.type_name == "boolean" else tuple(seen.values())
    bounds = tuple((float(i), float(i)) for i in range(len(examples)))
    return Classes(axis.name, axis.type_name, examples, bounds, axis.may_be_missing)


def _numbers(axis: Axis, cuts: list[int], most_exact: int) -> Classes:
    merged: list[tuple[float, float, Any]] = []
    before: tuple[bool, ...] | None = None
    for atom, value in enumerate(axis.values):
        low, high = (_bound(end, sign) for end, sign in zip(axis.spans[atom], (-inf, inf), strict=True))
        signature = tuple(bool(cut >> atom & 1) for cut in cuts)
        if signature == before:
            merged[-1] = (merged[-1][0], high, merged[-1][2])
        else:
            merged.append((low, high, value))
        before = signature
    limit = max((low for low, _, _ in merged[1:]), default=0)
    if limit <= most_exact:
        top = merged[-1][1]
        days = [(float(day), float(day), day) for day in range(int(max(merged[0][0], 0)), int(limit))]
        merged = [*days, (limit, top, int(limit))]
    kind = int if axis.type_name == "integer" else float
    return Classes(
        axis.name,
        axis.type_name,
        tuple(kind(example) for _, _, example in merged),
        tuple((low, high) for low, high, _ in merged),
        axis.may_be_missing,
    )


def _bound(end: Any, otherwise: float) -> float:
    return otherwise if end is None else float(end)


def moves_of(classes: Classes, effect: str, said_round: int = 0) -> Moves:
    """Return which class an effect may lead to from which; a fact without that effect stays."""
    found = np.zeros((classes.count, classes.count), dtype=np.bool_)
    for start in range(classes.count):
        found[start, _targets(classes, effect, start, said_round)] = True
    return found


def _targets(classes: Classes, effect: str, start: int, said_round: int) -> list[int]:
    everything = list(range(classes.count))
    is_missing = start == len(classes.examples)
    low, high = (0.0, 0.0) if is_missing else classes.bounds[start]
    zero = classes.holds(0, 0)
    match effect:
        case "any" | "follows days_past_due":
            return everything
        case "missing":
            return [len(classes.examples)] if classes.may_be_missing else [start]
        case "true" | "false":
            return [int(effect == "true")]
        case "true if round 0":
            return [1] if said_round == 0 else [start]
        case "false or same":
            return sorted({0, start})
        case "round of the message":
            return classes.holds(said_round, said_round) or [start]
        case "next month":
            return classes.holds(*_A_MONTH)
        case "zero":
            return zero
        case "zero or same":
            return sorted({*zero, start})
        case "at least 0" | "at least 1":
            least = float(effect[-1])
            raised = classes.holds(max(low, least), max(high, least))
            return classes.holds(least, least) if is_missing else raised
    return [start] if is_missing else _moved(classes, effect, start, low, high)


def _moved(classes: Classes, effect: str, start: int, low: float, high: float) -> list[int]:
    top = classes.bounds[-1][1]
    match effect:
        case "up":
            return classes.holds(min(low + 1, top), min(high + 1, top))
        case "up if above 0":
            above = max(low, 1)
            raised = classes.holds(min(above + 1, top), min(high + 1, top)) if high > 0 else []
            return sorted({*raised, *([start] if low <= 0 else [])})
        case "up or same":
            return sorted({start, *classes.holds(min(low + 1, top), min(high + 1, top))})
        case "down":
            rest = classes.holds(max(low - 1, 0), high - 1) if high >= 1 else []
            return sorted({*rest, *(classes.holds(*_A_MONTH) if low <= 0 else [])})
        case "lower":
            return classes.holds(-inf, high)
        case "lower above 0":
            return classes.holds(1, high)
        case "higher":
            return classes.holds(low, inf)
    return [start]
