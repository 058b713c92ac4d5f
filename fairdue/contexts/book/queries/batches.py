"""What became of the files that came in."""

from __future__ import annotations

from datetime import datetime

from fairdue.kernel.actor import Actor

from ..contracts import FileSeen, ImportBatchCard
from ..models import ImportBatch


class ImportBatchUnknown(LookupError):
    """There is no such file in the actor's scope."""


def import_batches(actor: Actor, limit: int = 50) -> tuple[ImportBatchCard, ...]:
    """Return the latest files of the actor's creditors.

    :raises PermissionRefused: if the actor may not see the book
    """
    return tuple(batch_card(row) for row in _in_scope(actor).order_by("-id")[:limit])


def import_batch(batch_id: int, actor: Actor) -> ImportBatchCard:
    """Return one file.

    :raises PermissionRefused: if the actor may not see the book
    :raises ImportBatchUnknown: if there is none in the actor's scope
    """
    row = _in_scope(actor).filter(id=batch_id).first()
    if row is None:
        raise ImportBatchUnknown(f"import batch {batch_id} is not known")
    return batch_card(row)


def files_since(moment: datetime) -> tuple[FileSeen, ...]:
    """Return every file that came after a moment, oldest first, for the night."""
    rows = ImportBatch.objects.filter(recorded_at__gt=moment).select_related("creditor").order_by("id")
    return tuple(
        FileSeen(
            creditor_id=row.creditor_id,
            creditor_code=row.creditor.code,
            kind=row.kind,
            status=row.status,
            row_count=row.row_count,
            rejected_count=row.rejected_count,
            recorded_at=row.recorded_at,
        )
        for row in rows
    )


def _in_scope(actor: Actor):  # type: ignore[no-untyped-def]
    actor.require("book.view")
    rows = ImportBatch.objects.select_related("creditor")
    return rows if actor.creditor_ids is None else rows.filter(creditor_id__in=actor.creditor_ids)


def batch_card(row: ImportBatch) -> ImportBatchCard:
    """Return the card of one batch row."""
    return ImportBatchCard(
        batch_id=row.pk,
        kind=row.kind,
        creditor_id=row.creditor_id,
        creditor_code=row.creditor.code,
        file_name=row.file_name,
        file_sha256=row.file_sha256,
        status=row.status,
        row_count=row.row_count,
        accepted_count=row.accepted_count,
        rejected_count=row.rejected_count,
        created_count=row.created_count,
        changed_count=row.changed_count,
        unchanged_count=row.unchanged_count,
        control_totals=row.control_totals,
        rejections=row.rejections,
        reject_file=row.reject_file,
        seconds=row.seconds,
        imported_by=row.imported_by,
        recorded_at=row.recorded_at,
    )
