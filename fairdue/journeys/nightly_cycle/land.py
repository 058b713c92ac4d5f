"""Stage land: decisions, work items and messages enter the database by COPY, all or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

import polars as pl

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.outreach import facade as outreach
from fairdue.journeys.nightly_cycle.assigning import land_given
from fairdue.journeys.nightly_cycle.candidates import BY_HAND, CONTACTS, EXPIRES_AFTER
from fairdue.journeys.nightly_cycle.capacity import CAPACITY
from fairdue.journeys.nightly_cycle.choose import merge_pairs
from fairdue.journeys.nightly_cycle.night import Night
from fairdue.journeys.nightly_cycle.placing import PLACE
from fairdue.journeys.nightly_cycle.report import count_outcomes, sum_counts
from fairdue.journeys.nightly_cycle.ways import TAKEN
from fairdue.storage.beside import ahead

REASONS_WIDTH = 200
"""Width of the decision's column, in characters."""

BLOCK_PERSONS = 1_000_000
"""Persons that land together, while the next ones are put together."""

DECIDED = (
    "person_id", "step", "row_id", "rows_fired", "template", "purpose", "queue", "round", "kind", "bucket", "currency",
    "days_past_due", "overdue_minor", "overdue_since_date", "next_due_date", "creditor_ids", "locale", "has_unsaid",
    "facts_digest", "strategy_id", "experiment", "arm", "probability", "held_back",
)  # fmt: skip
"""Columns of `decided` that landing reads."""


def land(night: Night) -> decisions.StageResult:
    """Land the night in the caller's transaction, in the order of the persons' numbers.

    In: work items and messages to land. Out: those that are new. A message that was said before, by this
    night or another, is not said again (`cycle.land.message_said`); nor is a work item doubled.
    """
    done, counts = Counter[str](), []
    firsts = _firsts(night)
    steps = len(firsts) + 2
    for step, outcome in enumerate(ahead(_blocks(night, firsts)), start=1):
        done.update(_land_block(outcome, night))
        counts.append(count_outcomes(outcome))
        night.progress("land", step, steps)
    retired = cases.retire_work_items(cycle_date=night.cycle_date, now=night.now)
    given = land_given(night)
    night.progress("land", steps - 1, steps)
    night.write("outcome_counts", sum_counts(counts))
    _land_shadow(night)
    rejected = {
        "cycle.land.message_said": done["messages_in"] - done["messages"],
        "cycle.land.work_item_exists": done["work_items_in"] - done["work_items"],
    }
    return decisions.StageResult(
        in_count=done["work_items_in"] + done["messages_in"],
        out_count=done["work_items"] + done["messages"],
        rejected={reason: count for reason, count in rejected.items() if count},
        detail={
            "decisions": done["decisions"],
            "work_items": done["work_items"],
            "messages": done["messages"],
            "retired": retired,
            "given": given,
        },
    )


def _firsts(night: Night) -> list[int]:
    """The least person of each block."""
    persons = night.scan("decided").select("person_id").collect()["person_id"].sort()
    return persons.gather_every(BLOCK_PERSONS).to_list() or [0]


def _blocks(night: Night, firsts: list[int]) -> Iterator[pl.DataFrame]:
    """What became of the persons, block after block, each block in their order.

    Partitions are dealt by a hash: landed one after the other, each would touch every page of an index by person anew.
    In order, an index is written from its one end to the other.
    """
    decided, chosen, ranks = night.scan("decided").select(DECIDED), night.read("chosen"), night.read("ranks")
    for first, end in zip(firsts, [*firsts[1:], None], strict=True):
        mine = pl.col("person_id") >= first
        if end is not None:
            mine &= pl.col("person_id") < end
        block = decided.filter(mine).collect().sort("person_id")
        yield outcomes(block, chosen.filter(mine), ranks.filter(mine))


def _land_shadow(night: Night) -> None:
    if night.parts and night.has("shadow", night.parts[0]):
        pairs = merge_pairs(night.scan("shadow").collect())
        decisions.record_shadow(pairs, cycle_id=night.cycle.cycle_id)


def _land_block(outcome: pl.DataFrame, night: Night) -> dict[str, int]:
    items, messages = work_items(outcome), planned_messages(outcome, night.cycle_date)
    return {
        "decisions": decisions.land_decisions(
            records(outcome, night.cycle.strategy_id or 0), cycle_id=night.cycle.cycle_id
        ),
        "work_items": cases.land_work_items(items, cycle_date=night.cycle_date, now=night.now),
        "work_items_in": items.height,
        "messages": outreach.land_messages(messages, cycle_date=night.cycle_date, now=night.now),
        "messages_in": messages.height,
    }


def outcomes(decided: pl.DataFrame, chosen: pl.DataFrame, ranks: pl.DataFrame) -> pl.DataFrame:
    """Return every decided person with the chosen way, `none` where the row wants no contact, and the rank."""
    gated = chosen.rename({"at": "planned_for"})
    joined = (
        decided.rename({"step": "planned_step"})
        .join(gated, on="person_id", how="left", maintain_order="left")
        .join(ranks, on="person_id", how="left", maintain_order="left")
    )
    is_allowed = pl.col("outcome") == "allow"
    is_contact = pl.col("planned_step").is_in(CONTACTS)
    is_taken = is_allowed & pl.col("dropped").is_in(TAKEN)
    is_due = ~is_contact & (pl.col("dropped").fill_null("") != CAPACITY)
    step = pl.when(is_due).then("planned_step").when(is_contact & is_taken).then("channel")
    dropped = pl.when(pl.col("held_back") != "").then("held_back").otherwise("dropped")
    return joined.with_columns(
        step.otherwise(pl.lit("none")).alias("step"),
        pl.when(is_taken).then(pl.col("planned_for")).alias("planned_for"),
        pl.col("outcome").fill_null("none"),
        pl.col("reasons").fill_null(""),
        dropped.fill_null("").alias("dropped"),
        pl.col("channel").fill_null(""),
        pl.col("rank").fill_null(0),
    )


def records(outcome: pl.DataFrame, strategy_id: int) -> pl.DataFrame:
    """Return the decision rows; reasons beyond the column's width are cut at a whole rule id."""
    is_long = pl.col("reasons").str.len_chars() > REASONS_WIDTH
    cut = pl.col("reasons").str.slice(0, REASONS_WIDTH).str.replace(r",[^,]*$", "")
    defaults = {
        "rows_fired": pl.concat_list("row_id"),
        "strategy_id": pl.lit(strategy_id, dtype=pl.Int64),
        "experiment": pl.lit(""),
        "arm": pl.lit(""),
        "probability": pl.lit(1.0),
    }
    missing = [value.alias(name) for name, value in defaults.items() if name not in outcome.columns]
    whole = outcome.with_columns(*missing).with_columns(
        pl.when(is_long).then(cut).otherwise("reasons").alias("reasons")
    )
    fired = pl.col("rows_fired")
    if whole.schema["rows_fired"] != pl.String:
        fired = fired.list.join(",")
    return whole.with_columns(fired.alias("rows_fired")).select(decisions.DECISION_COLUMNS)


def work_items(outcome: pl.DataFrame) -> pl.DataFrame:
    """Return what people have to do: allowed calls, letters and visits; reviews and placements, which ask no gate."""
    return outcome.filter(pl.col("step").is_in([*BY_HAND, "review", PLACE])).select(
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
    is_taken = (pl.col("outcome") == "allow") & pl.col("dropped").is_in(TAKEN)
    return outcome.filter((pl.col("planned_step") == "message") & is_taken).select(
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
