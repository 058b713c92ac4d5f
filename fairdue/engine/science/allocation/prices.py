"""The shadow prices: Newton's method on the smoothed dual, first for a sample of the persons, then for all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairdue.engine.science.allocation.passes import Smooth, choose, soften
from fairdue.engine.science.allocation.problem import Floats, Problem

SAMPLE = 1 << 14
"""Persons of the first look; with fewer than four times as many, everybody is looked at at once."""
WARMTHS = (0.3, 0.1, 0.03, 0.01, 0.003, 0.001)
"""Smoothing in parts of the mean value; from coarse to fine, each step begins where the one before ended."""
FINE_WARMTHS = (3e-4, 1e-4, 3e-5, 1e-5, 1e-6)
"""Further steps where they cost nothing."""
STEPS = 12
STEPS_FOR_ALL = 5
GRID_BITS = 30
"""Prices are multiples of a power of two, 2^-30 of the largest value: equal on every machine."""
ENOUGH = 1e-9
_PHI = 0.6180339887498949


def find_prices(problem: Problem) -> Floats:
    """Return prices at which about as much is wanted of each capacity as there is.

    1. Prices are not negative; what is not scarce costs nothing.
    2. The same question gives the same prices.
    """
    scale = _scale(problem)
    prices = np.zeros_like(problem.capacities)
    if scale == 0 or not problem.capacities.size:
        return prices
    if problem.persons < 4 * SAMPLE:
        for warmth in (*WARMTHS, *FINE_WARMTHS):
            prices = _descend(problem, prices, warmth * scale, STEPS)
        return _on_grid(problem, prices)
    sample = _sample(problem)
    for warmth in WARMTHS:
        prices = _descend(sample, prices, warmth * scale, STEPS)
    prices = _descend(problem, prices, WARMTHS[-1] * scale, STEPS_FOR_ALL)
    return _on_grid(problem, prices)


def dual_bound(problem: Problem, prices: Floats) -> float:
    """Return the value that no plan can exceed, as proven by any prices (weak duality)."""
    return choose(problem, prices)[0] + float(prices @ problem.capacities)


def _scale(problem: Problem) -> float:
    """The mean of the persons' best values, over those who have a good one."""
    best = problem.values.max(axis=0, initial=0.0)
    good = best[best > 0]
    return float(good.mean()) if good.size else 0.0


def _sample(problem: Problem) -> Problem:
    """Some persons, spread evenly over all by the golden ratio: no period of the order can deceive it."""
    places = (np.arange(1, SAMPLE + 1) * _PHI % 1.0 * problem.persons).astype(np.intp)
    persons: NDArray[np.intp] = np.unique(places)
    return problem.part(persons, problem.capacities * (len(persons) / problem.persons))


def _descend(problem: Problem, prices: Floats, warmth: float, steps: int) -> Floats:
    """Newton's method on the prices that are free to move, each step shortened until the dual falls."""
    here = soften(problem, prices, warmth)
    for _ in range(steps):
        slope = problem.capacities - here.used
        step = _newton(here, slope, prices)
        expected = -float(slope @ step)
        if expected <= ENOUGH * max(abs(_at(problem, prices, here)), 1e-300):
            return prices
        found = _shorten(problem, prices, step, warmth, here)
        if found is None:
            return prices
        prices, here = found
    return prices


def _at(problem: Problem, prices: Floats, here: Smooth) -> float:
    return here.value + float(prices @ problem.capacities)


def _newton(here: Smooth, slope: Floats, prices: Floats) -> Floats:
    """The step; a price of nothing stays there if there is more than is wanted."""
    step = np.zeros_like(prices)
    is_free = (prices > 0) | (slope < 0)
    if not is_free.any():
        return step
    curvature = here.curvature[np.ix_(is_free, is_free)]
    diagonal = np.diagonal(curvature)
    ridge = np.maximum(diagonal, diagonal.max(initial=0.0) * 1e-9) * 1e-7 + 1e-300
    step[is_free] = -np.linalg.solve(curvature + np.diag(ridge), slope[is_free])
    return np.asarray(np.maximum(prices + step, 0.0) - prices)


def _shorten(
    problem: Problem, prices: Floats, step: Floats, warmth: float, here: Smooth
) -> tuple[Floats, Smooth] | None:
    before = _at(problem, prices, here)
    slope = problem.capacities - here.used
    length = 1.0
    for _ in range(20):
        tried = np.maximum(prices + length * step, 0.0)
        there = soften(problem, tried, warmth)
        if _at(problem, tried, there) <= before + 1e-4 * float(slope @ (tried - prices)):
            return tried, there
        length /= 2
    return None


def _on_grid(problem: Problem, prices: Floats) -> Floats:
    highest = max(float(problem.values.max(initial=0.0)), 1e-300)
    unit = 2.0 ** (np.ceil(np.log2(highest)) - GRID_BITS)
    return np.asarray(np.round(prices / unit) * unit)
