"""The way into the audit context."""

from __future__ import annotations

from fairdue.contexts.audit.contracts import (
    BatchCard,
    Block,
    DeletionReport,
    DeletionRunCard,
    Entry,
    EventCard,
    Finding,
    StateBefore,
    VerifyReport,
)
from fairdue.contexts.audit.deletions import (
    Erasure,
    batches_naming,
    deletion_batches,
    deletion_runs,
    erased_ids,
    erased_ids_sql,
    finish_deletion_run,
    open_deletion_run,
    record_deletion_batch,
    verify_deletions,
)
from fairdue.contexts.audit.operations import ReasonMissing, record, record_many, seal
from fairdue.contexts.audit.queries import events, latest_sealed_at, states_before_read
from fairdue.contexts.audit.verification import verify

__all__ = [
    "BatchCard",
    "Block",
    "DeletionReport",
    "DeletionRunCard",
    "Entry",
    "Erasure",
    "EventCard",
    "Finding",
    "ReasonMissing",
    "StateBefore",
    "VerifyReport",
    "batches_naming",
    "deletion_batches",
    "deletion_runs",
    "erased_ids",
    "erased_ids_sql",
    "events",
    "finish_deletion_run",
    "latest_sealed_at",
    "open_deletion_run",
    "record",
    "record_deletion_batch",
    "record_many",
    "seal",
    "states_before_read",
    "verify",
    "verify_deletions",
]
