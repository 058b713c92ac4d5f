"""What the local provider keeps: payments, mandates, and notices that are to be sent; one SQLite file."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS payment (
  ref TEXT PRIMARY KEY, kind TEXT NOT NULL, digest TEXT NOT NULL, document TEXT NOT NULL, status TEXT NOT NULL,
  amount_minor INTEGER NOT NULL, currency TEXT NOT NULL, failure TEXT NOT NULL DEFAULT '',
  page TEXT NOT NULL UNIQUE, changed_at TEXT NOT NULL, number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS mandate (
  ref TEXT PRIMARY KEY, digest TEXT NOT NULL, cap_minor INTEGER NOT NULL, currency TEXT NOT NULL,
  is_stopped INTEGER NOT NULL DEFAULT 0, number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS notice (
  id INTEGER PRIMARY KEY, body TEXT NOT NULL, due_at REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
  is_done INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS refund (ref TEXT PRIMARY KEY, payment_ref TEXT NOT NULL, amount_minor INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment as the provider has it; `amount_minor` is what was really taken once it was paid."""

    ref: str
    kind: str
    digest: str
    document: dict[str, Any]
    status: str
    amount_minor: int
    currency: str
    failure: str
    page: str
    changed_at: str
    number: int

    @property
    def provider_ref(self) -> str:
        """The provider's own name of it."""
        return f"LP{self.number:08d}"

    @property
    def asked_minor(self) -> int:
        """What the merchant asked for."""
        return int(self.document["amount_minor"])


class Store:
    """The provider's books; one writer at a time."""

    def __init__(self, path: Path | str) -> None:
        self._base = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None)
        self._base.row_factory = sqlite3.Row
        self._lock = threading.RLock()
        self._base.executescript(TABLES)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the books for one change; it happens whole or not at all."""
        with self._lock:
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield self._base
            except BaseException:
                self._base.execute("ROLLBACK")
                raise
            self._base.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Return the rows of a question."""
        with self._lock:
            return self._base.execute(sql, values).fetchall()

    def payment(self, ref: str) -> Payment | None:
        """Return a payment by the merchant's name of it."""
        return _one(self.rows("SELECT * FROM payment WHERE ref = ?", ref))

    def payment_of_page(self, page: str) -> Payment | None:
        """Return the payment of a page."""
        return _one(self.rows("SELECT * FROM payment WHERE page = ?", page))

    def payments(self, limit: int = 200) -> list[Payment]:
        """Return the newest payments."""
        rows = self.rows("SELECT * FROM payment ORDER BY number DESC LIMIT ?", limit)
        return [_payment(row) for row in rows]

    def add(self, *, ref: str, kind: str, digest: str, document: dict[str, Any], status: str, page: str,
            now: datetime) -> Payment:  # fmt: skip
        """Write a new payment into the books."""
        with self.writing() as base:
            number = base.execute("SELECT coalesce(max(number), 0) + 1 FROM payment").fetchone()[0]
            base.execute(
                "INSERT INTO payment VALUES (?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?)",
                (ref, kind, digest, json.dumps(document), status, document["amount_minor"], document["currency"],
                 page, now.isoformat(), number),
            )  # fmt: skip
        found = self.payment(ref)
        assert found is not None  # noqa: S101 - it has just been written
        return found

    def change(
        self, ref: str, *, status: str, amount_minor: int, currency: str, failure: str, now: datetime
    ) -> None:
        """Write what became of a payment."""
        with self.writing() as base:
            base.execute(
                "UPDATE payment SET status = ?, amount_minor = ?, currency = ?, failure = ?, changed_at = ? WHERE ref = ?",
                (status, amount_minor, currency, failure, now.isoformat(), ref),
            )

    def queue(self, body: str, due_at: float) -> None:
        """Keep a notice until the merchant has taken it."""
        with self.writing() as base:
            base.execute("INSERT INTO notice (body, due_at) VALUES (?, ?)", (body, due_at))


def _payment(row: sqlite3.Row) -> Payment:
    fields = dict(row) | {"document": json.loads(row["document"])}
    return Payment(**fields)


def _one(rows: list[sqlite3.Row]) -> Payment | None:
    return _payment(rows[0]) if rows else None
