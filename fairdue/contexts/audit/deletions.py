"""Runs that erase what may be kept no longer, and the chained batches that prove what they erased."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from fairdue.contexts.audit.contracts import BatchCard, DeletionReport, DeletionRunCard, Finding
from fairdue.contexts.audit.digests import plain
from fairdue.contexts.audit.models import DeletionBatch, DeletionRun, Event
from fairdue.contexts.audit.operations import record
from fairdue.kernel.actor import Actor

BATCH_ERASED = "retention.batch.erased"
RUN_FINISHED = "retention.run.finished"
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('audit.deletion', 0))"
RUN_COLUMNS = (
    "id", "kind", "as_of", "started_by", "started_at", "finished_at", "pack_versions", "inventory_sha256", "summary",
)  # fmt: skip
BATCH_COLUMNS = (
    "number", "run_id", "class_code", "table_name", "key_column", "action", "columns", "record_count", "person_count",
    "ids_sha256", "content_hmac", "rules", "kept_until_max", "erased_at", "cluster", "xid", "previous_hash",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What one batch is to erase; ids in the order in which they are erased."""

    class_code: str
    table_name: str
    key_column: str
    action: str
    columns: tuple[str, ...]
    record_ids: tuple[str, ...]
    person_count: int
    content_hmac: bytes
    rules: Mapping[str, int]
    kept_until_max: date


def open_deletion_run(
    *,
    kind: str,
    as_of: date,
    pack_versions: Mapping[str, str],
    inventory_sha256: str,
    actor: Actor,
    now: datetime,
) -> DeletionRunCard:
    """This function will begin a run, or return the one that was begun and never finished, to be continued.

    1. At most one run that erases is open at a time: a killed one is taken up again, as of the later day.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        open_run = DeletionRun.objects.filter(kind="run", finished_at__isnull=True).first()
        if kind == "run" and open_run is not None:
            return _card(open_run)
        made = DeletionRun.objects.create(
            kind=kind, as_of=as_of, started_by=actor.label[:120], started_at=now, pack_versions=dict(pack_versions),
            inventory_sha256=inventory_sha256,
        )  # fmt: skip
    return _card(made)


def record_deletion_batch(*, run_id: int, erasure: Erasure, actor: Actor, now: datetime) -> int:
    """This function will write the batch that lets the caller's transaction erase, and return its number.

    1. Call it inside the transaction that erases, before it does: the database lets exactly these records pass.
    2. Batches are numbered and chained under a lock, so only one transaction erases at a time.
    3. The audit record gets the batch's hash, so the batch cannot go missing without being missed.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(
            "SELECT pg_current_xact_id()::text::bigint, system_identifier FROM pg_control_system()"
        )
        xid, cluster = cursor.fetchone()
    previous = DeletionBatch.objects.order_by("-number").values_list("number", "hash").first()
    values: dict[str, Any] = {
        "number": previous[0] + 1 if previous else 1, "run_id": run_id, "class_code": erasure.class_code,
        "table_name": erasure.table_name, "key_column": erasure.key_column, "action": erasure.action,
        "columns": list(erasure.columns), "record_count": len(erasure.record_ids),
        "person_count": erasure.person_count, "ids_sha256": ids_digest(erasure.record_ids),
        "content_hmac": erasure.content_hmac, "rules": dict(erasure.rules), "kept_until_max": erasure.kept_until_max,
        "erased_at": now, "cluster": cluster, "xid": xid, "previous_hash": bytes(previous[1]) if previous else bytes(32),
    }  # fmt: skip
    digest = _authenticated("batch", [values[name] for name in BATCH_COLUMNS])
    DeletionBatch.objects.create(**values, record_ids=list(erasure.record_ids), hash=digest)
    record(
        code=BATCH_ERASED, actor=actor, subject_type="deletion_batch", subject_id=values["number"], now=now,
        after={"run": run_id, "class": erasure.class_code, "records": len(erasure.record_ids),
               "persons": erasure.person_count, "ids_sha256": values["ids_sha256"], "hash": digest.hex()},
    )  # fmt: skip
    return int(values["number"])


def finish_deletion_run(
    *, run_id: int, summary: Mapping[str, Any], actor: Actor, now: datetime
) -> DeletionRunCard:
    """This function will close a run with what it found; it never changes again."""
    with transaction.atomic():
        run = DeletionRun.objects.select_for_update().get(pk=run_id)
        if run.finished_at is None:
            run.finished_at, run.summary = now, plain(summary)
            run.digest = _run_digest(run)
            run.save(update_fields=["finished_at", "summary", "digest"])
            erased = sum(run.batches.values_list("record_count", flat=True))
            record(
                code=RUN_FINISHED, actor=actor, subject_type="deletion_run", subject_id=run_id, now=now,
                after={"kind": run.kind, "as_of": run.as_of, "records": erased, "digest": run.digest.hex()},
            )  # fmt: skip
    return _card(run)


def deletion_runs(
    *, limit: int = 30, kind: str = "", before_id: int | None = None
) -> tuple[DeletionRunCard, ...]:
    """This function will return the runs, newest first."""
    found = DeletionRun.objects.order_by("-id")
    found = found.filter(kind=kind) if kind else found
    found = found.filter(id__lt=before_id) if before_id else found
    return tuple(_card(run) for run in found[:limit])


