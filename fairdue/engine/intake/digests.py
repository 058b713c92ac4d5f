"""A stable 64-bit digest of a row, to see whether a later file changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import polars as pl


def row_digests(
    frame: pl.DataFrame, columns: Sequence[str], *, later: Sequence[str] = (), key: bytes = b""
) -> pl.Series:
    """Return a signed 64-bit BLAKE2b of the named columns' text, the same on every machine and version.

    1. Personal rows are digested under a key, so that a digest cannot be tried against guessed values.
    2. Columns that came `later` count only where they say something: rows that are silent keep their digest.
    """
    text = pl.concat_str(
        [pl.col(name).cast(pl.String).fill_null("\x00") for name in columns], separator="\x1f"
    )
    for name in (name for name in later if name in frame.columns):
        said = pl.col(name).cast(pl.String).fill_null("")
        text = pl.when(said == "").then(text).otherwise(text + f"\x1f{name}=" + said)
    written = frame.select(text.alias("t"))["t"]
    start = blake2b(digest_size=8, key=key)
    return pl.Series("row_digest", [_digest(start, value) for value in written.to_list()], dtype=pl.Int64)


def _digest(start: blake2b, value: str) -> int:
    state = start.copy()
    state.update(value.encode())
    return int.from_bytes(state.digest(), "little", signed=True)
