"""One look at every person at given prices: who would take what, and what that uses. Chunks fit a processor's cache."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fairdue.engine.science.allocation.problem import NONE, Choice, Floats, Problem

CHUNK = 1 << 14


@dataclass(frozen=True, slots=True)
class Smooth:
    """The smoothed dual at some prices: its value, what is used on average, and its curvature."""

    value: float
    used: Floats
    curvature: Floats


def chunks(persons: int, size: int = CHUNK) -> Iterator[slice]:
    """Yield the persons in slices, in order."""
    for start in range(0, persons, size):
        yield slice(start, min(start + size, persons))


def choose(problem: Problem, prices: Floats) -> tuple[float, Choice, Floats]:
    """Return the dual without its constant, the best way of each person at the prices, and what these use.

    1. Nobody takes a way whose value does not exceed its price.
    2. Of two equal ways the earlier column is taken.
    """
    of_kind = problem.uses @ prices
    choice = np.full(problem.persons, NONE, dtype=np.int8)
    counts = np.zeros(problem.uses.shape[0])
    total = 0.0
    for part in chunks(problem.persons):
        best, taken = _best(problem, of_kind, part)
        choice[part] = taken
        total += float(best.sum())
        counts += kind_counts(problem, taken, part)
    return total, choice, counts @ problem.uses


def _best(problem: Problem, of_kind: Floats, part: slice) -> tuple[Floats, Choice]:
    best = np.zeros(part.stop - part.start)
    taken = np.full(part.stop - part.start, NONE, dtype=np.int8)
    for way in range(problem.ways):
        left = problem.values[way, part] - of_kind[problem.kind_of(way, part)]
        is_better = left > best
        np.copyto(best, left, where=is_better)
        taken[is_better] = way
    return best, taken


def kind_counts(problem: Problem, choice: Choice, part: slice = slice(None)) -> Floats:
    """Return how many of each kind a choice of some persons takes."""
    size = problem.uses.shape[0]
    if problem.has_one_kind_a_way:
        taken = np.bincount(choice[choice >= 0], minlength=problem.ways)
        return np.asarray(np.bincount(problem.kinds, weights=taken, minlength=size), dtype=np.float64)
    counts = np.zeros(size)
    for way in range(problem.ways):
        counts += np.bincount(problem.kinds[way, part][choice == way], minlength=size)
    return counts


def soften(problem: Problem, prices: Floats, warmth: float) -> Smooth:
    """Return the dual with every maximum replaced by a smooth one, and its first and second derivative.

    With warmth t, max(0, x, y) becomes t·log(1 + e^(x/t) + e^(y/t)): at most t·log(ways + 1) a person more. Equal
    ways are shared evenly, so that what is used has no jumps.
    """
    of_kind = problem.uses @ prices
    size = problem.capacities.shape[0]
    total, counts = 0.0, np.zeros(problem.uses.shape[0])
    mixed = np.zeros((size, size))
    for part in chunks(problem.persons):
        value, shares = _shares(problem, of_kind, part, warmth)
        total += value
        expected = np.zeros((size, part.stop - part.start))
        for way in range(problem.ways):
            kinds = problem.kind_of(way, part)
            if problem.has_one_kind_a_way:
                counts[kinds] += shares[way].sum()
                expected += problem.uses[kinds][:, None] * shares[way]
            else:
                counts += np.bincount(kinds, weights=shares[way], minlength=len(counts))
                expected += problem.uses[kinds].T * shares[way]
        mixed += expected @ expected.T
    squares = (problem.uses.T * counts) @ problem.uses
    return Smooth(total, counts @ problem.uses, (squares - mixed) / warmth)


def _shares(problem: Problem, of_kind: Floats, part: slice, warmth: float) -> tuple[float, Floats]:
    left = np.empty((problem.ways, part.stop - part.start))
    for way in range(problem.ways):
        np.subtract(problem.values[way, part], of_kind[problem.kind_of(way, part)], out=left[way])
    top = np.maximum(left.max(axis=0), 0.0)
    left -= top
    left /= warmth
    np.exp(left, out=left)
    whole = left.sum(axis=0) + np.exp(top / -warmth)
    left /= whole
    return float(top.sum() + warmth * np.log(whole).sum()), left
