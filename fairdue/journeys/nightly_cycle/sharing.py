"""Sharing a night's capacities: what is free aside, what must be done first, the rest by value, then the hours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from fairdue.engine.science.allocation import Problem, allocate, greedy
from fairdue.journeys.nightly_cycle.scarcity import Group, Line, Scarcity, Sort, spread, uses_of
from fairdue.journeys.nightly_cycle.way_columns import WayColumns

LEFT_OUT = -1


@dataclass(frozen=True, slots=True)
class Shared:
    """What capacity changed: person_id, position (-1: left out), hour and minute (null: as planned); and the night's report."""

    changes: pl.DataFrame
    report: dict[str, Any]


@dataclass(slots=True)
class _Sums:
    value: float = 0.0
    bound: float = 0.0
    usual: float = 0.0
    by: list[str] = field(default_factory=list)
    """`prices` or `largest_first`, as each group of persons shared."""


def share(columns: WayColumns, scarcity: Scarcity) -> Shared:
    """Share the capacities of a night among all ways.

    1. Whose preferred way uses nothing that is limited has it.
    2. Those whom law or a promise demands to contact, and who waited long, share before everybody else.
       Each of the two groups shares by prices, or by the largest value first where that happens to be worth more.
    3. Calls are spread over the hours of their queue; who finds no hour is left out too.
    """
    lines = scarcity.lines()
    uses = uses_of(scarcity.sorts, lines)
    capacities = np.array([line.amount for line in lines], dtype=np.float64)
    is_free = np.asarray((uses == 0).all(axis=1))
    scarce = _contested(columns.lines, is_free)
    sums, prices, used, choices = _Sums(), np.zeros(len(lines)), np.zeros(len(lines)), []
    greedy_room = capacities.copy()
    for is_first in (True, False):
        part = scarce.filter(pl.col("is_first") == is_first)
        plan, greedy_room = _tier(part, uses, capacities - used, greedy_room, sums)
        choices.append(plan.choice)
        used += plan.used
        prices = np.maximum(prices, plan.prices)
    chosen = pl.concat(choices) if choices else scarce.head(0)
    moments = _hours(chosen, scarce, scarcity)
    changes, lost = _changes(chosen, moments)
    report = _report(lines, capacities, used, prices, sums, scarce, uses) | {"no_hour_left": lost}
    return Shared(changes, report)


def _contested(lines: pl.DataFrame, is_free: np.ndarray) -> pl.DataFrame:
    """The ways of those whose preferred way uses something that is limited."""
    first = lines.filter(pl.col("position") == 0)
    bound = first.filter(~pl.Series(is_free[first["sort"].to_numpy()]))
    is_first = lines.group_by("person_id").agg(pl.col("is_first").any())
    kept = lines.join(bound.select("person_id"), on="person_id", how="semi", maintain_order="left")
    return kept.drop("is_first").join(is_first, on="person_id", how="left", maintain_order="left")


@dataclass(frozen=True, slots=True)
class _Tier:
    choice: pl.DataFrame
    used: np.ndarray
    prices: np.ndarray


def _tier(
    part: pl.DataFrame, uses: np.ndarray, room: np.ndarray, greedy_room: np.ndarray, sums: _Sums
) -> tuple[_Tier, np.ndarray]:
    persons, values, kinds = _square(part)
    room, greedy_room = np.maximum(room, 0.0), np.maximum(greedy_room, 0.0)
    plan = allocate(values, kinds, uses, room)
    usual = greedy(Problem(values, kinds, uses, greedy_room))
    has = np.flatnonzero(usual >= 0)
    worth, taken = float(values[usual[has], has].sum()), uses[kinds[usual[has], has]].sum(axis=0)
    is_better = worth > plan.value and bool((taken <= room).all())
    choice, used, value = (usual, taken, worth) if is_better else (plan.choice, plan.used, plan.value)
    sums.value += value
    sums.bound += plan.bound
    sums.usual += worth
    if len(persons):
        sums.by.append("largest_first" if is_better else "prices")
    chosen = pl.DataFrame({"person_id": persons, "position": choice.astype(np.int8)})
    return _Tier(chosen, used, plan.prices), greedy_room - taken


