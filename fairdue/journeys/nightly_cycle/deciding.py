"""Stages decide and gate: every partition is decided and judged, then ranks are given over all persons."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import polars as pl

from fairdue.contexts.decisions.facade import StageResult
from fairdue.journeys.nightly_cycle.candidates import CONTACTS
from fairdue.journeys.nightly_cycle.choose import CONTRADICTION, NO_ROW
from fairdue.journeys.nightly_cycle.engines import DONE, LOCAL, Told, decide_parts
from fairdue.journeys.nightly_cycle.lake import MADE, PLAN, part_name
from fairdue.journeys.nightly_cycle.night import Night
from fairdue.journeys.nightly_cycle.plan import NightPlan
from fairdue.journeys.nightly_cycle.planning import plan_of
from fairdue.journeys.nightly_cycle.store import DiskStore
from fairdue.journeys.nightly_cycle.ways import NO_WAY, first_ways

RANK_STEPS = 1_000_000


def decide_all(night: Night) -> StageResult:
    """Decide every partition that is not decided yet, then rank all persons.

    In: persons with an account. Out: persons with an open account that the ledger knows.
    """
    plan_of(night)
    left = [part for part in night.parts if not night.has(DONE, part)]
    done_before = len(night.parts) - len(left)
    _decide(night, left, lambda done: night.progress("decide", done_before + done, len(night.parts) + 1))
    night.write("ranks", ranks(night.scan("decided")))
    return _count(night)


def _decide(night: Night, parts: list[int], told: Told) -> None:
    """Decide here, or where the lake is: executors reach no folder of this machine unless the lake is one."""
    place, folder = str(night.facts_dir.parent), night.folder
    if night.engine == LOCAL or not night.lake_place:
        decide_parts(night.engine, place, folder, parts, told)
        return
    lake = night.lake.store
    lake.put(f"{folder}/{PLAN}", (night.facts_dir / PLAN).read_bytes())
    decide_parts(night.engine, night.lake_place, folder, parts, told)
    here = DiskStore(night.facts_dir.parent)
    for part in parts:
        names = lake.names(f"{folder}/{part_name(part)}/")
        made = [name for name in names if name.rpartition("/")[2].removesuffix(".parquet") in MADE]
        for name in sorted(made, key=lambda name: name.endswith(f"/{DONE}.parquet")):
            here.put(name, lake.get(name))


def ranks(decided: pl.LazyFrame) -> pl.DataFrame:
    """Return the rank of everybody whose row ranks: the row's first, then the larger overdue amount; below 2^31."""
    ranked = decided.filter(pl.col("rank") > 0).select("person_id", "rank", "overdue_minor").collect()
    ordered = ranked.sort("rank", "overdue_minor", "person_id", descending=[False, True, False])
    order = pl.int_range(pl.len()).over("rank") + 1
    within = pl.min_horizontal(order, pl.lit(RANK_STEPS - 1))
    return ordered.select("person_id", (pl.col("rank") * RANK_STEPS + within).cast(pl.Int64).alias("rank"))


UNDECIDED = {"cycle.decide.conflict": CONTRADICTION, "cycle.decide.no_row": NO_ROW}
"""Why a strategy gave a person no step; their decision is kept with the reason."""


def _count(night: Night) -> StageResult:
    everyone, open_people, persons = night.scan("counts").sum().collect().row(0)
    rejected = {
        "cycle.facts.all_accounts_closed": everyone - open_people,
        "cycle.facts.not_in_ledger": open_people - persons,
    }
    held = night.scan("decided").group_by("held_back").len().collect()
    counts: dict[str, int] = dict(held.rows())
    undecided = {reason: counts.get(held_back, 0) for reason, held_back in UNDECIDED.items()}
    return StageResult(
        in_count=everyone,
        out_count=persons - sum(undecided.values()),
        rejected={reason: count for reason, count in (rejected | undecided).items() if count},
        detail=_warnings(night),
    )


def _warnings(night: Night) -> dict[str, list[str]]:
    certain = night.scan("persons").select("is_calendar_certain").head(1).collect()
    is_uncertain = certain.height > 0 and not certain["is_calendar_certain"][0]
    return {"warnings": ["cycle.calendar.uncertain"]} if is_uncertain else {}


def tell_gate(night: Night) -> StageResult:
    """Tell what the law said of the preferred ways.

    In: persons whose row wants a message or a call. Out: those with an allowed way. The rejected are counted by the
    first rule that stopped their preferred way.
    """
    plan = plan_of(night)
    stopped, asked, moved, bound = _each(night.parts, lambda part: _told(night, plan, part))
    by_rule = pl.concat(stopped).group_by("reason").agg(pl.col("len").sum()).sort("reason")
    rejected: dict[str, int] = dict(by_rule.rows())
    return StageResult(
        in_count=sum(asked),
        out_count=sum(asked) - sum(rejected.values()),
        rejected=rejected,
        detail={"moved": sum(moved)},
        pack_versions=plan.law.identities(sorted(set().union(*bound))),
    )


def _told(night: Night, plan: NightPlan, part: int) -> tuple[pl.DataFrame, int, int, set[str]]:
    decided = pl.scan_parquet(night.part_dir(part) / "decided.parquet")
    wanted = decided.filter(pl.col("step").is_in(CONTACTS)).select("person_id").collect()
    ways = night.read("ways", part)
    answers = wanted.join(first_ways(ways, plan.cycle_date), on="person_id", how="left").with_columns(
        pl.col("outcome").fill_null("refuse"), pl.col("reasons").fill_null(NO_WAY)
    )
    first = pl.col("reasons").str.split(",").list.first().alias("reason")
    stopped = answers.filter(pl.col("outcome") != "allow").group_by(first).len()
    return stopped, answers.height, int(answers["is_moved"].sum() or 0), set(ways["jurisdiction"].unique())


def _each(parts: Iterable[int], work: Callable[[int], tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*(work(part) for part in parts), strict=True)]
