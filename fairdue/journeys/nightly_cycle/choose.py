"""Stage decide: the strategy's table over every person's facts."""

from __future__ import annotations

import hashlib

import polars as pl

from fairdue.contexts.decisions.facade import StageResult
from fairdue.engine.strategy.decide import ROW_ID, decide
from fairdue.engine.strategy.table import Strategy
from fairdue.journeys.nightly_cycle.night import Night

KEPT = (
    "person_id", "account_id", "currency", "days_past_due", "overdue_minor", "balance_minor", "bucket",
    "overdue_since_date", "next_due_date", "next_due_minor", "creditor_ids", "product_kinds",
    "institution_group", "home_zone", "locale", "preferred_channel", "is_deceased", "age",
    "has_unsaid",
)  # fmt: skip
"""Facts that the stages after this one still need."""

_RANK_STEPS = 1_000_000


def choose(night: Night) -> StageResult:
    """Decide the next step of every person and keep the decisions as columns."""
    facts = night.read("persons")
    decided = decide(facts, night.strategy)
    ranked = decided.with_columns(
        _rank().alias("rank"), facts_digest(decided, night.strategy).alias("facts_digest")
    )
    night.write("decided", ranked.select(*KEPT, ROW_ID, *night.strategy.outputs, "facts_digest"))
    return StageResult(in_count=facts.height, out_count=ranked.height, rejected={}, detail=_warnings(facts))


def _warnings(facts: pl.DataFrame) -> dict[str, list[str]]:
    is_uncertain = facts.height > 0 and not facts["is_calendar_certain"][0]
    return {"warnings": ["cycle.calendar.uncertain"]} if is_uncertain else {}


def _rank() -> pl.Expr:
    """The row's rank first, then the larger overdue amount; ranks stay below 2^31."""
    order = pl.col("overdue_minor").rank("ordinal", descending=True).over("rank").cast(pl.Int64)
    within = pl.min_horizontal(order, pl.lit(_RANK_STEPS - 1))
    return pl.when(pl.col("rank") > 0).then(pl.col("rank") * _RANK_STEPS + within).otherwise(0)


def facts_digest(facts: pl.DataFrame, strategy: Strategy) -> pl.Expr:
    """Return a 64-bit digest of the strategy's inputs: equal facts, equal digest, on any machine and version.

    FNV-style over the columns in the strategy's order: integers as they are, texts by SHA-256.
    """
    digest = pl.lit(-3750763034362895579, dtype=pl.Int64)
    for name, type_name in strategy.inputs.items():
        digest = (digest * 1099511628211) ^ _number(facts[name], type_name).fill_null(-(2**62))
    return digest


def _number(column: pl.Series, type_name: str) -> pl.Expr:
    if type_name == "text":
        texts = column.unique().drop_nulls().to_list()
        hashes = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big") for text in texts]
        return pl.col(column.name).replace_strict(texts, hashes, default=None, return_dtype=pl.Int64)
    if type_name == "number":
        return (pl.col(column.name) * 1_000_000).round().cast(pl.Int64)
    return pl.col(column.name).cast(pl.Int64)
