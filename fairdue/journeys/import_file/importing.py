"""The import of one file, in one transaction."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl
from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.engine.intake.duplicates import KeyRegister
from fairdue.engine.intake.files import LINE, FileRefused, batches, sha256_of
from fairdue.engine.intake.judging import FINDING_SCHEMA, judged_ahead
from fairdue.engine.intake.reasons import HEALED_BY_OTHER_FILES
from fairdue.engine.intake.schema import KINDS, FileKind
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.storage.staging import lock_for_transaction

from .landing import LANDERS, PREPARERS, Context, Landing
from .rejects import RejectFile
from .report import ImportReport
from .totals import ControlTotals

Progress = Callable[[int, "int | None"], None]


class KindUnknown(ValueError):
    """There is no such kind of file."""


class CreditorForbidden(PermissionError):
    """The actor may not touch this creditor's data."""


def import_file(
    *,
    path: Path,
    kind: str,
    creditor_code: str,
    actor: Actor,
    now: datetime,
    reject_dir: Path,
    progress: Progress | None = None,
) -> ImportReport:
    """Import one canonical file of one creditor and return what became of every row.

    1. One transaction: all rows land except those in the reject file, or nothing does. The reject file
       takes its name before the commit.
    2. A file that cannot be read as its kind is `refused`: nothing changes but the record of the attempt.
    3. The same file again is `repeated` and changes nothing, unless rows were rejected for want of rows
       of another file; then it is read again.
    4. Two imports of a kind for a creditor wait for each other.
    5. `progress` is told the number of rows done, and their total if it is known.

    :raises PermissionRefused: if the actor may not import
    :raises KindUnknown: if there is no such kind of file
    :raises CreditorUnknown: if there is no such creditor
    :raises CreditorForbidden: if the actor may not touch the creditor
    """
    actor.require("book.import")
    if kind not in KINDS:
        raise KindUnknown(f"{kind!r} is none of {', '.join(KINDS)}")
    creditor = book.creditor_by_code(creditor_code)
    if actor.creditor_ids is not None and creditor.creditor_id not in actor.creditor_ids:
        raise CreditorForbidden(f"{actor.label} may not touch creditor {creditor_code}")
    incoming = _Incoming(path=Path(path), kind=KINDS[kind], creditor=creditor, actor=actor, now=now)
    try:
        with transaction.atomic():
            return incoming.take(reject_dir, progress or _no_progress)
    except FileRefused as refusal:
        return incoming.refuse(refusal)


def _no_progress(done: int, total: int | None) -> None:
    """Say nothing."""


@dataclass(kw_only=True)
class _Incoming:
    """One file on its way in."""

    path: Path
    kind: FileKind
    creditor: book.CreditorCard
    actor: Actor
    now: datetime
    started: float = field(default_factory=time.perf_counter)
    sha256: str = ""

    def take(self, reject_dir: Path, progress: Progress) -> ImportReport:
        lock_for_transaction("import", self.creditor.code, self.kind.name)
        self.sha256 = sha256_of(self.path)
        earlier = book.earlier_batch(
            creditor_id=self.creditor.creditor_id, kind=self.kind.name, file_sha256=self.sha256
        )
        if earlier is not None and not HEALED_BY_OTHER_FILES & earlier.rejections.keys():
            return self._repeat(earlier)
        batch_id = self._open()
        rejects = RejectFile(
            reject_dir, creditor_code=self.creditor.code, kind=self.kind, file_sha256=self.sha256
        )
        try:
            intake = _Intake(self, batch_id, rejects, progress)
            intake.run()
            return self._close(batch_id, intake.outcome(rejects.publish()), intake.totals.notes)
        except BaseException:
            rejects.discard()
            raise

    def _open(self) -> int:
        return book.batch_opened(
            creditor_id=self.creditor.creditor_id,
            kind=self.kind.name,
            file_name=self.path.name,
            file_sha256=self.sha256,
            imported_by=self.actor.label,
            now=self.now,
        )

    def _repeat(self, earlier: book.ImportBatchCard) -> ImportReport:
        outcome = book.BatchOutcome(
            status="repeated",
            row_count=earlier.row_count,
            accepted_count=earlier.accepted_count,
            rejected_count=earlier.rejected_count,
            unchanged_count=earlier.created_count + earlier.changed_count + earlier.unchanged_count,
            control_totals=earlier.control_totals,
            rejections=earlier.rejections,
            reject_file=earlier.reject_file,
            seconds=self._seconds(),
        )
        return self._close(self._open(), outcome, {}, repeats_batch_id=earlier.batch_id)

    def refuse(self, refusal: FileRefused) -> ImportReport:
        """Write down that the file was refused as a whole."""
        with transaction.atomic():
            outcome = book.BatchOutcome(
                status="refused", rejections={refusal.code: 1}, seconds=self._seconds()
            )
            return self._close(self._open(), outcome, {}, problem=str(refusal))

    def _seconds(self) -> float:
        return round(time.perf_counter() - self.started, 3)

    def _close(
        self,
        batch_id: int,
        outcome: book.BatchOutcome,
        notes: dict[str, int],
        *,
        problem: str = "",
        repeats_batch_id: int | None = None,
    ) -> ImportReport:
        book.batch_closed(batch_id, outcome)
        audit.record(
            code=f"book.file.{outcome.status}",
            actor=self.actor,
            subject_type="import_batch",
            subject_id=batch_id,
            now=self.now,
            reason=problem,
            after={"kind": self.kind.name, "creditor": self.creditor.code, "sha256": self.sha256}
            | {
                "rows": outcome.row_count,
                "accepted": outcome.accepted_count,
                "changed": outcome.changed_count,
            },
        )
        return ImportReport(
            batch_id=batch_id,
            kind=self.kind.name,
            creditor_code=self.creditor.code,
            file_name=self.path.name,
            file_sha256=self.sha256,
            notes=dict(notes),
            problem=problem,
            repeats_batch_id=repeats_batch_id,
            **asdict(outcome),
        )


