"""What is decided for every person of a partition: pure, from facts and the strategies of a night."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from fairdue.engine.strategy.decide import ROW_ID, decide
from fairdue.engine.strategy.table import Strategy, read_strategy

KEPT = (
    "person_id", "account_id", "currency", "days_past_due", "overdue_minor", "balance_minor", "bucket",
    "overdue_since_date", "next_due_date", "next_due_minor", "creditor_ids", "product_kinds",
    "institution_group", "home_zone", "locale", "preferred_channel", "is_deceased", "age",
    "has_unsaid",
)  # fmt: skip
"""Facts that the stages after this one still need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The strategies of one night, as documents: plain data for every machine that decides a partition."""

    strategy_id: int
    document: Mapping[str, Any]


def decide_persons(persons: pl.DataFrame, choice: Choice) -> dict[str, pl.DataFrame]:
    """Return `decided`: one line a person with the row that fired, its outputs and the digest of the facts.

    `rank` is the row's own; the night gives the rank over all persons afterwards.
    """
    strategy = read_strategy(choice.document)
    decided = decide(persons, strategy)
    digested = decided.with_columns(facts_digest(decided, strategy).alias("facts_digest"))
    return {"decided": digested.select(*KEPT, ROW_ID, *strategy.outputs, "facts_digest")}


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
