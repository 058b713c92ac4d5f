"""Seal personal values again under the newest key, in batches that survive being stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.conf import settings
from django.db import connection, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.kernel.actor import Actor
from fairdue.storage.bulk import execute
from fairdue.storage.staging import staged

from ..sealing import SEALED_COLUMNS

BATCH_ROWS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Resealed:
    """How many values of each `table.column` were sealed again, under which key."""

    key_id: int
    counts: dict[str, int]


def reseal(*, actor: Actor, now: datetime, progress: Callable[[int], None] | None = None) -> Resealed:
    """Seal every value that an older key sealed again under the newest key.

    1. A value says by its first byte which key sealed it, so a second run goes on where the first stopped.
    2. Each batch is its own transaction; rows are locked while they are sealed again.
    3. Versions of the past keep their old seals: old keys stay in the ring as long as history is kept.

    :raises PermissionRefused: if the actor may not manage keys
    """
    actor.require("keys.rotate")
    newest = settings.FIELD_KEYS.newest
    counts: dict[str, int] = {}
    for table, columns in SEALED_COLUMNS.items():
        for column, purpose in columns:
            counts[f"{table}.{column}"] = _reseal_column(table, column, purpose, newest, progress)
    with transaction.atomic():
        audit.record(
            code="parties.keys.rotated",
            actor=actor,
            subject_type="key",
            subject_id=newest,
            now=now,
            after={"key_id": newest, "counts": counts},
        )
    return Resealed(key_id=newest, counts=counts)


def pending_reseals() -> int:
    """Return how many values an older key than the newest has sealed."""
    newest, pending = settings.FIELD_KEYS.newest, 0
    with connection.cursor() as cursor:
        for table, columns in SEALED_COLUMNS.items():
            for column, _ in columns:
                cursor.execute(f"SELECT count(*) FROM {table} WHERE get_byte({column}, 0) <> %s", [newest])
                pending += cursor.fetchone()[0]
    return pending


def _reseal_column(
    table: str, column: str, purpose: str, newest: int, progress: Callable[[int], None] | None
) -> int:
    done, after = 0, 0
    while rows := _reseal_batch(table, column, purpose, newest, after):
        done += len(rows)
        after = rows[-1]
        if progress is not None:
            progress(len(rows))
    return done


def _reseal_batch(table: str, column: str, purpose: str, newest: int, after: int) -> list[int]:
    """Seal the next rows again and return their ids, none at the end."""
    ring = settings.FIELD_KEYS
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, {column} FROM {table} WHERE id > %s AND {column} IS NOT NULL"
                f" AND get_byte({column}, 0) <> %s ORDER BY id LIMIT {BATCH_ROWS:d} FOR UPDATE",
                [after, newest],
            )
            rows = cursor.fetchall()
        if not rows:
            return []
        sealed = [f"\\x{ring.seal(ring.open(bytes(old), purpose), purpose).hex()}" for _, old in rows]
        frame = pl.DataFrame({"id": [row[0] for row in rows], "sealed": sealed})
        with staged(frame, "staged_seal", {"sealed": "bytea"}):
            execute(f"UPDATE {table} t SET {column} = s.sealed FROM staged_seal s WHERE s.id = t.id")
    return [row[0] for row in rows]
