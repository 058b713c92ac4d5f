"""Stage land: decisions, work items and messages enter the database by COPY, all or none."""

from __future__ import annotations

from datetime import date

import polars as pl

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.outreach import facade as outreach
from fairdue.journeys.nightly_cycle.candidates import EXPIRES_AFTER
from fairdue.journeys.nightly_cycle.night import Night

REASONS_WIDTH = 200
"""Width of the decision's column, in characters."""


def land(night: Night) -> decisions.StageResult:
    """Land the night in the caller's transaction.

    In: work items and messages to land. Out: those that are new. A message that was said before, by this
    night or another, is not said again (`cycle.land.message_said`); nor is a work item doubled.
    """
    outcome = outcomes(night)
    items, messages = work_items(outcome), planned_messages(outcome, night.cycle_date)
    steps = 4
    decisions.land_decisions(records(outcome), cycle_id=night.cycle.cycle_id)
    night.progress("land", 1, steps)
    new_items = cases.land_work_items(items, cycle_date=night.cycle_date, now=night.now)
    retired = cases.retire_work_items(cycle_date=night.cycle_date, now=night.now)
    night.progress("land", 2, steps)
    new_messages = outreach.land_messages(messages, cycle_date=night.cycle_date, now=night.now)
    night.progress("land", 3, steps)
    rejected = {
        "cycle.land.message_said": messages.height - new_messages,
        "cycle.land.work_item_exists": items.height - new_items,
    }
    return decisions.StageResult(
        in_count=items.height + messages.height,
        out_count=new_items + new_messages,
        rejected={reason: count for reason, count in rejected.items() if count},
        detail={
            "decisions": outcome.height,
            "work_items": new_items,
            "messages": new_messages,
            "retired": retired,
        },
    )


def outcomes(night: Night) -> pl.DataFrame:
    """Return every decided person with the gate's answer, `none` where the row wants no contact."""
    gated = night.read("gated").rename({"at": "planned_for"})
    decided = night.read("decided").rename({"step": "planned_step"})
    joined = decided.join(gated, on="person_id", how="left", maintain_order="left")
    is_allowed = pl.col("outcome") == "allow"
    is_contact = pl.col("planned_step").is_in(["message", "call"])
    step = pl.when(~is_contact).then(pl.col("planned_step")).when(is_allowed).then(pl.col("channel"))
    return joined.with_columns(
        step.otherwise(pl.lit("none")).alias("step"),
        pl.when(is_allowed).then(pl.col("planned_for")).alias("planned_for"),
        pl.col("outcome").fill_null("none"),
        pl.col("reasons").fill_null(""),
    )


def records(outcome: pl.DataFrame) -> pl.DataFrame:
    """Return the decision rows; reasons beyond the column's width are cut at a whole rule id."""
    is_long = pl.col("reasons").str.len_chars() > REASONS_WIDTH
    cut = pl.col("reasons").str.slice(0, REASONS_WIDTH).str.replace(r",[^,]*$", "")
    return outcome.with_columns(
        pl.col("row_id").alias("rows_fired"), pl.when(is_long).then(cut).otherwise("reasons").alias("reasons")
    ).select(decisions.DECISION_COLUMNS)


def work_items(outcome: pl.DataFrame) -> pl.DataFrame:
    """Return what people have to do: allowed calls, and reviews, which ask no gate."""
    return outcome.filter(pl.col("step").is_in(["call", "review"])).select(
        "person_id",
        "kind",
        "queue",
        "rank",
        pl.col("row_id").alias("reason"),
        "days_past_due",
        "overdue_minor",
        "currency",
        pl.col("planned_for").alias("not_before"),
        "creditor_ids",
    )


def planned_messages(outcome: pl.DataFrame, cycle_date: date) -> pl.DataFrame:
    """Return what is to be said, each with a key that says what it is: person, due date, round.

    1. A round that was planned but never said (refused, expired, failed) carries the night's date as well, so
       that it can be planned anew; one that was said is never said again, whatever the date.
    2. The text's figures are taken when it is sent, so no values are planned.
    """
    about = pl.when(pl.col("round") > 0).then(pl.col("overdue_since_date")).otherwise(pl.col("next_due_date"))
    key = pl.format("reminder:{}:{}:{}", "person_id", about.dt.to_string("%Y-%m-%d").fill_null("-"), "round")
    again = pl.format("{}:{}", key, pl.lit(cycle_date.isoformat()))
    return outcome.filter((pl.col("planned_step") == "message") & (pl.col("outcome") == "allow")).select(
        "person_id",
        pl.lit(None, dtype=pl.Int64).alias("account_id"),
        "channel",
        "contact_point_id",
        pl.col("template").alias("template_code"),
        "locale",
        "purpose",
        "round",
        pl.when("has_unsaid").then(again).otherwise(key).alias("dedupe_key"),
        pl.col("planned_for").alias("not_before"),
        (pl.col("planned_for") + EXPIRES_AFTER).alias("expires_at"),
        pl.lit("{}").alias("values"),
    )
