"""Find rows whose key came before in the same file, keeping 24 bytes a row."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from .files import LINE
from .judging import FINDING_SCHEMA

CODE = "intake.row.duplicate"


class KeyRegister:
    """Remembers a 128-bit hash of every key of one file with its line."""

    def __init__(self, key: Sequence[str]) -> None:
        self._key = list(key)
        self._seen = pl.DataFrame(schema={"h1": pl.UInt64, "h2": pl.UInt64, "first_line": pl.Int64})

    def take(self, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the rows whose key is new, and findings about the others; the new keys are remembered."""
        text = pl.concat_str([pl.col(name).cast(pl.String) for name in self._key], separator="\x1f")
        keys = rows.select(LINE, text.alias("value")).with_columns(
            h1=pl.col("value").hash(0), h2=pl.col("value").hash(1)
        )
        fresh = keys.group_by("h1", "h2").agg(first_line=pl.col(LINE).min())
        if self._seen.height:
            fresh = fresh.join(self._seen, on=["h1", "h2"], how="anti")
        self._seen = pl.concat([self._seen, fresh.select(self._seen.columns)], rechunk=False)
        if fresh.height == rows.height:
            return rows, pl.DataFrame(schema=FINDING_SCHEMA)
        repeated = keys.join(self._seen, on=["h1", "h2"], how="left").filter(
            pl.col(LINE) != pl.col("first_line")
        )
        findings = repeated.sort(LINE).select(
            LINE,
            column=pl.lit(self._key[-1]),
            value=pl.col("value").str.split("\x1f").list.last(),
            code=pl.lit(CODE),
            first_line=pl.col("first_line"),
        )
        return rows.join(findings.select(LINE), on=LINE, how="anti", maintain_order="left"), findings
