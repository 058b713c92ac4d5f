"""The record of every decision, written by COPY."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.db import transaction

from fairdue.contexts.decisions.models import Cycle, Decision
from fairdue.storage.bulk import copy_in_fast
from fairdue.storage.staging import references_sound

DECISION_COLUMNS = (
    "person_id",
    "step",
    "rows_fired",
    "template",
    "planned_for",
    "outcome",
    "reasons",
    "days_past_due",
    "overdue_minor",
    "rank",
    "facts_digest",
    "strategy_id",
    "experiment",
    "arm",
    "probability",
    "dropped",
    "channel",
)
"""Columns of the frame that `land_decisions` takes, as in the model."""

_TYPES: dict[str, Any] = {
    "person_id": pl.Int64,
    "planned_for": pl.Datetime("us", "UTC"),
    "days_past_due": pl.Int32,
    "overdue_minor": pl.Int64,
    "rank": pl.Int32,
    "facts_digest": pl.Int64,
    "strategy_id": pl.Int64,
    "probability": pl.Float64,
}
"""Of the columns that are no text, as binary COPY takes them."""

_DEFAULTS = {
    "strategy_id": pl.lit(None, dtype=pl.Int64),
    "experiment": pl.lit(""),
    "arm": pl.lit(""),
    "probability": pl.lit(1.0),
    "dropped": pl.lit(""),
    "channel": pl.lit(""),
}
"""What stands in a column that the frame does not bring."""


@transaction.atomic
def land_decisions(frame: pl.DataFrame, *, cycle_id: int) -> int:
    """Write the decisions of one cycle, one row a person, and return their number.

    Runs in the caller's transaction; the database refuses a second decision for a person in a cycle. What the
    frame does not say of arms and channels stands at its default: the cycle's strategy, outside of experiments.
    That the cycle exists is read and locked once, not asked again for each of its millions of rows.

    :raises Cycle.DoesNotExist: if there is no such cycle; nothing is written
    """
    Cycle.objects.select_for_update(no_key=True).only("pk").get(pk=cycle_id)
    missing = [value.alias(name) for name, value in _DEFAULTS.items() if name not in frame.columns]
    texts = [pl.col(name).fill_null("") for name in ("experiment", "arm", "dropped", "channel")]
    rows = frame.with_columns(missing).with_columns(texts)
    rows = rows.select(pl.lit(cycle_id, dtype=pl.Int64).alias("cycle_id"), *DECISION_COLUMNS)
    typed = [pl.col(name).cast(dtype) for name, dtype in _TYPES.items()]
    with references_sound():
        return copy_in_fast(rows.with_columns(typed), Decision._meta.db_table)
