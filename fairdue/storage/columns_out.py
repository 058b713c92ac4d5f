"""Columns of numbers and dates out of the caller's transaction, in binary form.

All rows come as one value, a row as a record of fixed size: no row is handled by itself, so that a million rows
come out in about the time the server needs to read them. The binary form of each cell is that of the server's own
`…send` functions: big-endian.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import psycopg
import pyarrow as pa
from django.db import connection

from .binary import DAYS_1970_TO_2000

CELLS: dict[Any, tuple[str, int]] = {
    pl.Int64: ("int8send", 8),
    pl.Int32: ("int4send", 4),
    pl.Int16: ("int2send", 2),
    pl.Date: ("date_send", 4),
    pl.Binary: ("tidsend", 6),
}
"""How the server writes a cell of each type, and in how many bytes."""


def read_numbers(query: str, schema: Mapping[str, Any]) -> pl.DataFrame:
    """Read a query's rows as a frame on Django's connection; no value may be null.

    `schema` names the columns in order as Int64 (bigint), Int32 (integer), Int16 (smallint), Date, or
    Binary (tid, where a row lies, as its six bytes). All rows together may have a gigabyte.

    :raises ValueError: if a column has a null
    """
    record = " || ".join(f"{CELLS[dtype][0]}({name})" for name, dtype in schema.items())
    statement = (
        f"SELECT string_agg({record}, ''::bytea), count(*) FROM ({query}) AS rows_read ({', '.join(schema)})"
    )
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, binary=True)
        records, counted = (cursor.pgresult.get_value(0, number) for number in (0, 1))  # type: ignore[union-attr]
    return _frame(records or b"", int.from_bytes(counted or b""), schema)


def _frame(records: bytes, count: int, schema: Mapping[str, Any]) -> pl.DataFrame:
    width = sum(CELLS[dtype][1] for dtype in schema.values())
    if len(records) != count * width:
        raise ValueError(f"one of the columns {', '.join(schema)} has a null")
    array = pa.Array.from_buffers(pa.binary(width), count, [None, pa.py_buffer(records)])
    rows = pl.Series("record", array, dtype=pl.Binary)
    columns, start = [], 0
    for name, dtype in schema.items():
        size = CELLS[dtype][1]
        columns.append(_column(name, dtype, rows.bin.slice(start, size)))
        start += size
    return pl.DataFrame(columns)


def _column(name: str, dtype: Any, cells: pl.Series) -> pl.Series:
    cells = cells.alias(name)
    if dtype == pl.Binary:
        return cells
    numbers = cells.bin.reinterpret(dtype=pl.Int32 if dtype == pl.Date else dtype, endianness="big")
    return (numbers + DAYS_1970_TO_2000).cast(pl.Date) if dtype == pl.Date else numbers
