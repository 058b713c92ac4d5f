"""The usual way, to compare with: best value first, each the best action that is still to be had."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairdue.engine.science.allocation.problem import NONE, Choice, Floats, Problem
from fairdue.engine.science.allocation.repair import SLACK, first_that_fit


def greedy(problem: Problem) -> Choice:
    """Return the plan of who ranks persons by value and gives each the best action while capacity lasts.

    1. Of equal persons the earlier one is served first; a value of nothing or less is not taken.
    2. When a capacity cannot serve the next person any more, those who wait look at what is left.
    """
    plan = np.full(problem.persons, NONE, dtype=np.int8)
    room = problem.capacities + SLACK * np.maximum(problem.capacities, 1.0)
    waiting = np.arange(problem.persons)
    while waiting.size:
        is_open = np.asarray((problem.uses <= room).all(axis=1))
        best, way = _best_open(problem, waiting, is_open)
        wants = best > 0
        waiting, best, way = waiting[wants], best[wants], way[wants]
        order = np.argsort(-best, kind="stable")
        kinds = _kinds(problem, way[order], waiting[order])
        count = first_that_fit(problem.uses[kinds], room)
        done = order[:count]
        plan[waiting[done]] = way[done]
        room = room - problem.uses[kinds[:count]].sum(axis=0)
        waiting = np.sort(waiting[order[count:]])
    return plan


def _best_open(
    problem: Problem, persons: NDArray[np.intp], is_open: NDArray[np.bool_]
) -> tuple[Floats, Choice]:
    best = np.zeros(len(persons))
    taken = np.full(len(persons), NONE, dtype=np.int8)
    for way in range(problem.ways):
        value = problem.values[way, persons]
        is_better = (value > best) & is_open[problem.kind_of(way, persons)]
        best[is_better] = value[is_better]
        taken[is_better] = way
    return best, taken


def _kinds(problem: Problem, way: Choice, persons: NDArray[np.intp]) -> NDArray[np.int32]:
    return problem.kinds[way] if problem.has_one_kind_a_way else problem.kinds[way, persons]
