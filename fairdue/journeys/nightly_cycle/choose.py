"""What is decided for every person of a partition: pure, from facts and the strategies of a night.

1. A person in an experiment is decided by their arm's strategy, everybody else by the live one.
2. In the holdout the live strategy decides, and only what is legally due is done (`is_duty`).
3. A version in the shadow decides for everybody whom the live one decides; only the differences leave here.
4. A person whose facts contradict a table's hit policy gets no step and the reason `conflict`; the night goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from fairdue.engine.strategy.decide import CONFLICT as CONFLICTS
from fairdue.engine.strategy.decide import ROW_ID, ROWS_FIRED, decide
from fairdue.engine.strategy.digest import facts_digest
from fairdue.engine.strategy.experiments import Deal, assign
from fairdue.engine.strategy.table import Strategy, read_strategy
from fairdue.journeys.nightly_cycle.candidates import CONTACTS

KEPT = (
    "person_id", "account_id", "currency", "days_past_due", "overdue_minor", "balance_minor", "bucket",
    "overdue_since_date", "next_due_date", "next_due_minor", "creditor_ids", "product_kinds",
    "institution_group", "home_zone", "locale", "preferred_channel", "is_deceased", "age",
    "has_unsaid",
)  # fmt: skip
"""Facts that the stages after this one still need."""

STEP_OUTPUTS: dict[str, pl.Expr] = {
    "step": pl.lit("none"),
    "template": pl.lit(""),
    "purpose": pl.lit(""),
    "channels": pl.lit([], dtype=pl.List(pl.String)),
    "hour": pl.lit("10:00"),
    "queue": pl.lit(""),
    "rank": pl.lit(0, dtype=pl.Int64),
    "round": pl.lit(0, dtype=pl.Int64),
    "kind": pl.lit(""),
    "agency": pl.lit(""),
}
"""What the stages after this one read of every strategy, and what stands for an output that it lacks."""

ARM_COLUMNS = ("strategy_id", "experiment", "arm", "probability", "held_back")
"""Who decided with which probability; `held_back`: why nothing is done whatever the row says, or empty."""

HOLDOUT, CONTRADICTION, NO_ROW = "holdout", "conflict", "no_row"

SHADOW_EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The strategies of one night, as documents: plain data for every machine that decides a partition.

    `document` is the live strategy's; `others` are the documents of arms and shadows by version id; `deals` are the
    running experiments in the order in which they started; `shadows` are version ids.
    """

    strategy_id: int
    document: Mapping[str, Any]
    others: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    deals: tuple[Deal, ...] = ()
    shadows: tuple[int, ...] = ()

    def strategy(self, strategy_id: int) -> Strategy:
        """Return one of the night's strategies, read."""
        return read_strategy(self.document if strategy_id == self.strategy_id else self.others[strategy_id])


def decide_persons(persons: pl.DataFrame, choice: Choice) -> dict[str, pl.DataFrame]:
    """Return `decided`, one line a person, and `shadow`, one line a pair of rows if versions stand in the shadow.

    `decided`: the facts in `KEPT`, the row that fired, `rows_fired` (all of them, joined by commas), the outputs
    of every decision, the digest of the facts that were read, and `ARM_COLUMNS`. `rank` is the row's own; the night gives the
    rank over all persons afterwards.
    """
    dealt = assign(persons, choice.deals).rename({"arm_strategy_id": "strategy_id"})
    is_holdout = (pl.col("experiment") != "") & pl.col("strategy_id").is_null()
    dealt = dealt.with_columns(
        pl.col("strategy_id").fill_null(choice.strategy_id),
        pl.when(is_holdout).then(pl.lit(HOLDOUT)).otherwise(pl.lit("")).alias("held_back"),
    )
    groups = {group["strategy_id"][0]: group for group in dealt.partition_by("strategy_id")}
    live = choice.strategy(choice.strategy_id)
    found = [
        _decided(groups.get(key, dealt.clear()), live if key == choice.strategy_id else choice.strategy(key))
        for key in sorted({choice.strategy_id, *groups})
    ]
    decided = pl.concat(found, how="diagonal").with_columns(*_filled(live)).sort("person_id")
    shadows = {"shadow": shadow_pairs(dealt, decided, choice)} if choice.shadows else {}
    return {"decided": _held_back(decided), **shadows}


