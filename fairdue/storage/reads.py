"""Several small reads in one round trip: each context says what it reads, the caller sends them off together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import psycopg
from django.db import connection

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Read(Generic[Value]):
    """One SELECT with its parameters, and what makes a value of its rows."""

    sql: str
    parameters: Sequence[Any]
    build: Callable[[list[tuple[Any, ...]]], Value]


def read_together(*reads: Read[Any]) -> tuple[Any, ...]:
    """This function will run reads one after the other in one round trip and return their values in order.

    1. They run in the caller's transaction. Each sees what was committed when it began, so one that follows a read
       that had to wait for a lock sees what the holder of the lock has written.
    2. JSON columns come as text.

    :raises DatabaseError: if one fails; the caller's transaction is broken then, as after any failed statement
    """
    connection.ensure_connection()
    raw = connection.connection
    with connection.wrap_database_errors:
        with raw.pipeline():
            cursors = [psycopg.Cursor(raw).execute(read.sql, read.parameters) for read in reads]
        return tuple(read.build(cursor.fetchall()) for read, cursor in zip(reads, cursors, strict=True))


def write_one(sql: str, parameters: Sequence[Any]) -> tuple[Any, ...]:
    """This function will run one statement that returns one row, prepared once a connection, and return that row.

    :raises DatabaseError: if it fails
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        row = psycopg.Cursor(connection.connection).execute(sql, parameters).fetchone()
    if row is None:
        raise LookupError("the statement returned no row")
    return tuple(row)
