"""Many rows at once: COPY into a table inside the caller's transaction, ADBC out of the database."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

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


def database_url() -> str:
    """Return the address of the database that Django is connected to, which in a test is the test's own."""
    settings = connection.settings_dict
    user = quote(str(settings["USER"]), safe="")
    password = f":{quote(str(settings['PASSWORD']), safe='')}" if settings["PASSWORD"] else ":"
    places = {"host": str(settings["HOST"] or ""), "port": str(settings["PORT"] or "")}
    query = urlencode({name: value for name, value in places.items() if value})
    return f"postgresql://{user}{password}@/{quote(str(settings['NAME']), safe='')}?{query}"


def read_snapshot(queries: Mapping[str, str], url: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """Read several queries by ADBC as of one moment, one frame after the other.

    One REPEATABLE READ transaction, so that no write of another process stands between two frames.
    """
    import adbc_driver_postgresql.dbapi as adbc

    with adbc.connect(url) as connection_, connection_.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for name, query in queries.items():
            cursor.execute(query)
            yield name, pl.DataFrame(cursor.fetch_arrow_table())


def execute(sql: str, parameters: Sequence[Any] | None = None) -> int:
    """Run one statement on Django's connection and return the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


def copy_out(query: str, schema: Mapping[str, Any]) -> pl.DataFrame:
    """Read a query's rows as a frame on Django's connection, so that it sees the caller's transaction.

    The query has no parameters; `schema` names its columns in order with their Polars types.
    """
    buffer = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
        for block in copy:
            buffer.write(block)
    if not buffer.tell():
        return pl.DataFrame(schema=schema)
    return pl.read_csv(buffer.getvalue(), has_header=False, schema=schema)
