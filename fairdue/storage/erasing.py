"""Finding records of a declared class and erasing them: the only code that deletes what is kept.

What may be erased, and that it is written down first, is decided by the caller; the tables that forbid deletion let pass
only what a batch of the same transaction names (audit migration 0004).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl
from django.conf import settings
from django.db import connection

from fairdue.engine.law.record_classes import RecordClass
from fairdue.storage.bulk import copy_out, execute

MARK = "∅"
"""What stands in a masked column once the value is erased."""
SCHEMA = {"record_id": pl.String, "person_id": pl.Int64, "created_date": pl.Date}
_ERASED = {
    "none": ("NULL", "t.{0} IS NOT NULL"),
    "blank": ("''", "t.{0} <> ''"),
    "file": ("''", "t.{0} <> ''"),
    "empty": ("'{{}}'::jsonb", "t.{0} <> '{{}}'::jsonb"),
    "mark": (f"'{MARK}'", f"t.{{0}} <> '{MARK}'"),
    "mark_unique": (f"'{MARK}' || t.id::text", f"NOT starts_with(t.{{0}}, '{MARK}')"),
    "mark_hash": ("sha256(('fairdue.erased:' || t.id::text)::bytea)", ""),
    "sealed": ("%s::bytea", ""),
}  # fmt: skip
"""Way → what the column becomes, and how a record shows that it is not erased yet (nothing: it does not show)."""


def records(
    cls: RecordClass, *, persons: Sequence[int] | None = None, ids: Sequence[str] | None = None
) -> pl.DataFrame:
    """This function will read the records of a class that are not erased yet, one row a record and person.

    1. `created_date` is the day in the house zone; null for a class that lives on.
    2. `persons` restricts to records about any of them; `ids` to these, whoever they are about.
    """
    return copy_out(_select(cls, persons=persons, ids=ids), SCHEMA)


def unproved(cls: RecordClass, *, named: str) -> list[str]:
    """Return the first ids of records that look erased although `named`, a query of ids, does not give them."""
    if not cls.proves:
        return []
    sql = (
        f"SELECT t.{cls.key}::text FROM {cls.table} t {cls.joins} WHERE NOT ({_not_erased(cls)}) AND ({cls.proves})"
        f" AND t.{cls.key}::text NOT IN ({named}) LIMIT 100"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


def remaining(cls: RecordClass, record_ids: Collection[str], *, made_by: date) -> list[str]:
    """Return which of some records are there after all: as a row made by a day, or with something not erased."""
    is_there = f"{_day(cls)} <= '{made_by}'" if cls.action == "row" and cls.created else "TRUE"
    if cls.action == "fields":
        is_there = _not_erased(cls)
    sql = f"SELECT t.{cls.key}::text FROM {cls.table} t {cls.joins} WHERE t.{cls.key} = ANY(%s::{cls.key_type}[]) AND {is_there}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(record_ids)])
        return [row[0] for row in cursor.fetchall()]


def content_hmac(cls: RecordClass, record_ids: Sequence[str]) -> bytes:
    """Lock some records, in the order of their ids, and return the keyed digest of what is about to be erased."""
    shown = (
        f"jsonb_build_array({', '.join(f't.{name}' for name in cls.erase)})" if cls.erase else "to_jsonb(t)"
    )
    sql = (
        f"SELECT t.{cls.key}::text, {shown}::text FROM {cls.table} t WHERE t.{cls.key} = ANY(%s::{cls.key_type}[])"
        f" ORDER BY t.{cls.key} FOR UPDATE"
    )
    digest = hmac.new(settings.CHAIN_KEY, f"fairdue.retention.{cls.code}".encode(), hashlib.sha256)
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(record_ids)])
        for key, content in cursor.fetchall():
            digest.update(f"\x1e{key}\x1f{content}".encode())
    return digest.digest()


def erase(cls: RecordClass, record_ids: Sequence[str], *, purposes: Mapping[str, str]) -> int:
    """This function will erase records and return how many there were.

    1. A row is deleted, or its columns become what their way says; a file that a column names is deleted first, so that a
       kill in between leaves a name without a file, which the next pass erases.

    :param purposes: `table.column` → purpose of sealed values
    """
    keys = list(record_ids)
    if cls.action == "row":
        return execute(f"DELETE FROM {cls.table} WHERE {cls.key} = ANY(%s::{cls.key_type}[])", [keys])
    if cls.file_column:
        _delete_files(cls, keys)
    sealed = [
        settings.FIELD_KEYS.seal("{}" if name == "payee_sealed" else "", purposes[f"{cls.table}.{name}"])
        for name, way in cls.erase.items()
        if way == "sealed"
    ]
    changes = ", ".join(f"{name} = {_ERASED[way][0].format(name)}" for name, way in cls.erase.items())
    return execute(
        f"UPDATE {cls.table} t SET {changes} WHERE t.{cls.key} = ANY(%s::{cls.key_type}[])", [*sealed, keys]
    )


def _delete_files(cls: RecordClass, keys: Sequence[str]) -> None:
    """Delete the files that rows name; a file that is gone already is what was wanted."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {cls.file_column} FROM {cls.table} WHERE {cls.key} = ANY(%s::{cls.key_type}[])",
            [list(keys)],
        )
        names = [row[0] for row in cursor.fetchall() if row[0]]
    for path in map(Path, names):
        if path.suffix == ".csv":
            path.unlink(missing_ok=True)


def _not_erased(cls: RecordClass) -> str:
    if not cls.erase:
        return "TRUE"
    shows = [_ERASED[way][1].format(name) for name, way in cls.erase.items() if _ERASED[way][1]]
    return f"({' OR '.join(shows)})"


def _day(cls: RecordClass) -> str:
    return f"(({cls.created})::timestamptz AT TIME ZONE '{settings.TIME_ZONE}')::date"


def _select(cls: RecordClass, *, persons: Sequence[int] | None, ids: Sequence[str] | None) -> str:
    day = _day(cls) if cls.created else "NULL::date"
    conditions = [_not_erased(cls), f"({cls.when})"]
    if persons is not None:
        listed = ",".join(str(int(person)) for person in persons) or "NULL"
        conditions.append(f"{cls.person} IN ({listed})" if cls.person else "FALSE")
    if ids is not None:
        quoted = ",".join("'" + one.replace("'", "''") + "'" for one in ids)
        conditions.append(f"t.{cls.key} = ANY(ARRAY[{quoted}]::{cls.key_type}[])")
    return (
        f"SELECT t.{cls.key}::text, ({cls.person or 'NULL'})::bigint, {day} FROM {cls.table} t {cls.joins}"
        f" WHERE {' AND '.join(conditions)} ORDER BY 2, t.{cls.key}"
    )
