"""A file of an agency's past contacts: land every row once, then replay each through the gate of its moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl
from django.db import connection, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.contexts.parties import facade as parties
from fairdue.engine.intake.agency_contacts import AGENCY_CONTACTS
from fairdue.engine.intake.files import LINE, FileRefused, RawBatch, batches, sha256_of
from fairdue.engine.intake.judging import judge
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date

from ..agency_contracts import Agency, RejectedRow, UploadCard
from ..facts import MEDIA, POINTED
from ..models import AgencyContact, AgencyUpload, Contact
from ..queries.agencies import upload_card
from .agency import judge_told
from .agency_door import agency_of

ROWS_AT_ONCE = 2_000
"""Rows of one transaction: so long the budgets of their persons are locked."""
KEPT_REJECTS = 10_000
Progress = Callable[[int], None]


@dataclass(slots=True)
class _Landing:
    """One run over a file."""

    agency: Agency
    upload: AgencyUpload
    now: datetime
    rows: int = 0
    repeated: int = 0
    rejections: Counter[str] = field(default_factory=Counter)
    rejected: list[RejectedRow] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def reject(self, line: int, code: str, column: str) -> None:
        self.rejections[code] += 1
        if len(self.rejected) < KEPT_REJECTS:
            self.rejected.append(RejectedRow(line=line, code=code, field=column))


def upload_contacts(
    *, path: Path, agency_code: str, actor: Actor, now: datetime, progress: Progress | None = None
) -> UploadCard:
    """This function will count an agency's past contacts and list what they broke, and return what became of them.

    1. `rows = accepted + repeated + rejected`: a row that cannot be read or names no debt of the agency is rejected
       with its reason; a contact that was told before, or stands twice in the file, changes nothing.
    2. Accepted contacts count at once in the budget shared by the lender and all agencies.
    3. Then each is judged with the facts of its own moment; what it broke is kept (`agency_breaches`).
    4. The same file again changes nothing; after a kill it goes on where it stopped.

    :raises AgencyUnknown: if no team belongs to the agency
    :raises FileRefused: if the file cannot be read as such a file; nothing was changed
    :raises PermissionRefused: without `agencies.manage`
    """
    actor.require("agencies.manage")
    agency = agency_of(agency_code)
    source = batches(path, AGENCY_CONTACTS)
    first = next(source, None)
    upload, is_finished = _open(path, agency, actor, now)
    if is_finished:
        return upload_card(upload)
    run = _Landing(agency=agency, upload=upload, now=now)
    for batch in filter(None, (first, *source)):
        _land_batch(run, batch)
        if progress:
            progress(run.rows)
    breaches = _judge_all(upload, now)
    return _close(run, breaches, actor, now)


def _open(path: Path, agency: Agency, actor: Actor, now: datetime) -> tuple[AgencyUpload, bool]:
    upload, _ = AgencyUpload.objects.get_or_create(
        agency=agency.code,
        sha256=sha256_of(path),
        defaults={"file_name": path.name[:200], "uploaded_by": actor.label[:120], "recorded_at": now},
    )
    return upload, upload.status == "finished"


def _land_batch(run: _Landing, batch: RawBatch) -> None:
    judged = judge(batch, AGENCY_CONTACTS, as_of=business_date(run.now))
    run.rows += judged.row_count
    for finding in judged.findings.unique(LINE, keep="first", maintain_order=True).iter_rows(named=True):
        run.reject(finding[LINE], finding["code"], finding["column"])
    if judged.rows.is_empty():
        return
    written = batch.cells.select(LINE, as_written=pl.col("occurred_at").str.strip_chars())
    rows = judged.rows.join(written, on=LINE, how="left")
    for chunk in rows.iter_slices(ROWS_AT_ONCE):
        with transaction.atomic():
            _land(run, _with_debts(run, _timed(run, chunk)))


def _timed(run: _Landing, rows: pl.DataFrame) -> pl.DataFrame:
    """Reject moments without a time of day and in the future."""
    bare, ahead = pl.col("as_written").str.len_chars() <= 10, pl.col("occurred_at") > run.now
    for condition, code in ((bare, "intake.moment.no_time"), (ahead & ~bare, "intake.moment.future")):
        for line in rows.filter(condition)[LINE]:
            run.reject(line, code, "occurred_at")
    return rows.filter(~bare & ~ahead)


def _with_debts(run: _Landing, rows: pl.DataFrame) -> pl.DataFrame:
    """Add the debt, the person and the group to each row; reject rows about debts that are not the agency's."""
    parts = []
    for (creditor,), part in rows.partition_by("creditor", as_dict=True).items():
        card = _creditor(run, str(creditor))
        if card is None:
            found = part.head(0).with_columns(
                account_id=pl.lit(None, pl.Int64), person_id=pl.lit(None, pl.Int64)
            )
        else:
            known = book.account_ids_by_reference(part["account_ref"], creditor_id=card.creditor_id)
            found = part.join(known.select("account_ref", "account_id", "person_id"), on="account_ref")
        found = found.with_columns(group=pl.lit(card.institution_group if card else ""))
        for line in part.join(found, on=LINE, how="anti")[LINE]:
            run.reject(line, "law.agency.debt_unknown", "account_ref")
        parts.append(found)
    return pl.concat(parts).sort(LINE) if parts else rows.head(0)


