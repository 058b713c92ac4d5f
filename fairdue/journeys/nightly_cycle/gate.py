"""Stage gate: the law's word on every proposed contact, and the first way that it allows."""

from __future__ import annotations

import polars as pl

from fairdue.contexts.decisions.facade import StageResult
from fairdue.contexts.law import facade as law
from fairdue.contexts.outreach import facade as outreach
from fairdue.journeys.nightly_cycle.candidates import end_of_day, propose
from fairdue.journeys.nightly_cycle.contact_facts import with_consents, with_history, with_zones
from fairdue.journeys.nightly_cycle.night import Night

NO_WAY = "cycle.way.none"
"""Reason of a person whom no channel of the row can reach: no contact point, or no approved text for it."""


def ask_gate(night: Night) -> StageResult:
    """Choose for every person the first channel that the gate allows, at the hour planned or later that day.

    In: persons whose row wants a message or a call. Out: those with an allowed way. The rejected are
    counted by the first rule that stopped their preferred way.
    """
    decided = night.read("decided")
    lines = propose(decided, night.read("points"), _live_texts(), night.cycle_date)
    chosen = _choose(_judged(night, lines), night)
    wanted = decided.filter(pl.col("step").is_in(["message", "call"])).select("person_id")
    answers = wanted.join(chosen, on="person_id", how="left").with_columns(
        pl.col("outcome").fill_null("refuse"), pl.col("reasons").fill_null(NO_WAY)
    )
    night.write("gated", answers)
    bound = night.read("bound")["jurisdiction"].unique().to_list() if night.has("bound") else []
    return _count(answers, dict(law.pack_versions(bound)))


def _live_texts() -> pl.DataFrame:
    """Which template can be said on which channel in which language: approved, and not retired."""
    live = [(card.code, card.channel, card.locale) for card in outreach.templates() if card.is_live]
    schema = {"template": pl.String, "channel": pl.String, "spoken": pl.String}
    return pl.DataFrame(live, schema=schema, orient="row").unique()


def _judged(night: Night, lines: pl.DataFrame) -> pl.DataFrame:
    """Return the proposed contacts with the gate's outcome, its rule ids and the moment to retry."""
    names = ("points", "holds", "contacts", "unanswered", "consents")
    frames = {name: night.read(name) for name in names}
    known = with_history(with_zones(lines, frames["points"]), frames)
    known = with_consents(known, frames["consents"], law.agreed_hours)
    if night.has("bound"):
        frames |= {name: night.read(name) for name in ("told", "notices", "open_holds", "debts", "bound")}
        known = law.with_special_facts(known, frames, now=night.now)
    judged = law.pregate(known.sort("line"), now=night.now)
    return judged.with_columns(pl.col("rule_ids").list.join(",").alias("reasons"))


def _choose(lines: pl.DataFrame, night: Night) -> pl.DataFrame:
    """One line a person: the preferred allowed way; failing that one that is allowed later that day; failing
    that the preferred way with its refusal."""
    is_later_today = (
        (pl.col("outcome") == "defer") & (pl.col("retry_after") < end_of_day(lines, night.cycle_date))
    ).fill_null(False)
    order = pl.when(pl.col("outcome") == "allow").then(0).when(is_later_today).then(1).otherwise(2)
    is_moved = pl.col("order") == 1
    return (
        lines.with_columns(order.alias("order"))
        .sort("person_id", "order", "preference")
        .unique("person_id", keep="first", maintain_order=True)
        .with_columns(
            pl.when(is_moved).then(pl.col("retry_after")).otherwise(pl.col("at")).alias("at"),
            pl.when(is_moved).then(pl.lit("allow")).otherwise(pl.col("outcome")).alias("outcome"),
        )
        .select(
            "person_id", "channel", "contact_point_id", "at", "outcome", "reasons", is_moved.alias("is_moved")
        )
    )


def _count(answers: pl.DataFrame, pack_versions: dict[str, object]) -> StageResult:
    stopped = answers.filter(pl.col("outcome") != "allow")
    first = pl.col("reasons").str.split(",").list.first()
    by_rule = stopped.group_by(first.alias("reason")).len().sort("reason")
    return StageResult(
        in_count=answers.height,
        out_count=answers.height - stopped.height,
        rejected=dict(by_rule.rows()),
        detail={"moved": int(answers["is_moved"].sum() or 0)},
        pack_versions=pack_versions,
    )
