"""How long a night will take, by what the nights before took for each row."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from fairdue.contexts.decisions import facade as decisions
from fairdue.storage.bulk import estimated_rows

NIGHTS = 5
"""Finished nights before that an estimate rests on, at most."""


def usual_seconds(cycle_date: date) -> dict[str, float]:
    """Return the seconds that each stage is likely to take tonight; empty if no night before is finished.

    Seconds a person of each of the last five nights, their mean, times the persons that are known now.
    """
    before = [night for night in decisions.cycles(NIGHTS + 1) if night.cycle_date < cycle_date]
    each: dict[str, list[float]] = defaultdict(list)
    persons = 0
    for night in before[:NIGHTS]:
        if night.status != "finished":
            continue
        stages = decisions.finished_stages(night.cycle_id)
        decided = max(stages["decide"].out_count, 1) if "decide" in stages else 1
        persons = max(persons, decided)
        for stage in stages.values():
            if stage.started_at and stage.finished_at:
                each[stage.name].append((stage.finished_at - stage.started_at).total_seconds() / decided)
    known = estimated_rows("parties_person") or persons
    return {name: known * sum(values) / len(values) for name, values in each.items()}
