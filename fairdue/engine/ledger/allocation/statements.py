"""The names of statements that keeping makes: they say from which day a due item is asked for.

A card's statement asks for part of a balance that money of earlier days has lowered; such money does not pay the
statement. Its name is `s:` and its date, so that every executor of an order of payment knows the day from the name.
"""

from __future__ import annotations

import re
from datetime import date

import polars as pl

PATTERN = r"^s:\d\d\d\d-\d\d-\d\d$"
"""The names of statements, in the syntax that Python, Polars and PostgreSQL share; without braces, for templates."""


def statement_ref(statement_date: date) -> str:
    """Return the name of the statement of a day."""
    return f"s:{statement_date.isoformat()}"


def asked_date_of(ref: str) -> date | None:
    """Return the day from which an item of this name is asked for; None if it was from the beginning."""
    return date.fromisoformat(ref[2:]) if re.match(PATTERN, ref) else None


def asked_date_expr(ref: pl.Expr) -> pl.Expr:
    """Return `asked_date_of` as an expression over a column of names."""
    return pl.when(ref.str.contains(PATTERN)).then(ref.str.slice(2).str.to_date("%Y-%m-%d", strict=False))
