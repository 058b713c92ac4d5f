"""Several small reads in one statement: each context says what it reads, the caller sends them off together."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

import psycopg
from django.db import connection

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Read(Generic[Value]):
    """One SELECT with its parameters, and what makes a value of its rows.

    Rows come as lists of plain JSON values, in the order of the columns: moments and days as ISO texts.
    """

    sql: str
    parameters: Sequence[Any]
    build: Callable[[list[list[Any]]], Value]


class NothingToLock(LookupError):
    """The row that was to be locked does not exist."""


def read_together(*reads: Read[Any], lock: tuple[str, Sequence[Any]] | None = None) -> tuple[Any, ...]:
    """This function will run some reads as one statement, in one round trip, and return their values in order.

    1. All of them see the same moment. 2. A `lock` (statement, parameters) goes before them in the same round trip:
    they see everything that whoever held it has committed.

    :raises NothingToLock: if the lock finds no row
    :raises DatabaseError: if one fails; the caller's transaction is broken then, as after any failed statement
    """
    statement = _together(tuple(read.sql for read in reads))
    parameters = [value for read in reads for value in read.parameters]
    connection.ensure_connection()
    raw = connection.connection
    with connection.wrap_database_errors:
        if lock is None:
            row = psycopg.Cursor(raw).execute(statement, parameters).fetchone()
        else:
            with raw.pipeline():
                locked = psycopg.Cursor(raw).execute(*lock)
                cursor = psycopg.Cursor(raw).execute(statement, parameters)
            if locked.fetchone() is None:
                raise NothingToLock(lock[0])
            row = cursor.fetchone()
    answers = zip(reads, row or (), strict=True)
    return tuple(read.build([list(each.values()) for each in json.loads(text)]) for read, text in answers)


@lru_cache(maxsize=64)
def _together(statements: tuple[str, ...]) -> str:
    """Return one SELECT with a column for each statement: its rows as the text of a JSON array."""
    columns = (
        f"(SELECT coalesce(json_agg(row_to_json(one)), '[]')::text FROM ({statement}) one)"
        for statement in statements
    )
    return f"SELECT {', '.join(columns)}"


def read_one(sql: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
    """This function will run one statement, prepared once a connection, and return its first row.

    :raises DatabaseError: if it fails
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        row = psycopg.Cursor(connection.connection).execute(sql, parameters).fetchone()
    return None if row is None else tuple(row)