def deletion_batches(*, run_id: int | None = None, class_code: str = "") -> tuple[BatchCard, ...]:
    """This function will return batches in order, without the ids they name."""
    found = DeletionBatch.objects.order_by("number").defer("record_ids")
    found = found.filter(run_id=run_id) if run_id else found
    found = found.filter(class_code=class_code) if class_code else found
    return tuple(
        BatchCard(
            number=one.number, run_id=one.run_id, class_code=one.class_code, action=one.action,
            record_count=one.record_count, person_count=one.person_count, ids_sha256=one.ids_sha256, rules=one.rules,
            kept_until_max=one.kept_until_max, erased_at=one.erased_at, hash=bytes(one.hash).hex(),
        )
        for one in found
    )  # fmt: skip


def batches_naming(*, class_code: str, record_ids: Sequence[str]) -> tuple[BatchCard, ...]:
    """This function will return the batches of a class that erased any of some records."""
    numbers = DeletionBatch.objects.filter(class_code=class_code, record_ids__overlap=list(record_ids))
    chosen = set(numbers.values_list("number", flat=True))
    return tuple(card for card in deletion_batches(class_code=class_code) if card.number in chosen)


def erased_ids() -> Iterator[tuple[int, str, date, list[str]]]:
    """Yield number, class, latest kept day and ids of every batch, in order."""
    rows = DeletionBatch.objects.order_by("number").values_list(
        "number", "class_code", "kept_until_max", "record_ids"
    )
    yield from rows.iterator(chunk_size=200)


def erased_ids_sql(class_code: str) -> str:
    """Return a query of every id that batches of a class name."""
    if not class_code.isidentifier():
        raise ValueError(class_code)
    return f"SELECT unnest(record_ids) FROM audit_deletionbatch WHERE class_code = '{class_code}'"


def verify_deletions() -> DeletionReport:
    """This function will prove that no batch or finished run was altered, removed or inserted.

    1. Each batch's hash covers its content and the hash before it; numbers have no gap; ids give their digest.
    2. Each batch stands in the audit record with its hash, and the audit record names none that is missing.
    """
    findings: list[Finding] = []
    previous, count, records = bytes(32), 0, 0
    recorded = dict(Event.objects.filter(code=BATCH_ERASED).values_list("subject_id", "after__hash"))
    rows = DeletionBatch.objects.order_by("number").values_list(*BATCH_COLUMNS, "record_ids", "hash")
    for *values, ids, stored in rows.iterator(chunk_size=500):
        batch = dict(zip(BATCH_COLUMNS, values, strict=True))
        count, records, subject = count + 1, records + batch["record_count"], f"batch {batch['number']}"
        if batch["number"] != count or bytes(batch["previous_hash"]) != previous:
            findings.append(
                Finding(kind="batch_missing", subject=subject, message="does not follow the one before")
            )
            count = batch["number"]
        if _authenticated("batch", values) != bytes(stored) or ids_digest(ids) != batch["ids_sha256"]:
            findings.append(
                Finding(kind="batch_altered", subject=subject, message="its content does not give its hash")
            )
        if recorded.pop(str(batch["number"]), None) != bytes(stored).hex():
            findings.append(
                Finding(
                    kind="batch_unrecorded", subject=subject, message="the audit record has no such batch"
                )
            )
        previous = bytes(stored)
    findings += [
        Finding(
            kind="batch_missing",
            subject=f"batch {number}",
            message="the audit record names it, it is not there",
        )
        for number in sorted(recorded)
    ]
    for run in DeletionRun.objects.filter(finished_at__isnull=False).order_by("id"):
        if run.digest is None or _run_digest(run) != bytes(run.digest):
            findings.append(
                Finding(
                    kind="run_altered",
                    subject=f"run {run.pk}",
                    message="its content does not give its digest",
                )
            )
    return DeletionReport(batches=count, records=records, findings=tuple(findings))


def ids_digest(record_ids: Sequence[str]) -> str:
    """Return the SHA-256 over the ids of a batch, one a line."""
    return hashlib.sha256("\n".join(record_ids).encode()).hexdigest()


def _run_digest(run: DeletionRun) -> bytes:
    return _authenticated("run", [getattr(run, name) for name in RUN_COLUMNS])


def _authenticated(what: str, values: Sequence[Any]) -> bytes:
    text = json.dumps(
        [f"fairdue.retention.{what}.1", *(plain(value) for value in values)],
        sort_keys=True, separators=(",", ":"), ensure_ascii=False,
    )  # fmt: skip
    return hmac.digest(settings.CHAIN_KEY, text.encode(), hashlib.sha256)


def _card(run: DeletionRun) -> DeletionRunCard:
    return DeletionRunCard(
        run_id=run.pk, kind=run.kind, as_of=run.as_of, started_by=run.started_by, started_at=run.started_at,
        finished_at=run.finished_at, pack_versions=run.pack_versions, summary=run.summary,
        digest=bytes(run.digest).hex() if run.digest else "",
    )  # fmt: skip