class _Intake:
    """Takes the batches of one file in order and keeps count."""

    def __init__(self, incoming: _Incoming, batch_id: int, rejects: RejectFile, progress: Progress) -> None:
        self._incoming = incoming
        self._rejects = rejects
        self._progress = progress
        self._context = Context(
            creditor=incoming.creditor, batch_id=batch_id, actor=incoming.actor, now=incoming.now
        )
        self._register = KeyRegister(incoming.kind.key)
        self._later: list[pl.DataFrame] = []
        self.totals = ControlTotals()
        self.rejections: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()

    def run(self) -> None:
        """Judge, land and count every batch, and at last the rows that had to wait."""
        as_of = business_date(self._incoming.now)
        kind = self._incoming.kind
        read = batches(self._incoming.path, kind)
        for judged in judged_ahead(read, kind, as_of=as_of, prepare=PREPARERS.get(kind.name)):
            fresh, repeated = self._register.take(judged.rows)
            self.counts["row"] += judged.row_count
            landing = self._land(fresh, is_last=False)
            self._account(judged.read, fresh, [judged.findings, repeated], landing)
            self._progress(self.counts["row"], None)
        if self._later:
            rows = pl.concat(self._later)
            self._later = []
            self._account(rows, rows, [], self._land(rows, is_last=True))

    def _land(self, rows: pl.DataFrame, *, is_last: bool) -> Landing:
        if rows.is_empty():
            return Landing()
        return LANDERS[self._incoming.kind.name](rows, self._context, is_last=is_last)

    def _account(
        self, read: pl.DataFrame, fresh: pl.DataFrame, findings: list[pl.DataFrame], landing: Landing
    ) -> None:
        """Count a landed batch: each row is accepted, rejected or put off."""
        if landing.later is not None and landing.later.height:
            self._later.append(landing.later)
            waiting = landing.later.select(LINE)
            read = read.join(waiting, on=LINE, how="anti")
            fresh = fresh.join(waiting, on=LINE, how="anti")
        refused = _with_values(landing.refused, fresh)
        found = pl.concat([*findings, refused]).sort(LINE, maintain_order=True)
        accepted = fresh[LINE]
        if refused.height:
            accepted = fresh.join(refused.select(LINE), on=LINE, how="anti")[LINE]
        self._rejects.add(found)
        self.rejections.update(dict(found.select(LINE, "code").unique().group_by("code").len().iter_rows()))
        self.totals.add(read, accepted)
        self.totals.notes.update(landing.notes)
        self.counts.update(
            accepted=len(accepted),
            created=landing.created,
            changed=landing.changed,
            unchanged=landing.unchanged,
        )

    def outcome(self, reject_file: str) -> book.BatchOutcome:
        """Return what is written on the batch; the database refuses it unless in = accepted + rejected."""
        rows, accepted = self.counts["row"], self.counts["accepted"]
        return book.BatchOutcome(
            status="accepted",
            row_count=rows,
            accepted_count=accepted,
            rejected_count=rows - accepted,
            created_count=self.counts["created"],
            changed_count=self.counts["changed"],
            unchanged_count=self.counts["unchanged"],
            control_totals=self.totals.as_document(),
            rejections=dict(sorted(self.rejections.items())),
            reject_file=reject_file,
            seconds=self._incoming._seconds(),
        )


def _with_values(refused: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Add to refused rows the value that stands in the column at fault."""
    if refused.is_empty():
        return pl.DataFrame(schema=FINDING_SCHEMA)
    columns = refused["column"].unique().to_list()
    texts = rows.select(LINE, *[_text(rows, column) for column in columns])
    wide = texts.unpivot(index=LINE, variable_name="column", value_name="value")
    return (
        refused.join(wide, on=[LINE, "column"], how="left", maintain_order="left")
        .with_columns(pl.col("value").fill_null(""), first_line=pl.lit(None, dtype=pl.Int64))
        .select(FINDING_SCHEMA.keys())
    )


def _text(rows: pl.DataFrame, column: str) -> pl.Expr:
    source = column if column in rows.columns else f"{column}_minor"
    return pl.col(source).cast(pl.String).alias(column)
