"""Find the deadlines whose end has passed, each once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.kernel.actor import Actor, system

from ..deadline_contracts import SweepReport
from ..deadline_locks import lapse_extensions
from ..models import Deadline
from .deadline_meet import meet_by_notices

BATCH = 500


def sweep_deadlines(now: datetime, *, actor: Actor | None = None) -> SweepReport:
    """This function will mark what has passed its end: duties as missed, periods and options as passed.

    1. Each is marked and recorded in the audit log exactly once, however many sweeps run, and in one transaction.
    2. A deadline that somebody is just meeting is left to them; the next sweep sees what came of it.
    3. What a recorded notice meets is met first, whatever the time.
    4. Killed, it leaves whole batches behind; the next sweep goes on.
    """
    actor, missed, passed = actor or system("deadline sweep"), 0, 0
    meet_by_notices(now, actor=actor)
    while rows := _batch(now, actor):
        missed += sum(row.status == "missed" for row in rows)
        passed += sum(row.status == "passed" for row in rows)
    return SweepReport(missed_count=missed, passed_count=passed)


@transaction.atomic
def _batch(now: datetime, actor: Actor) -> list[Deadline]:
    due = Deadline.objects.filter(status="running", due_at__lte=now).order_by("due_at", "id")
    rows = list(due.select_for_update(skip_locked=True)[:BATCH])
    for row in rows:
        row.status = "missed" if row.nature == "duty" else "passed"
        if row.status == "missed":
            row.missed_at = now
        else:
            row.closed_at, row.closed_by = now, actor.label
    Deadline.objects.bulk_update(rows, ["status", "missed_at", "closed_at", "closed_by"])
    lapse_extensions([row.pk for row in rows], now)
    for status in ("missed", "passed"):
        entries = [
            audit.Entry(
                subject_id=row.pk, person_id=row.person_id, before={"status": "running"},
                after={"kind": row.kind, "due": row.due_date.isoformat(), "rule": row.rule_id},
            )
            for row in rows
            if row.status == status
        ]  # fmt: skip
        if entries:
            audit.record_many(
                code=f"law.deadline.{status}", actor=actor, subject_type="deadline", entries=entries, now=now
            )
    return rows
