"""Keeping what versions in the shadow would have done in a night."""

from __future__ import annotations

import polars as pl

from fairdue.contexts.decisions.models import ShadowDifference

SHADOW_COLUMNS = (
    "strategy_id",
    "live_strategy_id",
    "live_row",
    "shadow_row",
    "live_step",
    "shadow_step",
    "is_different",
    "persons",
    "overdue_minor",
    "examples",
)
"""Columns of the frame that `record_shadow` takes, as in the model; `examples` is a list of persons."""


def record_shadow(pairs: pl.DataFrame, *, cycle_id: int) -> int:
    """Keep one night's pairs of rows, live beside shadow, in the caller's transaction, and return their number."""
    lines = pairs.select(SHADOW_COLUMNS).to_dicts()
    ShadowDifference.objects.bulk_create(ShadowDifference(cycle_id=cycle_id, **line) for line in lines)
    return len(lines)
