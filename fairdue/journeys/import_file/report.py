"""What the caller of an import learns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of a file and of each of its rows; `row_count` = `accepted_count` + `rejected_count`.

    `created_count`, `changed_count` and `unchanged_count` count persons, contact points, accounts, due
    items (several of one row) or transactions.
    """

    status: Literal["accepted", "repeated", "refused"]
    batch_id: int
    kind: str
    creditor_code: str
    file_name: str
    file_sha256: str
    row_count: int = 0
    accepted_count: int = 0
    rejected_count: int = 0
    created_count: int = 0
    changed_count: int = 0
    unchanged_count: int = 0
    control_totals: dict[str, Any] = field(default_factory=dict)
    rejections: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    reject_file: str = ""
    problem: str = ""
    """Why the file was refused as a whole."""
    repeats_batch_id: int | None = None
    seconds: float = 0.0
