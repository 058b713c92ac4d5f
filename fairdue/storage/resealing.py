"""Sealing stored values again under the newest key, in batches that survive being stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl
from django.conf import settings
from django.db import connection, transaction

from fairdue.storage.bulk import execute
from fairdue.storage.staging import staged

BATCH_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed values, the purpose that they are sealed for, and the number that is its table's key."""

    table: str
    column: str
    purpose: str
    key: str = "id"


def pending(columns: Iterable[SealedColumn]) -> int:
    """Return how many values an older key than the newest has sealed."""
    newest, found = settings.FIELD_KEYS.newest, 0
    with connection.cursor() as cursor:
        for one in columns:
            cursor.execute(
                f"SELECT count(*) FROM {one.table} WHERE get_byte({one.column}, 0) <> %s", [newest]
            )
            found += cursor.fetchone()[0]
    return found


def reseal(
    columns: Iterable[SealedColumn], *, progress: Callable[[int], None] | None = None
) -> dict[str, int]:
    """This function will seal every value of an older key again under the newest, and count them by column.

    1. A value says by its first byte which key sealed it, so a second run goes on where the first stopped.
    2. Each batch is its own transaction; rows are locked while they are sealed again.
    """
    newest = settings.FIELD_KEYS.newest
    return {f"{one.table}.{one.column}": _reseal_column(one, newest, progress) for one in columns}


def _reseal_column(column: SealedColumn, newest: int, progress: Callable[[int], None] | None) -> int:
    done, after = 0, 0
    while rows := _reseal_batch(column, newest, after):
        done += len(rows)
        after = rows[-1]
        if progress is not None:
            progress(len(rows))
    return done


def _reseal_batch(column: SealedColumn, newest: int, after: int) -> list[int]:
    """Seal the next rows again and return their ids, none at the end."""
    ring, name, table, key = settings.FIELD_KEYS, column.column, column.table, column.key
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, {name} FROM {table} WHERE {key} > %s AND {name} IS NOT NULL"
                f" AND get_byte({name}, 0) <> %s ORDER BY {key} LIMIT {BATCH_ROWS:d} FOR UPDATE",
                [after, newest],
            )
            rows = cursor.fetchall()
        if not rows:
            return []
        purpose = column.purpose
        sealed = [f"\\x{ring.seal_bytes(ring.open_bytes(old, purpose), purpose).hex()}" for _, old in rows]
        frame = pl.DataFrame({"id": [row[0] for row in rows], "sealed": sealed})
        with staged(frame, "staged_seal", {"sealed": "bytea"}):
            execute(f"UPDATE {table} t SET {name} = s.sealed FROM staged_seal s WHERE s.id = t.{key}")
    return [row[0] for row in rows]
