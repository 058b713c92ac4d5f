"""Deciding a stored night again, from its own facts and its own plan; needs no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from fairdue.journeys.nightly_cycle.lake import StoredNight
from fairdue.journeys.nightly_cycle.partition import decide_partition

COMPARED = ("decided", "ways")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first person for whom deciding again gives something else, and where."""

    part: int
    frame: str
    person_id: int
    column: str
    stored: str
    again: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """What deciding a stored night again came to."""

    parts: int
    persons: int
    ways: int
    difference: Difference | None


def recompute(
    night: StoredNight,
    *,
    parts: Iterable[int] | None = None,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> Recomputed:
    """This function will decide a stored night, or some partitions of it, again and compare every cell.

    1. Facts, strategies, packs and texts are those stored with the night; nothing of today counts.
    2. The first person who comes out otherwise ends the comparison.

    :raises NightAltered: if a stored file is not the one that the manifest names
    :raises NightNotStored: if the night was stored before it was decided
    """
    plan, wanted = night.plan(), list(night.parts if parts is None else parts)
    persons = ways = 0
    for done, part in enumerate(wanted):
        told(done, len(wanted))
        again = decide_partition(night.facts(part), plan)
        persons, ways = persons + again["decided"].height, ways + again["ways"].height
        for name in COMPARED:
            if found := _difference(night.frame(name, part), again[name]):
                difference = Difference(part=part, frame=name, **found)
                return Recomputed(parts=done + 1, persons=persons, ways=ways, difference=difference)
    told(len(wanted), len(wanted))
    return Recomputed(parts=len(wanted), persons=persons, ways=ways, difference=None)


def _difference(stored: pl.DataFrame, again: pl.DataFrame) -> dict[str, Any] | None:
    if stored.equals(again):
        return None
    for row, (one, two) in enumerate(
        zip(stored.iter_rows(named=True), again.iter_rows(named=True), strict=False)
    ):
        for column in stored.columns:
            if one[column] != two.get(column, "—"):
                values = {"stored": str(one[column]), "again": str(two.get(column, "—"))}
                return {"person_id": stored["person_id"][row], "column": column, **values}
    longer = stored if stored.height > again.height else again
    row = min(stored.height, again.height)
    person = longer["person_id"][row] if row < longer.height else 0
    return {
        "person_id": person,
        "column": "",
        "stored": f"{stored.height} rows",
        "again": f"{again.height} rows",
    }
