"""Many rows at once: COPY into a table inside the caller's transaction, ADBC out of the database."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import polars as pl
from django.db import connection

CHUNK_ROWS = 200_000


def copy_in(frame: pl.DataFrame, table: str, columns: Sequence[str] | None = None) -> int:
    """COPY a frame into a table on Django's connection and return the number of rows.

    Binary columns must be passed as hex text of the form `\\x…`; null is null; lists are not accepted.
    Runs in the caller's transaction, so a failure leaves nothing behind.
    """
    names = list(columns or frame.columns)
    quoted = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({quoted}) FROM STDIN (FORMAT csv)") as copy:
        for start in range(0, frame.height, CHUNK_ROWS):
            buffer = io.BytesIO()
            frame.slice(start, CHUNK_ROWS).select(names).write_csv(
                buffer, include_header=False, quote_style="necessary", datetime_format="%Y-%m-%dT%H:%M:%S%.6f%z"
            )
            copy.write(buffer.getbuffer())
    return frame.height


def read_frame(query: str, url: str) -> pl.DataFrame:
    """Read a query's rows as a frame by ADBC, outside Django's connection and transaction."""
    import adbc_driver_postgresql.dbapi as adbc

    with adbc.connect(url) as connection_, connection_.cursor() as cursor:
        cursor.execute(query)
        return pl.DataFrame(cursor.fetch_arrow_table())


def execute(sql: str, parameters: Sequence[Any] | None = None) -> int:
    """Run one statement on Django's connection and return the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount
