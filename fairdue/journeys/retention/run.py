"""Erasing what is due, in small transactions that each prove what they erased."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from django.db import connection, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.engine.law.record_classes import RecordClass, shipped_inventory
from fairdue.journeys.retention.facts import person_facts
from fairdue.journeys.retention.plan import Plan, Progress, planned_after
from fairdue.journeys.retention.rules import Rules, inventory_sha256, is_due, judged
from fairdue.journeys.rotate_keys import SEALED_COLUMNS
from fairdue.kernel.actor import Actor
from fairdue.storage.erasing import content_hmac, erase, records

BATCH = 500
RUN_LOCK = 0x46414952_00000004
PURPOSES = {f"{one.table}.{one.column}": one.purpose for one in SEALED_COLUMNS}


class RetentionUnderWay(ValueError):
    """Another process erases at this moment; nothing was changed by this one."""

    code = "retention.run.under_way"


class ErasureDiffers(RuntimeError):
    """Another number of records was erased than the batch names; the batch was taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What a run erased, by class, and what is left as of its day."""

    run_id: int
    as_of: date
    erased: dict[str, int]
    batches: int
    is_resumed: bool
    left: Plan
    recordings: outreach.RecordingsDeleted
    """Of the recordings that this run or an earlier one erased here: deleted at the exchange, and waiting for it."""

    @property
    def total(self) -> int:
        """How many records are gone."""
        return sum(self.erased.values())


def run(
    *, as_of: date, actor: Actor, now: datetime, batch: int = BATCH, progress: Progress | None = None
) -> RunReport:
    """This function will erase every record whose time is over and that nothing stops, and return what it erased.

    1. A batch is one transaction: its persons and their accounts are locked, their facts are read again, what is still due
       is written into a batch and erased. A hold that is placed meanwhile waits, or is seen.
    2. Killed at any moment, nothing is half done: a batch stands with its records gone, or neither. The next run goes on
       with the run that was begun, as of its day.
    3. Recordings are deleted at the telephone exchange after their batch; one that does not answer is asked by the next run.
    4. One process erases at a time. Each batch is in the audit record; the run ends with the plan of what is left.

    :raises PermissionRefused: if the actor may not erase
    :raises RetentionUnderWay: if another process does
    """
    actor.require("retention.run")
    with _alone():
        rules = Rules(as_of)
        rules.of("")
        opened = audit.open_deletion_run(
            kind="run", as_of=as_of, pack_versions=rules.versions, inventory_sha256=inventory_sha256(), actor=actor,
            now=now,
        )  # fmt: skip
        is_resumed = bool(audit.deletion_batches(run_id=opened.run_id))
        _erase_all(
            opened.run_id, opened.as_of, actor, now, batch, progress or (lambda code, done, total: None)
        )
        erased = _erased_by(opened.run_id)
        left = planned_after(opened.as_of, erased)
        audit.finish_deletion_run(run_id=opened.run_id, summary=left.summary(), actor=actor, now=now)
        recordings = outreach.delete_recordings(actor=actor, now=now)
    return RunReport(
        run_id=opened.run_id, as_of=opened.as_of, erased=erased, left=left, is_resumed=is_resumed, recordings=recordings,
        batches=len(audit.deletion_batches(run_id=opened.run_id)),
    )  # fmt: skip


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [RUN_LOCK])
        if not cursor.fetchone()[0]:
            raise RetentionUnderWay("another process is erasing")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [RUN_LOCK])


def _erased_by(run_id: int) -> dict[str, int]:
    erased: dict[str, int] = {}
    for one in audit.deletion_batches(run_id=run_id):
        erased[one.class_code] = erased.get(one.class_code, 0) + one.record_count
    return erased


def _erase_all(run_id: int, as_of: date, actor: Actor, now: datetime, batch: int, progress: Progress) -> None:
    facts, rules = person_facts(as_of), Rules(as_of)
    classes = shipped_inventory().classes
    for place, cls in enumerate(classes):
        progress(cls.code, place, len(classes))
        frame = judged(cls, records(cls), facts, rules).filter(is_due(as_of)).sort("person_id", "record_id")
        for part in frame.iter_slices(batch):
            _erase_batch(run_id, cls, part, rules, actor, now)
    progress("", len(classes), len(classes))


@transaction.atomic
def _erase_batch(
    run_id: int, cls: RecordClass, part: pl.DataFrame, rules: Rules, actor: Actor, now: datetime
) -> None:
    """Judge the records of one batch again under lock, write down which ones go, and erase them."""
    persons = part["persons"].explode().drop_nulls().unique().sort().to_list()
    parties.lock_persons(persons)
    book.lock_accounts_of(persons)
    due = _still_due(cls, part, rules)
    if due.is_empty():
        return
    ids = due["record_id"].to_list()
    audit.record_deletion_batch(run_id=run_id, erasure=_erasure(cls, due, ids), actor=actor, now=now)
    if (gone := erase(cls, ids, purposes=PURPOSES)) != len(ids):
        raise ErasureDiffers(f"{cls.code}: {gone} of {len(ids)} records")


def _still_due(cls: RecordClass, part: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Read the records and whom they are about again, whoever that is by now, and judge them by the run's rules."""
    ids = part["record_id"].to_list()
    found = records(cls, ids=ids)
    about = found["person_id"].drop_nulls().unique().to_list()
    judged_again = judged(cls, found, person_facts(rules.as_of, about), rules)
    return judged_again.filter(is_due(rules.as_of))


def _erasure(cls: RecordClass, due: pl.DataFrame, ids: list[str]) -> audit.Erasure:
    latest: date = due["kept_until"].max()  # type: ignore[assignment]
    return audit.Erasure(
        class_code=cls.code, table_name=cls.table, key_column=cls.key, action=cls.action, columns=tuple(cls.erase),
        record_ids=tuple(ids), person_count=due["persons"].explode().drop_nulls().n_unique(),
        content_hmac=content_hmac(cls, ids), rules=dict(due.group_by("rule").len().sort("rule").iter_rows()),
        kept_until_max=latest,
    )  # fmt: skip