def _square(part: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return persons in order, and their ways as columns: (positions, persons)."""
    persons, of_line = np.unique(part["person_id"].to_numpy(), return_inverse=True)
    width = int(part["position"].max() or 0) + 1 if part.height else 1  # type: ignore[arg-type]
    values = np.full((width, len(persons)), -np.inf)
    kinds = np.zeros((width, len(persons)), dtype=np.int32)
    places = part["position"].to_numpy()
    values[places, of_line] = part["value"].to_numpy()
    kinds[places, of_line] = part["sort"].to_numpy()
    return persons, values, kinds


def _hours(chosen: pl.DataFrame, scarce: pl.DataFrame, scarcity: Scarcity) -> pl.DataFrame:
    """Return person_id, hour and minute of every call that belongs to hours; a null hour where none has room."""
    hours = scarcity.hours
    schema = {"person_id": pl.Int64, "hour": pl.Int64, "minute": pl.Int64}
    if not hours:
        return pl.DataFrame(schema=schema)
    sorts: dict[int, Sort] = {number: sort for sort, number in scarcity.sorts.items()}
    taken = scarce.join(chosen, on=["person_id", "position"], how="inner")
    taken = taken.sort("is_first", "value", "person_id", descending=[True, True, False])
    persons, begins, groups = [], [], []
    for person_id, number, begin in taken.select("person_id", "sort", "begin").rows():
        mine = _groups(sorts[number], hours)
        if mine:
            persons.append(person_id)
            begins.append(begin)
            groups.append(mine)
    placed = spread(begins, groups, hours)
    rows = [
        (person, place[0] if place else None, int(place[1] * 60) if place else None)
        for person, place in zip(persons, placed, strict=True)
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _groups(sort: Sort, hours: dict[Group, dict[int, int]]) -> tuple[Group, ...]:
    channel, queue, _hour, creditor_ids = sort
    if channel != "call":
        return ()
    mine = [(name, creditor) for name in (queue, "") for creditor in (*sorted(creditor_ids), None)]
    return tuple(group for group in mine if group in hours)


def _changes(chosen: pl.DataFrame, moments: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """What differs from the first way at its own moment, and how many calls found no hour."""
    placed = chosen.join(
        moments.with_columns(is_timed=True), on="person_id", how="left", maintain_order="left"
    )
    no_hour = pl.col("is_timed").fill_null(False) & pl.col("hour").is_null() & (pl.col("position") >= 0)
    lost = int(placed.select(no_hour.sum()).item() or 0)
    position = pl.when(no_hour).then(pl.lit(LEFT_OUT, pl.Int8)).otherwise("position")
    changed = placed.with_columns(position.alias("position")).filter(
        (pl.col("position") != 0) | pl.col("hour").is_not_null()
    )
    return changed.select("person_id", "position", "hour", "minute"), lost


def _report(
    lines: tuple[Line, ...], capacities: np.ndarray, used: np.ndarray, prices: np.ndarray, sums: _Sums,
    scarce: pl.DataFrame, uses: np.ndarray,
) -> dict[str, Any]:  # fmt: skip
    wanted = (
        np.bincount(scarce.filter(pl.col("position") == 0)["sort"].to_numpy(), minlength=len(uses)) @ uses
    )
    listed = [
        {
            "kind": line.kind, "name": line.name, "creditor_id": line.creditor_id, "from_hour": line.from_hour,
            "available": int(capacities[place]), "used": int(used[place]), "wanted": int(wanted[place]),
            "price_minor": round(float(prices[place]), 2),
        }
        for place, line in enumerate(lines)
    ]  # fmt: skip
    gap = max(sums.bound - sums.value, 0.0) / sums.bound if sums.bound > 0 else 0.0
    return {
        "capacities": listed,
        "value_minor": round(sums.value),
        "bound_minor": round(sums.bound),
        "gap_percent": round(100 * gap, 6),
        "greedy_value_minor": round(sums.usual),
        "shared_by": sums.by,
        "contested": int(scarce["person_id"].n_unique()),
    }
