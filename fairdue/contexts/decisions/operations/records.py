"""The record of every decision, written by COPY."""

from __future__ import annotations

import polars as pl

from fairdue.contexts.decisions.models import Decision
from fairdue.storage.bulk import copy_in

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
)
"""Columns of the frame that `land_decisions` takes, as in the model."""


def land_decisions(frame: pl.DataFrame, *, cycle_id: int) -> int:
    """Write the decisions of one cycle, one row a person, and return their number.

    Runs in the caller's transaction; the database refuses a second decision for a person in a cycle.
    """
    rows = frame.select(pl.lit(cycle_id).alias("cycle_id"), *DECISION_COLUMNS)
    return copy_in(rows, Decision._meta.db_table)
