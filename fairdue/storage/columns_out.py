"""Columns of numbers and dates out of the caller's transaction, in the binary form of arrays.

A column comes as one array, whose cells have a fixed size: no row is handled by itself, so that a million rows
come out in about the time the server needs to read them.
https://www.postgresql.org/docs/current/arrays.html; the binary form is that of `array_send`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import psycopg
import pyarrow as pa
from django.db import connection

from .binary import DAYS_1970_TO_2000

HEADER_BYTES, LENGTH_BYTES = 20, 4
SIZES: dict[Any, int] = {pl.Int64: 8, pl.Int32: 4, pl.Int16: 2, pl.Date: 4, pl.Binary: 6}


def read_numbers(query: str, schema: Mapping[str, Any]) -> pl.DataFrame:
    """Read a query's rows as a frame on Django's connection; no value may be null.

    `schema` names the columns in order as Int64 (bigint), Int32 (integer), Int16 (smallint), Date, or
    Binary (tid, where a row lies, as its six bytes). One column may hold about 80 million cells.

    :raises ValueError: if a column has a null
    """
    arrays = ", ".join(f"array_agg({name})" for name in schema)
    statement = f"SELECT {arrays} FROM ({query}) AS rows_read ({', '.join(schema)})"
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, binary=True)
        cells = [cursor.pgresult.get_value(0, number) for number in range(len(schema))]  # type: ignore[union-attr]
    given = [cell for cell in cells if cell is not None]
    if not given:
        return pl.DataFrame(schema=dict(schema))
    pairs = zip(schema.items(), given, strict=True)
    return pl.DataFrame([_column(name, dtype, value) for (name, dtype), value in pairs])


def _column(name: str, dtype: Any, value: bytes) -> pl.Series:
    if int.from_bytes(value[4:8]):
        raise ValueError(f"the column {name} has a null")
    size = SIZES[dtype]
    width = LENGTH_BYTES + size
    count = int.from_bytes(value[12:16])
    cells = pa.Array.from_buffers(
        pa.binary(width), count, [None, pa.py_buffer(value).slice(HEADER_BYTES, count * width)]
    )
    values = pl.Series(name, cells).bin.slice(LENGTH_BYTES, size)
    if dtype == pl.Binary:
        return values
    numbers = values.bin.reinterpret(dtype=pl.Int32 if dtype == pl.Date else dtype, endianness="big")
    return (numbers + DAYS_1970_TO_2000).cast(pl.Date) if dtype == pl.Date else numbers
