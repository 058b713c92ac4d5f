"""Many rows at once: COPY into a table inside the caller's transaction, ADBC out of the database."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from typing import Any
from urllib.parse import quote, urlencode

import polars as pl
from django.db import connection
from psycopg.copy import QueuedLibpqWriter

from .binary import encoded

CHUNK_ROWS = 200_000
FEW_ROWS = 1_000


@contextmanager
def _copying(statement: str, rows: int) -> Iterator[Any]:
    """Send many rows by a second thread: the server takes them in while the next are put together."""
    with connection.cursor() as cursor, connection.wrap_database_errors:
        raw = cursor.cursor
        writer = QueuedLibpqWriter(raw) if rows > FEW_ROWS else None
        with raw.copy(statement, writer=writer) as copy:
            yield copy


def copy_in(frame: pl.DataFrame, table: str, columns: Sequence[str] | None = None) -> int:
    """COPY a frame into a table on Django's connection and return the number of rows.

    Binary columns must be passed as hex text of the form `\\x…`; null is null; lists are not accepted.
    Runs in the caller's transaction, so a failure leaves nothing behind.
    """
    names = list(columns or frame.columns)
    quoted = ", ".join(f'"{name}"' for name in names)
    with _copying(f"COPY {table} ({quoted}) FROM STDIN (FORMAT csv)", frame.height) as copy:
        for start in range(0, frame.height, CHUNK_ROWS):
            buffer = io.BytesIO()
            frame.slice(start, CHUNK_ROWS).select(names).write_csv(
                buffer,
                include_header=False,
                quote_style="necessary",
                datetime_format="%Y-%m-%dT%H:%M:%S%.6f%z",
            )
            copy.write(buffer.getbuffer())
    return frame.height


def copy_in_fast(frame: pl.DataFrame, table: str) -> int:
    """COPY a frame in binary form, whose types must be those of the table's columns; see `encoded`.

    Runs in the caller's transaction.
    """
    names = ", ".join(f'"{name}"' for name in frame.columns)
    with _copying(f"COPY {table} ({names}) FROM STDIN (FORMAT binary)", frame.height) as copy:
        for block in encoded(frame):
            copy.write(block)
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


def stream_snapshot(queries: Mapping[str, str], url: str) -> Iterator[tuple[str, Any]]:
    """Read several queries by ADBC as of one moment, each as a reader of Arrow batches that stay small.

    One REPEATABLE READ transaction; a reader must be read to its end before the next one is asked for.
    """
    import adbc_driver_postgresql.dbapi as adbc

    with adbc.connect(url) as connection_, connection_.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for name, query in queries.items():
            cursor.execute(query)
            yield name, cursor.fetch_record_batch()


READERS = 2
"""Connections that read side by side: while one's rows are taken in, the server puts the other's together."""


def read_beside(queries: Mapping[str, str], url: str, take: Callable[[str, Any], None]) -> Iterator[str]:
    """Read several queries by ADBC as of one moment, `READERS` at a time, and yield each name once it was taken.

    1. `take` is called with the name and a reader of Arrow batches that stay small, in a thread of its own; it reads
       all of them and must not use Django's connection.
    2. One exported snapshot: no write of another process stands between two queries.
    """
    import adbc_driver_postgresql.dbapi as adbc

    with ExitStack() as stack:
        cursors: SimpleQueue[Any] = SimpleQueue()
        snapshot = ""
        for _ in range(READERS):
            cursor = stack.enter_context(stack.enter_context(adbc.connect(url)).cursor())
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            if snapshot:
                cursor.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
            else:
                cursor.execute("SELECT pg_export_snapshot()")
                snapshot = cursor.fetchone()[0]
            cursors.put(cursor)

        def read(name: str, query: str) -> str:
            mine = cursors.get()
            try:
                mine.execute(query)
                take(name, mine.fetch_record_batch())
            finally:
                cursors.put(mine)
            return name

        pool = ThreadPoolExecutor(READERS, thread_name_prefix="read")
        stack.callback(pool.shutdown, cancel_futures=True)
        for future in as_completed([pool.submit(read, name, query) for name, query in queries.items()]):
            yield future.result()


def estimated_rows(table: str) -> int:
    """Return the number of rows of a table as of its latest ANALYZE."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [table])
        return max(int(cursor.fetchone()[0]), 0)


def count_rows(query: str) -> int:
    """Return the number of rows of a query without parameters."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({query}) AS counted")
        return int(cursor.fetchone()[0])


def read_columns(
    query: str, schema: Mapping[str, Any], parameters: Sequence[Any] | None = None
) -> pl.DataFrame:
    """Read a query's rows as `copy_out` does, a column at a time, at a third of its cost for many rows.

    For columns of numbers, dates and references: empty text and null are both null here.

    :raises ValueError: if a value contains the unit separator, which no file may bring in
    """
    texts = ", ".join(f"string_agg(coalesce({name}::text, ''), chr(31))" for name in schema)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {texts} FROM ({query}) AS rows_read ({', '.join(schema)})", parameters)
        columns = cursor.fetchone()
    if columns[0] is None:
        return pl.DataFrame(schema=schema)
    cells = [_cells(name, text, dtype) for (name, dtype), text in zip(schema.items(), columns, strict=True)]
    if len({len(column) for column in cells}) > 1:
        raise ValueError("a value contains the unit separator")
    return pl.DataFrame(cells)


def _cells(name: str, text: str, dtype: Any) -> pl.Series:
    cells = pl.Series(name, [text]).str.split("\x1f").explode()
    cells = cells.set(cells == "", None)
    return cells.str.to_date("%Y-%m-%d") if dtype == pl.Date else cells.cast(dtype)


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
