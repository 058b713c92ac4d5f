"""Several small statements in one round trip: each context says what it reads, the caller sends them off together.

For the few places where a thousandth of a second counts. Statements are prepared once a connection, so the server
plans them once; where a pooler hands connections around (`?pooled=1`) they are sent in full.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import errors, generators
from psycopg.pq import ExecStatus, TransactionStatus

Value = TypeVar("Value")
_PLACE = re.compile(r"\$(\d+)")
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""Names of the statements that each connection has prepared."""


@dataclass(frozen=True, slots=True)
class Read(Generic[Value]):
    """One SELECT of one column, a `json_build_array` a row, with its parameters, and what makes a value of its rows.

    1. Parameters are written `$1`, `$2`, … 2. Rows come as lists of plain JSON values: moments and days as ISO texts.
    """

    sql: str
    parameters: Sequence[Any]
    build: Callable[[list[list[Any]]], Value]


Statement = tuple[str, Sequence[Any]]
"""A statement and its parameters."""
Rows = list[list[bytes | None]]
"""Rows as the server writes them."""


def read_together(*reads: Read[Any]) -> tuple[Any, ...]:
    """This function will run some reads as one statement and return their values in order: all see the same moment.

    :raises DatabaseError: if one fails; the caller's transaction is broken then, as after any failed statement
    """
    (rows,) = run_together(as_one(reads))
    return values_of(reads, rows)


def as_one(reads: Sequence[Read[Any]]) -> Statement:
    """This function will return the one statement that runs some reads, for `run_together`."""
    statement = _together(tuple((read.sql, len(read.parameters)) for read in reads))
    return statement, [value for read in reads for value in read.parameters]


def values_of(reads: Sequence[Read[Any]], rows: Rows) -> tuple[Any, ...]:
    """This function will return the values of reads from the rows of their one statement."""
    answers = zip(reads, json.loads(rows[0][0] or "[]"), strict=True)
    return tuple(read.build(found) for read, found in answers)


def _shifted(by: int, place: re.Match[str]) -> str:
    return f"${int(place[1]) + by}"


@lru_cache(maxsize=64)
def _together(statements: tuple[tuple[str, int], ...]) -> str:
    """Return one SELECT of one value: a JSON array with the rows of each statement."""
    columns, passed = [], 0
    for sql, count in statements:
        shifted = _PLACE.sub(partial(_shifted, passed), sql)
        columns.append(f"ARRAY({shifted})")
        passed += count
    return f"SELECT json_build_array({', '.join(columns)})"


def run_together(*statements: Statement) -> list[Rows]:
    """This function will run statements one after the other in one round trip and return the rows of each.

    1. They run in the caller's transaction, which begins with them if nothing has run in it yet. Each sees what was
       committed when it began: what follows a lock sees everything that whoever held it has written.
    2. Parameters are written `$1`, `$2`, …
    3. Without statements nothing is asked.

    :raises DatabaseError: if one fails; the caller's transaction is broken then, as after any failed statement
    """
    if not statements:
        return []
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    raw = connection.connection
    with connection.wrap_database_errors, raw.lock:
        texts = [_spoken(raw, sql, parameters) for sql, parameters in statements]
        begins = connection.in_atomic_block and raw.pgconn.transaction_status == TransactionStatus.IDLE
        results = _results(raw, ";".join(["BEGIN", *texts] if begins else texts))
    return [_rows(result) for result in results[begins:]]


def read_one(read: Read[Value]) -> Value:
    """This function will run one read and return its value, as `read_together` does.

    :raises DatabaseError: if it fails; the caller's transaction is broken then, as after any failed statement
    """
    value: Value = read_together(read)[0]
    return value


def insert_row(table: str, values: Mapping[str, Any]) -> int:
    """This function will insert one row and return its id.

    1. Values are plain: texts, numbers, moments, bytes, None; JSON as text.

    :raises DatabaseError: if it fails; the caller's transaction is broken then, as after any failed statement
    """
    (rows,) = run_together((_insert_sql(table, tuple(values), ""), tuple(values.values())))
    return int(rows[0][0] or 0)


def insert_unless(conflict: str, table: str, values: Mapping[str, Any]) -> int | None:
    """This function will insert one row as `insert_row` does, None if another has the same in the columns of `conflict`.

    1. `conflict` is a conflict target as SQL writes it: it spares a savepoint where somebody else may have been faster.
    """
    (rows,) = run_together((_insert_sql(table, tuple(values), conflict), tuple(values.values())))
    return int(rows[0][0] or 0) if rows else None


@lru_cache(maxsize=64)
def _insert_sql(table: str, columns: tuple[str, ...], unless: str) -> str:
    names, places = (
        ", ".join(f'"{name}"' for name in columns),
        ", ".join(f"${place + 1}" for place in range(len(columns))),
    )
    conflict = f" ON CONFLICT {unless} DO NOTHING" if unless else ""
    return f'INSERT INTO "{table}" ({names}) VALUES ({places}){conflict} RETURNING id'


def _results(raw: psycopg.Connection[Any], text: str) -> list[Any]:
    """Run a text of statements and wait for the results of all."""
    raw.pgconn.send_query(text.encode())
    results = raw.wait(generators.execute(raw.pgconn))
    if results[-1].status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        raise errors.error_from_result(results[-1], encoding="utf-8")
    return results


def _rows(result: Any) -> Rows:
    columns = range(result.nfields)
    return [[result.get_value(row, column) for column in columns] for row in range(result.ntuples)]


def _spoken(raw: psycopg.Connection[Any], sql: str, parameters: Sequence[Any]) -> str:
    """Return the text that runs a statement, which is prepared first if this connection has not done so."""
    literals = [_literal(raw, value) for value in parameters]
    if raw.prepare_threshold is None:
        return _PLACE.sub(lambda place: literals[int(place[1]) - 1], sql)
    name = _name(sql)
    known = _prepared.setdefault(raw, set())
    if name not in known:
        _results(raw, f"PREPARE {name} AS {sql}")
        known.add(name)
    return f"EXECUTE {name}({','.join(literals)})" if literals else f"EXECUTE {name}"


@lru_cache(maxsize=256)
def _name(sql: str) -> str:
    return f"fairdue_{hashlib.sha256(sql.encode()).hexdigest()[:16]}"


def _literal(raw: psycopg.Connection[Any], value: Any) -> str:
    """Return a value as SQL writes it."""
    write = _WRITERS.get(type(value))
    if write is not None:
        return write(value)
    text = str(value)
    if "'" in text or "\\" in text or "\0" in text:
        return psycopg.pq.Escaping(raw.pgconn).escape_literal(text.encode()).decode()
    return f"'{text}'"


_WRITERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda value: "NULL",
    int: str,
    bool: str,
    memoryview: lambda value: f"'\\x{value.hex()}'",
    bytes: lambda value: f"'\\x{value.hex()}'",
    datetime: lambda value: f"'{value.isoformat()}'",
    list: lambda value: f"'{{{','.join(map(str, map(int, value)))}}}'",  # of numbers
}
