"""What the bulk landings share: temporary tables of the transaction, filled by COPY."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
from django.db import connection

from fairdue.contexts.ledger.errors import LandingRefused
from fairdue.storage import bulk

TOUCHED = "SELECT account_id FROM ledger_touched"
"""The scope of the accounts that a landing changed."""


BULK_ROWS = 2_000
"""From here on a landing reads whole tables rather than account by account."""


@contextmanager
def planned_for(rows: int) -> Iterator[None]:
    """Plan the statements inside for many accounts at once, whatever the statistics say.

    Rows that this transaction wrote have no statistics yet, so the planner would expect none and go through
    them account by account, which takes hours for a million accounts.
    """
    if rows < BULK_ROWS:
        yield
        return
    bulk.execute("SELECT set_config('enable_nestloop', 'off', true)")
    yield  # an exception loses the transaction, and the setting with it
    bulk.execute("SELECT set_config('enable_nestloop', 'on', true)")


def stage(frame: pl.DataFrame, table: str, types: str) -> None:
    """Put a frame into a temporary table of the transaction, replacing an earlier one, and analyse it."""
    bulk.execute(f"DROP TABLE IF EXISTS {table}")
    bulk.execute(f"CREATE TEMP TABLE {table} ({types}) ON COMMIT DROP")
    bulk.copy_in(frame, table)
    bulk.execute(f"ANALYZE {table}")


def touched_table() -> None:
    """Create the empty table of touched accounts."""
    bulk.execute("DROP TABLE IF EXISTS ledger_touched")
    bulk.execute("CREATE TEMP TABLE ledger_touched (account_id bigint PRIMARY KEY) ON COMMIT DROP")


def counts(sql: str, parameters: list[Any] | None = None) -> tuple[Any, ...]:
    """Return the one row of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()


def rows(sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """Return all rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def require_none(codes: tuple[str, ...], found: tuple[int, ...]) -> None:
    """Pass if no row was found bad for any reason.

    :raises LandingRefused: with the number of rows per reason code
    """
    if any(found):
        raise LandingRefused({code: count for code, count in zip(codes, found, strict=True) if count})
