"""Many queries as of one moment: what another process commits meanwhile is seen by none of them or by all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any

import polars as pl
from django.db import connection

from fairdue.storage.bulk import copy_out, database_url

Read = Callable[[str, Mapping[str, Any]], pl.DataFrame]
"""Takes a query and the schema of its columns, in order."""


@contextmanager
def snapshot(*, settings: Mapping[str, str] | None = None) -> Iterator[Read]:
    """Give a function that reads frames as of the moment of the first one.

    1. A connection of its own by ADBC, in one REPEATABLE READ transaction; the function may be called from any
       thread. `settings` hold for the transaction.
    2. Inside a transaction of Django's connection it reads on that, so that it sees what the caller wrote; then
       only the caller's thread may call it.
    """
    if connection.in_atomic_block:
        yield copy_out
        return
    import adbc_driver_postgresql.dbapi as adbc

    with adbc.connect(database_url()) as session, session.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for name, value in (settings or {}).items():
            cursor.execute(f"SET LOCAL {name} = {value}")

        one_at_a_time = Lock()

        def read(query: str, schema: Mapping[str, Any]) -> pl.DataFrame:
            with one_at_a_time:
                cursor.execute(query)
                frame = pl.DataFrame(cursor.fetch_arrow_table())
            return frame.select(
                pl.col(given).cast(dtype).alias(name)
                for given, (name, dtype) in zip(frame.columns, schema.items(), strict=True)
            )

        yield read


def is_shared() -> bool:
    """Tell whether `snapshot` would read on Django's own connection now."""
    return bool(connection.in_atomic_block)
