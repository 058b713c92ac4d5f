"""The facts of one person as the latest night that decided for them kept them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from fairdue.contexts.decisions import facade as decisions
from fairdue.journeys.nightly_cycle.hashing import part_of_person
from fairdue.journeys.nightly_cycle.lake import Lake, NightAltered, NightNotStored


def facts_of_person(person_id: int, lake: Lake) -> tuple[date, Mapping[str, Any]] | None:
    """Return the night's date and every fact that it kept of the person, or None if none is kept."""
    decision = decisions.latest_decision(person_id)
    if decision is None:
        return None
    try:
        night = lake.night(decision.cycle_date, decision.creditor_id)
        frame = night.frame("persons", part_of_person(person_id, len(night.parts)))
    except (NightNotStored, NightAltered, FileNotFoundError):
        return None
    mine = frame.filter(pl.col("person_id") == person_id)
    return (decision.cycle_date, mine.row(0, named=True)) if mine.height else None
