"""Giving the night's work to collectors: by skill, loyalty and fair load; landed with the work items."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml
from django.conf import settings

from fairdue.contexts.cases import facade as cases
from fairdue.engine.science.assignment import Collector, Given, Work, assign
from fairdue.journeys.nightly_cycle.candidates import BY_HAND
from fairdue.journeys.nightly_cycle.night import Night

GIVEN = "given"
FACTS = ("person_id", "step", "queue", "locale", "creditor_ids", "days_past_due", "overdue_minor")


def assign_collectors(night: Night, chosen: pl.DataFrame) -> dict[str, int]:
    """Keep as `given` who works which case: person_id, staff_id, team_id, reason; return counts by reason.

    1. Only queues for which some collector is trained: cases of others wait for whoever opens them, as ever.
    2. Without collectors' profiles nothing is given; who has cases and no profile keeps them.
    """
    staff = cases.collectors_on(night.cycle_date)
    queues = sorted({queue for card in staff for queue in card.queues})
    if not queues:
        return {}
    facts = cases.assignment_facts()
    kept = facts.filter(pl.col("holder_id").is_in(sorted(cases.without_profile(night.cycle_date))))
    works = _works(night, chosen, queues).join(kept.select("person_id"), on="person_id", how="anti")
    given = assign(_each(works, facts), [_collector(card, night, facts, works) for card in staff])
    night.write(GIVEN, _frame(given, {card.staff_id: card.team_id for card in staff}))
    counts: dict[str, int] = {}
    for each in given:
        counts[each.reason] = counts.get(each.reason, 0) + 1
    return dict(sorted(counts.items()))


@cache
def _hard() -> dict[str, Any]:
    path = Path(settings.PACKS_DIR) / "reference" / "assignment.yaml"
    return dict(yaml.safe_load(path.read_text(encoding="utf-8"))["hard"])


def _works(night: Night, chosen: pl.DataFrame, queues: list[str]) -> pl.DataFrame:
    """The persons with something to do tonight in these queues."""
    has = night.scan("decided").collect_schema().names()
    decided = night.scan("decided").select(name for name in FACTS if name in has)
    mine = decided.filter(
        pl.col("step").is_in([*BY_HAND, "review"]) & pl.col("queue").is_in(queues)
    ).collect()
    is_taken = (pl.col("outcome") == "allow") & pl.col("dropped").is_in(["", "cheaper_channel"])
    called = chosen.filter(is_taken).select("person_id")
    is_review = mine.filter(pl.col("step") == "review")
    contacts = mine.filter(pl.col("step") != "review").join(called, on="person_id", how="semi")
    works = pl.concat([is_review, contacts]).join(night.read("ranks"), on="person_id", how="left")
    hard = _hard()
    is_hard = (pl.col("days_past_due") >= hard["days_past_due"]) | (
        pl.col("overdue_minor") >= hard["overdue_minor"]
    )
    return works.with_columns(is_hard.fill_null(False).alias("is_hard")).sort("person_id")


def _each(works: pl.DataFrame, facts: pl.DataFrame) -> Iterable[Work]:
    joined, agencies = works.join(facts, on="person_id", how="left"), cases.agencies_by_team()
    for row in joined.iter_rows(named=True):
        yield Work(
            person_id=row["person_id"],
            queue=row["queue"],
            language=(row["locale"] or "")[:2].lower(),
            creditor_ids=frozenset(row["creditor_ids"] or ()),
            agency=agencies.get(row["team_id"] or 0, ""),
            is_hard=row["is_hard"],
            rank=row["rank"] or 0,
            holder_id=row["holder_id"],
            is_by_hand=row["because"] == "by_hand",
            promise_to_id=row["promise_to_id"],
            spoke_id=row["spoke_id"],
        )


def _collector(
    card: cases.CollectorCard, night: Night, facts: pl.DataFrame, works: pl.DataFrame
) -> Collector:
    """What a collector holds besides tonight's work counts towards the limits and the load."""
    held = facts.filter(pl.col("holder_id") == card.staff_id)
    other = held.join(works.select("person_id"), on="person_id", how="anti").height
    is_off = night.cycle_date.isoweekday() not in card.weekdays
    return Collector(
        staff_id=card.staff_id,
        queues=frozenset(card.queues),
        languages=frozenset(card.languages),
        creditor_ids=card.creditor_ids,
        max_cases=card.max_cases,
        max_hard=card.max_hard_cases,
        agency=card.agency_code,
        is_absent=card.is_absent or is_off,
        has_cases=other,
    )


def _frame(given: tuple[Given, ...], teams: dict[int, int | None]) -> pl.DataFrame:
    rows = [(each.person_id, each.staff_id, teams.get(each.staff_id or 0), each.reason) for each in given]
    schema = {"person_id": pl.Int64, "staff_id": pl.Int64, "team_id": pl.Int64, "reason": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def land_given(night: Night) -> int:
    """Give the landed cases to whom the night chose, in the caller's transaction; return how many changed hands."""
    if not night.has(GIVEN):
        return 0
    return cases.land_assignments(
        night.read(GIVEN), cycle_date=night.cycle_date, actor=night.actor, now=night.now
    )
