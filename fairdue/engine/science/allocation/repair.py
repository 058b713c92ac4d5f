"""From what everyone would take at the prices to a plan that keeps every capacity, losing next to nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairdue.engine.science.allocation.passes import chunks, kind_counts
from fairdue.engine.science.allocation.problem import NONE, Choice, Floats, Problem

Places = NDArray[np.intp]

SLACK = 1e-9
"""Amounts this small, in parts of a capacity, are rounding of sums."""
FILL_ROUNDS = 12


def repair(problem: Problem, prices: Floats, choice: Choice) -> Choice:
    """Return a plan near a choice that keeps every capacity.

    1. Where too much is wanted, those go who lose least by taking their next best way, or nothing; of equal
       ones the later person goes.
    2. What is left is given where it adds most value; of equal ones the earlier person is served.
    """
    plan = choice.copy()
    _evict(problem, prices, plan)
    _fill(problem, plan)
    return plan


def used_by(problem: Problem, choice: Choice) -> Floats:
    """Return how much of each capacity a choice uses."""
    return kind_counts(problem, choice) @ problem.uses


def value_of(problem: Problem, choice: Choice) -> float:
    """Return the sum of the values of a choice."""
    total = 0.0
    for way in range(problem.ways):
        total += float(problem.values[way][choice == way].sum())
    return total


def _room(problem: Problem, choice: Choice) -> Floats:
    return problem.capacities - used_by(problem, choice)


def _margin(problem: Problem) -> Floats:
    return SLACK * np.maximum(problem.capacities, 1.0)


def _evict(problem: Problem, prices: Floats, plan: Choice) -> None:
    """Each capacity is emptied of its excess once and then closed, so that this ends."""
    closed: list[int] = []
    while True:
        room = _room(problem, plan)
        over = room < -_margin(problem)
        if not over.any():
            return
        worst = int(np.argmin(np.where(over, room / np.maximum(problem.capacities, 1.0), np.inf)))
        closed.append(worst)
        _evict_from(problem, prices, plan, worst, closed, -room[worst])


def _evict_from(
    problem: Problem, prices: Floats, plan: Choice, capacity: int, closed: list[int], excess: float
) -> None:
    users, amounts = _users(problem, plan, capacity)
    now, other, way = _next_best(problem, prices, plan, users, closed)
    loss = (now - other) / amounts
    order = _least(loss, -users, excess / float(amounts.min()))
    count = int(np.searchsorted(np.cumsum(amounts[order]), excess - SLACK)) + 1
    gone = order[:count]
    plan[users[gone]] = way[gone]


def _users(problem: Problem, plan: Choice, capacity: int) -> tuple[Places, Floats]:
    """Who uses a capacity, in order, and how much."""
    amounts = np.zeros(problem.persons)
    of_kind = problem.uses[:, capacity]
    for way in range(problem.ways):
        taken = np.flatnonzero(plan == way)
        amounts[taken] = of_kind[problem.kind_of(way, taken)]
    users = np.flatnonzero(amounts > 0)
    return users, amounts[users]


def _next_best(
    problem: Problem, prices: Floats, plan: Choice, users: Places, closed: list[int]
) -> tuple[Floats, Floats, Choice]:
    """What the users have, less its price, and the best that they could have outside of closed capacities."""
    of_kind = problem.uses @ prices
    is_shut = np.asarray((problem.uses[:, closed] > 0).any(axis=1))
    now, best = np.zeros(len(users)), np.zeros(len(users))
    taken = np.full(len(users), NONE, dtype=np.int8)
    for way in range(problem.ways):
        kinds = problem.kind_of(way, users)
        left = problem.values[way, users] - of_kind[kinds]
        has = plan[users] == way
        now[has] = left[has]
        is_better = (left > best) & ~is_shut[kinds] & ~has
        best[is_better] = left[is_better]
        taken[is_better] = way
    return now, best, taken


def _least(loss: Floats, tie: Places, count: float) -> Places:
    """The places of at least `count` smallest losses, in order; a tie is decided by the second key."""
    wanted = int(np.ceil(count)) + 1
    if wanted >= len(loss):
        return np.lexsort((tie, loss))
    limit = np.partition(loss, wanted)[wanted]
    few = np.flatnonzero(loss <= limit)
    return few[np.lexsort((tie[few], loss[few]))]


def _fill(problem: Problem, plan: Choice) -> None:
    """Give away what is left, a few rounds long: moving to a better way may free what another one wants."""
    for _ in range(FILL_ROUNDS if problem.persons else 0):
        room = _room(problem, plan) + _margin(problem)
        fits = np.asarray((problem.uses <= room).all(axis=1))
        persons, way, gain = _gains(problem, plan, fits)
        if not persons.size or not _give(problem, plan, room, persons, way, gain):
            return


def _gains(problem: Problem, plan: Choice, fits: NDArray[np.bool_]) -> tuple[Places, Choice, Floats]:
    """Who would gain by a way of a kind that still fits, and how much, in parts of the chunk's cache."""
    found: list[tuple[Places, Choice, Floats]] = []
    for part in chunks(problem.persons):
        now, best = np.zeros(part.stop - part.start), np.zeros(part.stop - part.start)
        taken = np.full(part.stop - part.start, NONE, dtype=np.int8)
        for way in range(problem.ways):
            has = plan[part] == way
            np.copyto(now, problem.values[way, part], where=has)
            is_better = (problem.values[way, part] > best) & fits[problem.kind_of(way, part)] & ~has
            np.copyto(best, problem.values[way, part], where=is_better)
            taken[is_better] = way
        gain = np.where(taken >= 0, best - now, 0.0)
        better = np.flatnonzero(gain > 0)
        found.append((better + part.start, taken[better], gain[better]))
    persons, ways, gains = (np.concatenate(each) for each in zip(*found, strict=True))
    return persons, ways, gains


def _give(problem: Problem, plan: Choice, room: Floats, persons: Places, way: Choice, gain: Floats) -> bool:
    """Serve as many as fit, the largest gain first; tell whether anybody was served."""
    order = np.lexsort((persons, -gain))
    kinds = np.asarray(
        problem.kinds[way[order]] if problem.has_one_kind_a_way else problem.kinds[way[order], persons[order]]
    )
    served = first_that_fit(problem.uses[kinds], room)
    chosen = order[:served]
    plan[persons[chosen]] = way[chosen]
    return served > 0


def first_that_fit(uses: Floats, room: Floats) -> int:
    """Return how many rows from the top fit together."""
    if not uses.shape[1]:
        return len(uses)
    over = (np.cumsum(uses, axis=0) > room).any(axis=1)
    return int(np.argmax(over)) if over.any() else len(uses)
