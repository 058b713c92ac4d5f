"""Days past due and buckets: the same rule as a Polars expression and for one account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

DEFAULT_EDGES = (30, 60, 90, 120, 150, 180)
"""Upper DPD edges of M1 to M6; above the last one lies M7+."""

ORIGINS = ("due_plus_1", "due_date")
"""On which day counting starts at 1: the day after the due date, or the due date itself."""


class OriginUnknown(ValueError):
    """The DPD origin is neither `due_plus_1` nor `due_date`."""


def days_past_due_expr(
    oldest_unpaid: pl.Expr, as_of: date | pl.Expr, origin: pl.Expr | str = "due_plus_1"
) -> pl.Expr:
    """Return the days past due: days since the oldest unpaid due date, 0 when nothing is past due.

    1. `due_plus_1`: the day after the due date is day 1.
    2. `due_date`: the due date itself is day 1.

    :raises OriginUnknown: if a literal origin is neither
    """
    if isinstance(origin, str):
        origin = pl.lit(first_day_offset(origin))
    else:
        origin = (origin == "due_date").cast(pl.Int64)
    day = pl.lit(as_of) if isinstance(as_of, date) else as_of
    return ((day - oldest_unpaid).dt.total_days() + origin).clip(lower_bound=0).fill_null(0)


def bucket_expr(days: pl.Expr, edges: Sequence[int] = DEFAULT_EDGES) -> pl.Expr:
    """Return the bucket M0, M1, … of days past due; above the last of n edges it is M(n+1)+."""
    edges = tuple(edges) or DEFAULT_EDGES
    labels = [f"M{number}" for number in range(len(edges) + 1)] + [f"M{len(edges) + 1}+"]
    above = pl.sum_horizontal([(days > edge).cast(pl.UInt32) for edge in (0, *edges)])
    return pl.lit(pl.Series(labels)).gather(above)


def days_past_due(oldest_unpaid: date | None, as_of: date, origin: str = "due_plus_1") -> int:
    """Return the days past due of one account, by the rules of `days_past_due_expr`.

    :raises OriginUnknown: if the origin is not known
    """
    offset = first_day_offset(origin)
    return 0 if oldest_unpaid is None else max(0, (as_of - oldest_unpaid).days + offset)


def bucket(days: int, edges: Sequence[int] = DEFAULT_EDGES) -> str:
    """Return the bucket of one account's days past due, by the rule of `bucket_expr`."""
    edges = tuple(edges) or DEFAULT_EDGES
    if days <= 0:
        return "M0"
    for number, edge in enumerate(edges, start=1):
        if days <= edge:
            return f"M{number}"
    return f"M{len(edges) + 1}+"


def buckets(edges: Sequence[int] = DEFAULT_EDGES) -> dict[str, tuple[int, int | None]]:
    """Return every bucket with its first and its last day past due; the last one has no end, M0 no days before it."""
    edges = tuple(edges) or DEFAULT_EDGES
    found: dict[str, tuple[int, int | None]] = {"M0": (0, 0)}
    for number, (before, edge) in enumerate(zip((0, *edges), edges, strict=False), start=1):
        found[f"M{number}"] = (before + 1, edge)
    return found | {f"M{len(edges) + 1}+": (edges[-1] + 1, None)}


def first_day_offset(origin: str) -> int:
    """Return 1 if the due date itself is day 1, 0 if the day after it is.

    :raises OriginUnknown: if the origin is not known
    """
    if origin not in ORIGINS:
        raise OriginUnknown(f"DPD origin {origin!r} is not one of {', '.join(ORIGINS)}")
    return int(origin == "due_date")
