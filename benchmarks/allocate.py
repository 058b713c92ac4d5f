"""`fairdue bench allocate`: a million persons, six actions, three capacities, against scipy's HiGHS and the usual way."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import typer

from benchmarks.common import measure, report

BASELINE = (
    "scipy.optimize.linprog(method='highs') on the first persons of the same question, its sparse matrix built before the "
    "clock starts; seconds a person of both are compared; 'greedy' ranks persons by value and gives the best action left"
)
ACTIONS = ("in-app message", "text message", "e-mail", "call", "senior call", "visit")
COSTS = (0.02, 0.05, 0.01, 4.0, 9.0, 60.0)
POWERS = (0.2, 0.3, 0.15, 1.0, 1.3, 2.0)
USES = ((0, 0, 0), (0, 0, 1), (0, 0, 0), (1, 0, 0), (2, 1, 0), (5, 1, 0))
"""Minutes of calls in fives, senior collectors' contacts, text messages."""
SHARES = (0.20, 0.03, 0.10)
"""Capacities in parts of the number of persons."""


def register(bench: typer.Typer) -> None:
    """Add `allocate` to the group `bench`."""
    bench.command("allocate")(allocate)


def allocate(
    persons: int = typer.Option(1_000_000, help="Persons who share."),
    lp_persons: int = typer.Option(50_000, help="Persons of the linear programme."),
    as_json: bool = typer.Option(False, "--json", help="Accepted for symmetry; the output is always JSON."),
) -> None:
    """Share three capacities among N persons with six actions each; time HiGHS on the first of them in the same run."""
    from fairdue.cli.session import configure, emit

    configure()
    emit(run(persons, lp_persons))


def run(persons: int, lp_persons: int) -> dict[str, Any]:
    """Solve both questions and return the report; each solution is also checked against its bound."""
    from fairdue.engine.science import allocation

    values = _values(persons)
    kinds, uses = np.arange(len(ACTIONS), dtype=np.int32), np.array(USES, dtype=np.float64)
    few = values[:, :lp_persons].copy()
    lp_seconds, lp_value = _linear_programme(few, uses)
    same = allocation.allocate(few, kinds, uses, _capacities(few.shape[1]))
    with measure() as solving:
        plan = allocation.allocate(values, kinds, uses, _capacities(persons))
    with measure() as ranking:
        usual = allocation.greedy(allocation.Problem(values, kinds, uses, _capacities(persons)))
    usual_value = float(sum(values[way][usual == way].sum() for way in range(len(ACTIONS))))
    each, lp_each = solving.seconds / persons, lp_seconds / few.shape[1]
    return report(
        name="allocate",
        seconds=solving.seconds,
        baseline_seconds=lp_each * persons,
        baseline=BASELINE,
        rows=persons,
        peak_mb=solving.peak_rss_mb,
        actions=len(ACTIONS),
        capacities=len(SHARES),
        microseconds_per_person=round(each * 1e6, 3),
        lp_persons=few.shape[1],
        lp_seconds=round(lp_seconds, 3),
        lp_microseconds_per_person=round(lp_each * 1e6, 3),
        times_as_fast_per_person=round(lp_each / each, 1),
        value=round(plan.value, 2),
        bound=round(plan.bound, 2),
        gap_percent=_percent(plan.gap),
        is_feasible=bool((plan.used <= _capacities(persons)).all()),
        prices=[round(price, 4) for price in plan.prices.tolist()],
        used=plan.used.tolist(),
        available=_capacities(persons).tolist(),
        gap_to_lp_percent=_percent(1 - same.value / lp_value),
        greedy_value=round(usual_value, 2),
        greedy_seconds=round(ranking.seconds, 3),
        greedy_loses_percent=_percent(1 - usual_value / plan.bound),
    )


def _percent(part: float) -> float:
    return round(100 * part, 7)


def _capacities(persons: int) -> np.ndarray:
    return np.floor(np.array(SHARES) * persons)


def _values(persons: int) -> np.ndarray:
    """Return what each action is worth for each person: an effect of its own on a balance, less the action's cost."""
    chance = np.random.Generator(np.random.PCG64(20261122))
    balance = np.exp(chance.normal(7.5, 1.1, persons))
    effects = chance.random((len(ACTIONS), persons)) * 0.12
    return effects * np.array(POWERS)[:, None] * balance - np.array(COSTS)[:, None]


def _linear_programme(values: np.ndarray, uses: np.ndarray) -> tuple[float, float]:
    """Return the seconds that HiGHS takes and the value that it finds."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_array, csr_array, kron, vstack

    ways, persons = values.shape
    columns = np.arange(ways * persons)
    once = coo_array((np.ones(columns.size), (columns % persons, columns)), shape=(persons, columns.size))
    shared = kron(csr_array(uses.T), np.ones((1, persons)))
    rows = vstack([once, shared], format="csr")
    limits = np.concatenate([np.ones(persons), _capacities(persons)])
    started = time.perf_counter()
    found = linprog(-values.ravel(), A_ub=rows, b_ub=limits, bounds=(0, 1), method="highs")
    seconds = time.perf_counter() - started
    if not found.success:
        raise RuntimeError(found.message)
    return seconds, -float(found.fun)
