"""From the question to the plan: what is never scarce is put aside, prices are found, the plan is repaired and proven."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairdue.engine.science.allocation.greedy import greedy
from fairdue.engine.science.allocation.passes import choose
from fairdue.engine.science.allocation.prices import find_prices
from fairdue.engine.science.allocation.problem import FORBIDDEN, Choice, Floats, Problem, problem
from fairdue.engine.science.allocation.repair import repair, used_by, value_of

SMALL = 1 << 14
"""Up to so many persons the usual way is tried too, and taken if whole persons happen to fit it better."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """A plan and how good it is.

    `choice` is the way of each person, -1 for none. No plan is worth more than `bound`.
    """

    choice: Choice
    prices: Floats
    used: Floats
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """What is missing to the bound at most, in parts of the bound."""
        return max(self.bound - self.value, 0.0) / self.bound if self.bound > 0 else 0.0


def allocate(values: Floats, kinds: NDArray[np.int32], uses: Floats, capacities: Floats) -> Allocation:
    """Return who gets which way, so that the sum of values is as large as the capacities allow, and the proof.

    The arrays are those of `Problem`. The same arrays give the same plan, on any machine.

    1. At most one way a person; no capacity is exceeded; nobody gets a way that is worth nothing or less.
    2. A way that uses more than there is of something is nobody's.
    3. The price of a capacity of which there is nothing is what its first unit would be worth.

    :raises AllocationRefused: if the arrays do not fit together or hold what is not a number
    """
    whole = problem(values, kinds, uses, capacities)
    asked = _possible(whole)
    scarce = np.flatnonzero(_most(asked) > asked.capacities)
    narrow = _only(asked, scarce[asked.capacities[scarce] > 0])
    prices = find_prices(narrow)
    total, wanted, _ = choose(narrow, prices)
    plan = repair(narrow, prices, wanted)
    if asked.persons <= SMALL:
        plan = max((plan, greedy(narrow)), key=lambda each: value_of(narrow, each))
    every = np.zeros(asked.capacities.shape[0])
    every[scarce[asked.capacities[scarce] > 0]] = prices
    for nothing in np.flatnonzero(asked.capacities == 0):
        every[nothing] = _first_unit(whole, every, int(nothing))
    return Allocation(
        choice=plan,
        prices=every,
        used=used_by(asked, plan),
        value=value_of(asked, plan),
        bound=total + float(prices @ narrow.capacities),
    )


def _possible(asked: Problem) -> Problem:
    """Forbid the ways that use more of something than there is."""
    is_out = np.asarray((asked.uses > asked.capacities).any(axis=1))
    if not is_out.any():
        return asked
    values = asked.values.copy()
    values[is_out[asked.kinds]] = FORBIDDEN
    return Problem(values, asked.kinds, asked.uses, asked.capacities)


def _only(asked: Problem, capacities: NDArray[np.intp]) -> Problem:
    """Return the same question under some of the capacities."""
    uses = np.ascontiguousarray(asked.uses[:, capacities])
    return Problem(asked.values, asked.kinds, uses, asked.capacities[capacities])


def _most(asked: Problem) -> Floats:
    """What everybody together could use of each capacity at most."""
    most = np.zeros(asked.capacities.shape[0])
    for capacity in range(len(most)):
        highest = np.zeros(asked.persons)
        for way in range(asked.ways):
            amount = asked.uses[asked.kinds[way], capacity]
            if np.any(amount):
                np.maximum(highest, np.where(asked.values[way] > 0, amount, 0.0), out=highest)
        most[capacity] = highest.sum()
    return most


def _first_unit(asked: Problem, prices: Floats, capacity: int) -> float:
    """What the first unit would be worth of something of which there is nothing, at the prices of the others."""
    amounts = asked.uses[:, capacity]
    of_kind = asked.uses @ prices
    best = np.zeros(asked.persons)
    for way in range(asked.ways):
        left = asked.values[way] - of_kind[asked.kinds[way]]
        np.maximum(best, np.where(amounts[asked.kinds[way]] > 0, 0.0, left), out=best)
    worth = 0.0
    for way in range(asked.ways):
        amount = np.broadcast_to(amounts[asked.kinds[way]], asked.persons)
        gain = asked.values[way] - of_kind[asked.kinds[way]] - best
        uses = amount > 0
        worth = max(worth, float((gain[uses] / amount[uses]).max(initial=0.0)))
    return worth