def _decided(persons: pl.DataFrame, strategy: Strategy) -> pl.DataFrame:
    """Decide by one strategy; outputs that the later stages read and it lacks stand at their defaults."""
    facts, arms = persons.drop(ARM_COLUMNS), persons.select(ARM_COLUMNS)
    answered = decide(facts, strategy, on_conflict="reject").hstack(arms)
    has_row = pl.col(ROW_ID).is_not_null()
    held_back = (
        pl.when(pl.col(CONFLICTS).is_not_null())
        .then(pl.lit(CONTRADICTION))
        .when(~has_row & (pl.col("held_back") == ""))
        .then(pl.lit(NO_ROW))
        .otherwise("held_back")
    )
    answered = answered.with_columns(
        held_back.alias("held_back"),
        pl.col(ROWS_FIRED).list.join(",").fill_null(""),
        pl.col(ROW_ID).fill_null(""),
        facts_digest(persons, strategy).alias("facts_digest"),
    )
    return answered.select(*KEPT, ROW_ID, ROWS_FIRED, *strategy.types, "facts_digest", *ARM_COLUMNS)


def _filled(live: Strategy) -> Iterable[pl.Expr]:
    """Every output that a later stage reads is there and says something."""
    for name, value in STEP_OUTPUTS.items():
        column = pl.col(name) if name in live.types else None
        yield (column.fill_null(value) if column is not None else value).alias(name)


def is_duty() -> pl.Expr:
    """Return whether a row asks for something that is legally due, also towards persons in a holdout.

    A person's review (a death, a complaint, hardship) and contacts whose purpose is not to collect, such as notices.
    """
    is_contact = pl.col("step").is_in(CONTACTS)
    return (pl.col("step") == "review") | (is_contact & ~pl.col("purpose").is_in(["", "collect"]))


def _held_back(decided: pl.DataFrame) -> pl.DataFrame:
    """Take the step from whom nothing may come; what is due to persons in the holdout goes on."""
    reason = pl.when((pl.col("held_back") == HOLDOUT) & is_duty()).then(pl.lit("")).otherwise("held_back")
    held = decided.with_columns(reason.alias("held_back"))
    is_held = pl.col("held_back") != ""
    return held.with_columns(
        pl.when(is_held).then(pl.lit("none")).otherwise("step").alias("step"),
        pl.when(is_held).then(pl.lit(0)).otherwise("rank").cast(pl.Int64).alias("rank"),
    )


SHADOW_KEYS = (
    "strategy_id",
    "live_strategy_id",
    "live_row",
    "shadow_row",
    "live_step",
    "shadow_step",
    "is_different",
)


def shadow_pairs(dealt: pl.DataFrame, decided: pl.DataFrame, choice: Choice) -> pl.DataFrame:
    """Return what every version in the shadow would do beside the live one, by pair of rows: persons, money, examples.

    Only persons whom the live strategy decides are compared; nothing of it reaches any later stage.
    """
    ours = pl.col("strategy_id") == choice.strategy_id
    is_free = ours & (pl.col("experiment") == "")
    persons, live = dealt.filter(is_free), decided.filter(is_free)
    found = [_pairs(persons, live, key, choice) for key in choice.shadows]
    return merge_pairs(pl.concat(found))


def _pairs(persons: pl.DataFrame, live: pl.DataFrame, key: int, choice: Choice) -> pl.DataFrame:
    shadow = _decided(persons, choice.strategy(key)).with_columns(pl.col("step").fill_null("none"))
    outputs = [name for name in choice.strategy(key).types if name in live.columns]
    beside = live.join(
        shadow.select("person_id", ROW_ID, *outputs), on="person_id", how="left", suffix="_shadow"
    )
    is_different = pl.any_horizontal(
        _plain(beside, name).ne_missing(_plain(beside, f"{name}_shadow")) for name in outputs
    )
    lines = beside.select(
        pl.lit(key, dtype=pl.Int64).alias("strategy_id"),
        pl.lit(choice.strategy_id, dtype=pl.Int64).alias("live_strategy_id"),
        pl.col(ROW_ID).alias("live_row"),
        pl.col(f"{ROW_ID}_shadow").alias("shadow_row"),
        pl.col("step").alias("live_step"),
        pl.col("step_shadow").alias("shadow_step"),
        is_different.alias("is_different"),
        "person_id",
        "overdue_minor",
    )
    return lines.group_by(SHADOW_KEYS).agg(
        pl.len().cast(pl.Int64).alias("persons"),
        pl.col("overdue_minor").sum(),
        pl.col("person_id").bottom_k(SHADOW_EXAMPLES).sort().alias("examples"),
    )


def _plain(frame: pl.DataFrame, name: str) -> pl.Expr:
    """A column as it can be compared: lists as their parts in a row."""
    is_list = isinstance(frame.schema[name], pl.List)
    return pl.col(name).list.join("\x1f") if is_list else pl.col(name)


def merge_pairs(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of several partitions as those of all persons."""
    return (
        pairs.group_by(SHADOW_KEYS)
        .agg(
            pl.col("persons", "overdue_minor").sum(),
            pl.col("examples").explode().drop_nulls().bottom_k(SHADOW_EXAMPLES).sort(),
        )
        .sort(SHADOW_KEYS)
    )
