"""In which partition a person is: the same on every machine, in every version."""

from __future__ import annotations

import polars as pl

GOLDEN = 0x9E3779B97F4A7C15
"""2^64 over the golden ratio: multiplying by it spreads consecutive numbers evenly (Knuth, TAOCP 3, 6.4)."""


def part_of(count: int, column: str = "person_id") -> pl.Expr:
    """Return the number of the partition, 0 to `count` - 1: the upper 32 bits of the person's number times GOLDEN."""
    mixed = pl.col(column).cast(pl.UInt64) * pl.lit(GOLDEN, dtype=pl.UInt64)
    return ((mixed // (1 << 32)) % count).cast(pl.Int32).alias("part")


def part_of_person(person_id: int, count: int) -> int:
    """Return the number of the partition of one person."""
    return (((person_id * GOLDEN) % (1 << 64)) >> 32) % count
