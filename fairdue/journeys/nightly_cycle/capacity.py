"""Stage capacity: which of the allowed ways is taken, for each person who is to be contacted.

What nobody limits is decided as ever: the first way that the law allows. Where capacity was set, the ways of all persons
share it by shadow prices (`engine/science/allocation`, ADR 0018): what law or a promise demands first, then by value.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import polars as pl

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.decisions.facade import StageResult
from fairdue.journeys.nightly_cycle.action_values import action_values
from fairdue.journeys.nightly_cycle.assigning import assign_collectors
from fairdue.journeys.nightly_cycle.candidates import CONTACTS
from fairdue.journeys.nightly_cycle.night import Night
from fairdue.journeys.nightly_cycle.placing import PLACEMENTS, Placed, place
from fairdue.journeys.nightly_cycle.planning import plan_of
from fairdue.journeys.nightly_cycle.remaining import left_of
from fairdue.journeys.nightly_cycle.scarcity import Scarcity
from fairdue.journeys.nightly_cycle.sharing import Shared, share
from fairdue.journeys.nightly_cycle.way_columns import gather
from fairdue.journeys.nightly_cycle.ways import CHEAPER, NO_WAY, TAKEN, first_ways, with_order
from fairdue.kernel.clock import HOUSE_ZONE

CAPACITY, CAP, HOLD = "capacity", "cap", "hold"


def share_out(night: Night) -> StageResult:
    """Choose one way a person from `ways`, keep it as `chosen`, and give cases to collectors.

    In: persons with a way that the law allows, and those whose placement an agency has no room for. Out: those who are
    contacted. Rejected: those left out for want of capacity, who wait.

    `chosen`: person_id, channel, contact_point_id, at, outcome, reasons, is_moved, dropped; one line for every person
    whose step is a contact, or a placement that has to wait. `dropped` says why nothing came of it (`capacity`,
    `cap`, `hold`) or that another channel was taken than the preferred one (`cheaper_channel`).
    """
    given = left_of(cases.capacity_on(night.cycle_date), night)
    scarcity = Scarcity(tuple(each for each in given if each.kind != PLACEMENTS))
    waited = cases.waiting_before(night.cycle_date)
    shared = _share(night, scarcity, waited) if scarcity.given else None
    caps = _cap_rules(night)
    parts = [_answers(night, part, shared, caps) for part in night.parts]
    placed = place(night, given)
    chosen = pl.concat([_answers_of_nobody(), *parts, _waiting_for_agencies(placed)]).sort("person_id")
    night.write("chosen", chosen)
    waiting = _remember(night, chosen, has_waited=waited.height > 0)
    detail = _told(chosen, shared, waiting) | {"assigned": assign_collectors(night, chosen)}
    detail["capacities"] = [*detail["capacities"], *placed.report]
    left_out = int((chosen["dropped"] == CAPACITY).sum())
    asked = int((chosen["outcome"] == "allow").sum()) + len(placed.left_out)
    return StageResult(
        in_count=asked,
        out_count=asked - left_out,
        rejected={"cycle.capacity.none": left_out} if left_out else {},
        detail=detail,
    )


def _share(night: Night, scarcity: Scarcity, waited: pl.DataFrame) -> Shared:
    columns = gather(night, scarcity, waited, action_values())
    night.progress("capacity", 1, 2)
    return share(columns, scarcity)


def _cap_rules(night: Night) -> list[str]:
    """The rules of all packs that count contacts."""
    packs = plan_of(night).law.packs.values()
    return sorted({check.id for pack in packs for check in pack.checks if check.uses == "count.reached"})


def _answers(night: Night, part: int, shared: Shared | None, caps: list[str]) -> pl.DataFrame:
    """The chosen way of each person of a partition, with the reason of what was dropped."""
    decided = pl.scan_parquet(night.part_dir(part) / "decided.parquet")
    wanted = decided.filter(pl.col("step").is_in(CONTACTS)).select("person_id").collect()
    ways = night.read("ways", part)
    chosen = wanted.join(first_ways(ways, night.cycle_date), on="person_id", how="left").with_columns(
        pl.col("outcome").fill_null("refuse"), pl.col("reasons").fill_null(NO_WAY)
    )
    stopped = pl.col("outcome") != "allow"
    is_capped = (
        pl.col("reasons")
        .str.split(",")
        .list.eval(pl.element().str.split("/").list.first().is_in(caps))
        .list.any()
    )
    dropped = (
        pl.when(stopped & (pl.col("outcome") == "hold")).then(pl.lit(HOLD))
        .when(stopped & is_capped).then(pl.lit(CAP))
        .otherwise(pl.lit(""))
    )  # fmt: skip
    answers = chosen.with_columns(dropped.alias("dropped"))
    return answers if shared is None else _moved(answers, ways, night, shared)


def _moved(answers: pl.DataFrame, ways: pl.DataFrame, night: Night, shared: Shared) -> pl.DataFrame:
    """Put another way, another moment or the reason in the place of the first way, where capacity decided so."""
    changes = shared.changes.join(answers.select("person_id"), on="person_id", how="semi")
    if not changes.height:
        return answers
    ordered = with_order(ways, night.cycle_date).sort("person_id", "order", "preference")
    ordered = ordered.with_columns(pl.int_range(pl.len()).over("person_id").cast(pl.Int8).alias("position"))
    taken = changes.filter(pl.col("position") >= 0).join(ordered, on=["person_id", "position"], how="left")
    taken = taken.select(
        "person_id", "channel", "contact_point_id", _moment(night).alias("at"), "outcome", "reasons", "is_moved",
        pl.when(pl.col("position") > 0).then(pl.lit(CHEAPER)).otherwise(pl.lit("")).alias("dropped"),
    )  # fmt: skip
    left_out = changes.filter(pl.col("position") < 0).select("person_id")
    dropped = answers.join(left_out, on="person_id", how="semi").with_columns(
        pl.lit(CAPACITY).alias("dropped")
    )
    same = answers.join(changes.select("person_id"), on="person_id", how="anti")
    return pl.concat([same, taken.select(answers.columns), dropped], how="vertical_relaxed")


def _moment(night: Night) -> pl.Expr:
    """The hour that a call was given, never before the moment that the law allowed."""
    midnight = datetime.combine(night.cycle_date, time.min, HOUSE_ZONE).astimezone(UTC)
    since = pl.duration(hours=pl.col("hour"), minutes=pl.col("minute"))
    return pl.max_horizontal("at", pl.lit(midnight, pl.Datetime("us", "UTC")) + since)


def _answers_of_nobody() -> pl.DataFrame:
    schema: dict[str, Any] = {
        "person_id": pl.Int64, "channel": pl.String, "contact_point_id": pl.Int64,
        "at": pl.Datetime("us", "UTC"), "outcome": pl.String, "reasons": pl.String, "is_moved": pl.Boolean,
        "dropped": pl.String,
    }  # fmt: skip
    return pl.DataFrame(schema=schema)


def _waiting_for_agencies(placed: Placed) -> pl.DataFrame:
    rows = [(person_id, "", None, None, "none", "", False, CAPACITY) for person_id in placed.left_out]
    return pl.DataFrame(rows, schema=_answers_of_nobody().schema, orient="row")


def _remember(night: Night, chosen: pl.DataFrame, *, has_waited: bool) -> int:
    """Write down who waits; a night that leaves nobody out, after none that did, writes nothing."""
    left_out = chosen.filter(pl.col("dropped") == CAPACITY)
    if not left_out.height and not has_waited:
        return 0
    contacted = chosen.filter((pl.col("outcome") == "allow") & pl.col("dropped").is_in(TAKEN))
    return cases.land_waiting(left_out, contacted, cycle_date=night.cycle_date)


def _told(chosen: pl.DataFrame, shared: Shared | None, waiting: int) -> dict[str, Any]:
    counted = chosen.filter(pl.col("dropped") != "").group_by("dropped").len().sort("dropped")
    told: dict[str, Any] = {"dropped": dict(counted.rows()), "waiting": waiting}
    return told | (shared.report if shared else {"capacities": []})