def _creditor(run: _Landing, code: str) -> book.CreditorCard | None:
    try:
        card = book.creditor_by_code(code)
    except book.CreditorUnknown:
        return None
    return card if card.creditor_id in run.agency.creditor_ids else None


def _land(run: _Landing, rows: pl.DataFrame) -> None:
    """Count the rows that are new, in the caller's transaction."""
    if rows.is_empty():
        return
    told = dict(
        AgencyContact.objects.filter(
            agency=run.agency.code, contact_ref__in=rows["contact_ref"].to_list()
        ).values_list("contact_ref", "upload_id")
    )
    new = []
    for row in rows.iter_rows(named=True):
        reference = row["contact_ref"]
        if reference in run.seen or (reference in told and told[reference] != run.upload.pk):
            run.repeated += 1
        elif reference not in told:
            new.append(row)
        run.seen.add(reference)
    if new:
        _lock_budgets({row["person_id"] for row in new})
        _create(run, new)


def _lock_budgets(person_ids: set[int]) -> None:
    """Lock the persons' budgets in one order, so that a contact that is being judged sees these or comes before."""
    ordered = sorted(person_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO law_contactbudget (person_id) SELECT unnest(%s::bigint[]) ORDER BY 1 ON CONFLICT DO NOTHING",
            [ordered],
        )
        cursor.execute(
            "SELECT person_id FROM law_contactbudget WHERE person_id = ANY(%s) ORDER BY person_id FOR UPDATE",
            [ordered],
        )


def _create(run: _Landing, rows: list[dict]) -> None:  # type: ignore[type-arg]
    values = [(row["person_id"], row["contact_value"]) for row in rows if row["contact_value"]]
    points = parties.contact_points_by_value(values)
    known = [points.get((row["person_id"], row["contact_value"] or "")) for row in rows]
    fitting = [
        point if point and point.medium in MEDIA[row["channel"]] else None
        for row, point in zip(rows, known, strict=True)
    ]
    contacts = Contact.objects.bulk_create(
        Contact(
            person_id=row["person_id"], contact_point_id=point.contact_point_id if point else None,
            institution_group=row["group"], made_by=run.agency.code, channel=row["channel"],
            mode=row["mode"] or ("interactive" if row["channel"] == "call" else ""), direction=row["direction"],
            purpose=row["purpose"], result=row["result"], occurred_at=row["occurred_at"], recorded_at=run.now,
            account_ids=str(row["account_id"]),
        )
        for row, point in zip(rows, fitting, strict=True)
    )  # fmt: skip
    AgencyContact.objects.bulk_create(
        AgencyContact(
            agency=run.agency.code, contact_ref=row["contact_ref"], contact_id=contact.pk, account_id=row["account_id"],
            upload=run.upload, recorded_at=run.now,
            is_number_known=point is not None or (row["channel"] not in POINTED and not row["contact_value"]),
        )
        for row, point, contact in zip(rows, fitting, contacts, strict=True)
    )  # fmt: skip


def _judge_all(upload: AgencyUpload, now: datetime) -> int:
    """Judge what was not judged yet, some at a time, and return how many contacts of the file broke a rule."""
    for chunk in _unjudged(upload):
        with transaction.atomic():
            judge_told(chunk, now=now)
    return upload.contacts.exclude(outcome__in=["", "allow"]).count()


def _unjudged(upload: AgencyUpload) -> Iterator[list[AgencyContact]]:
    while chunk := list(upload.contacts.filter(judged_at__isnull=True).order_by("id")[:ROWS_AT_ONCE]):
        yield chunk


def _close(run: _Landing, breaches: int, actor: Actor, now: datetime) -> UploadCard:
    rejected = sum(run.rejections.values())
    with transaction.atomic():
        upload = AgencyUpload.objects.select_for_update().get(pk=run.upload.pk)
        upload.row_count, upload.rejected_count, upload.breach_count = run.rows, rejected, breaches
        upload.repeated_count, upload.accepted_count = run.repeated, run.rows - rejected - run.repeated
        upload.rejections, upload.status, upload.finished_at = dict(run.rejections), "finished", now
        upload.save()
        audit.record(
            code="law.agency.uploaded", actor=actor, subject_type="agency_upload", subject_id=upload.pk, now=now,
            after={"agency": upload.agency, "rows": run.rows, "accepted": upload.accepted_count,
                   "repeated": run.repeated, "rejected": rejected, "breaches": breaches},
        )  # fmt: skip
    return upload_card(upload, rejected_rows=tuple(run.rejected))


__all__ = ["FileRefused", "upload_contacts"]
