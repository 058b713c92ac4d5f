"""Control totals: sums per currency and component, exact, of what was accepted and of what was rejected."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl

from fairdue.engine.intake.files import LINE

NO_CURRENCY = "?"
"""Under which amounts are summed whose currency cannot be read."""

Sums = dict[str, dict[str, int]]


class ControlTotals:
    """Adds up amounts batch by batch; amounts that cannot be read are in no sum."""

    def __init__(self) -> None:
        self.accepted: Sums = {}
        self.rejected: Sums = {}
        self.notes: Counter[str] = Counter()

    def add(self, read: pl.DataFrame, accepted_lines: pl.Series) -> None:
        """Add a batch of readable rows, of which some lines were accepted."""
        if not any(name.endswith("_minor") for name in read.columns):
            return
        if read.height == len(accepted_lines):
            _add(self.accepted, read)
            return
        lines = accepted_lines.to_frame(LINE)
        _add(self.accepted, read.join(lines, on=LINE, how="semi"))
        _add(self.rejected, read.join(lines, on=LINE, how="anti"))

    def as_document(self) -> dict[str, Any]:
        """Return the totals as they are stored."""
        if not self.accepted and not self.rejected and not self.notes:
            return {}
        return {"accepted": self.accepted, "rejected": self.rejected, "notes": dict(self.notes)}


def _add(sums: Sums, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    amounts = [name for name in rows.columns if name.endswith("_minor")]
    label = _label(rows)
    grouped = (
        rows.with_columns(pl.col("currency").fill_null(NO_CURRENCY), label.alias("label:"))
        .group_by("currency", "label:")
        .agg(pl.col(amounts).cast(pl.Int128).sum())
    )
    for row in grouped.iter_rows(named=True):
        of_currency = sums.setdefault(row["currency"], {})
        for name in amounts:
            component = row["label:"] or name.removesuffix("_minor")
            if row[name]:
                of_currency[component] = of_currency.get(component, 0) + int(row[name])


def _label(rows: pl.DataFrame) -> pl.Expr:
    """A transaction is summed under its kind and component, other rows under the column."""
    if "kind" not in rows.columns:
        return pl.lit("")
    component = pl.col("component")
    return pl.when(component == "").then("kind").otherwise(pl.col("kind") + ":" + component)
