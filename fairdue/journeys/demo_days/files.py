"""The demo book as a creditor delivers it: what was known by each night, and not before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

KNOWN_BEFORE_DUE = timedelta(days=20)
"""A statement is known so long before it is due."""
NIGHTS_BEFORE = (7, 1)
"""Nights of the past, in days before the demo date; the end of the month before comes first. After three nights a much
smaller file would be taken for a part of the book, and rightly so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """Money that a debtor of the demonstration paid because it was promised."""

    account_ref: str
    amount_minor: int
    currency: str
    effective_date: date


def nights_before(demo_date: date) -> tuple[date, ...]:
    """Return the nights that the demonstration has behind it, oldest first: the end of a month, and some since."""
    month_end = demo_date.replace(day=1) - timedelta(days=1)
    since = (demo_date - timedelta(days=days) for days in NIGHTS_BEFORE)
    return (month_end, *(night for night in since if night > month_end))


def files_until(
    folder: Path, night: date, *, before: date | None, paid: Iterable[Paid] = ()
) -> list[tuple[str, Path]]:
    """This function will write what the creditor delivers for a night, and return kinds and paths in their order.

    1. Statements that are known by then and movements up to the day before, less what the night `before` had.
    2. `paid` comes with the movements. A file that is there already is left as it is.
    """
    place = folder / "nights" / night.isoformat()
    place.mkdir(parents=True, exist_ok=True)
    known = pl.col("due_date") - KNOWN_BEFORE_DUE
    booked = pl.col("effective_date") + timedelta(days=1)
    extra = _rows(paid)
    found = []
    for kind, day in (("dues", known), ("transactions", booked)):
        path = place / f"{kind}.parquet"
        if not path.exists():
            rows = pl.read_parquet(folder / f"{kind}.parquet")
            rows = rows.filter((day <= night) & (pl.lit(True) if before is None else day > before))
            whole = pl.concat([rows, extra.select(rows.columns)]) if kind == "transactions" else rows
            draft = path.with_suffix(".draft")
            whole.write_parquet(draft)
            draft.rename(path)
        found.append((kind, path))
    return found


def _rows(paid: Iterable[Paid]) -> pl.DataFrame:
    rows = [
        (
            f"W{each.effective_date:%m%d}", each.account_ref, "payment", "",
            f"{each.amount_minor // 100}.{each.amount_minor % 100:02d}", each.currency, each.effective_date, "",
        )
        for each in paid
    ]  # fmt: skip
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "transaction_ref": pl.String, "account_ref": pl.String, "kind": pl.String, "component": pl.String,
        "amount": pl.String, "currency": pl.String, "effective_date": pl.Date, "reverses_ref": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")
