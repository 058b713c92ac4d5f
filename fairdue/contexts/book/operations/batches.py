"""Open and close the record of a file that comes in, inside the import's one transaction."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from ..contracts import BatchOutcome, ImportBatchCard
from ..models import ImportBatch
from ..queries.batches import batch_card


def earlier_batch(*, creditor_id: int, kind: str, file_sha256: str) -> ImportBatchCard | None:
    """Return the latest accepted import of the very same file, if there is one."""
    rows = ImportBatch.objects.select_related("creditor").filter(
        creditor_id=creditor_id, kind=kind, file_sha256=file_sha256, status="accepted"
    )
    row = rows.order_by("-id").first()
    return batch_card(row) if row is not None else None


def batch_opened(
    *, creditor_id: int, kind: str, file_name: str, file_sha256: str, imported_by: str, now: datetime
) -> int:
    """Write down that a file comes in and return the batch's id; nothing is counted yet."""
    return ImportBatch.objects.create(
        creditor_id=creditor_id,
        kind=kind,
        file_name=file_name[-200:],
        file_sha256=file_sha256,
        imported_by=imported_by[:120],
        recorded_at=now,
        status="accepted",
        row_count=0,
        accepted_count=0,
        rejected_count=0,
    ).pk


def batch_closed(batch_id: int, outcome: BatchOutcome) -> None:
    """Write down what became of every row; the database refuses counts that do not add up."""
    ImportBatch.objects.filter(id=batch_id).update(**asdict(outcome))
