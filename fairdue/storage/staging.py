"""Rows that stop over in a temporary table of the caller's transaction, and the answers that come back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import polars as pl
from django.db import connection, transaction

from .bulk import copy_in, copy_out, execute

SQL_TYPES: dict[Any, str] = {
    pl.Int8: "smallint",
    pl.Int16: "smallint",
    pl.Int32: "integer",
    pl.Int64: "bigint",
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.String: "text",
}


@contextmanager
def staged(  # type: ignore[no-untyped-def]
    frame: pl.DataFrame, name: str, types: Mapping[str, str] | None = None, *, analyzed: bool = True
):
    """Keep a frame as temporary table `name` for the length of a block, inside the caller's transaction.

    Without one the block is a transaction of its own; a block that fails leaves no table behind.
    `types` gives the SQL type of columns whose type does not follow from the frame, such as `bytea`
    for hex text. A table that is only looked up by a unique key does not need to be `analyzed`.
    """
    given = types or {}
    columns = ", ".join(
        f'"{column}" {given.get(column) or _sql_type(frame[column])}' for column in frame.columns
    )
    with transaction.atomic():
        execute(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")
        copy_in(frame, name)
        if analyzed:
            execute(f"ANALYZE {name}")
        yield name
        execute(f"DROP TABLE {name}")


def _sql_type(column: pl.Series) -> str:
    if isinstance(column.dtype, pl.Datetime):
        return "timestamptz"
    return SQL_TYPES[column.dtype]


def bounds(table: str, column: str) -> tuple[Any, Any]:
    """Return the least and the greatest value of a column, in the order of the database.

    A join with a large table that is told the bounds reads no more of it than it needs, while a file
    arrives in order; the planner cannot see this.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min({column}), max({column}) FROM {table}")
        least, greatest = cursor.fetchone()
    return least, greatest


def take_ids(table: str, count: int, column: str = "id") -> pl.Series:
    """Draw fresh primary keys of a table, so that its rows can be referred to before they land."""
    if count == 0:
        return pl.Series("id", [], dtype=pl.Int64)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, column])
        draw = f"SELECT nextval('{cursor.fetchone()[0]}'::regclass) AS id FROM generate_series(1, {count:d})"
        cursor.execute(f"SELECT min(id), max(id) FROM ({draw}) AS drawn")
        first, last = cursor.fetchone()
    if last - first + 1 == count:
        return pl.int_range(first, last + 1, eager=True).alias("id")
    # somebody else drew meanwhile: read every number
    return copy_out(draw, {"id": pl.Int64})["id"]


def lock_for_transaction(*words: str) -> None:
    """Wait for the advisory lock named by some words and hold it until the transaction ends."""
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["\x1f".join(words)])


@contextmanager
def references_sound() -> Iterator[None]:
    """Skip the per-row foreign key checks of a block whose references were read in this transaction.

    1. Only for rows whose keys come out of a join with the referenced tables, in the same transaction;
       nothing in the house deletes those rows. A million checks cost more than the million rows.
    2. Unique and check constraints hold as ever. Where the role may not set `session_replication_role`,
       every check is made.
    """
    if not _may_skip_checks():
        yield
        return
    execute("SET LOCAL session_replication_role = 'replica'")
    yield
    execute("SET LOCAL session_replication_role = 'origin'")


def _may_skip_checks() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_parameter_privilege(current_user, 'session_replication_role', 'SET')")
        return bool(cursor.fetchone()[0])
