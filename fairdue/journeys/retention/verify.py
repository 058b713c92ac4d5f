"""Showing that what was to go is gone, that nothing else went, and that everything that must stay is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.engine.law.record_classes import shipped_inventory
from fairdue.journeys.retention.plan import planned_after
from fairdue.kernel.actor import Actor
from fairdue.storage.erasing import remaining, unproved

KEPT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionProof:
    """What a verification read and found; `findings` are sentences, at most a hundred of each kind."""

    as_of: date
    batches: int
    records: int
    overdue: int
    audit_events: int
    permits: int
    accounts: int
    findings: tuple[audit.Finding, ...]

    @property
    def is_proved(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verify(*, as_of: date, actor: Actor) -> RetentionProof:
    """This function will prove all deletion: the batches, what they erased, and what they had to leave.

    1. No batch or run was altered, removed or inserted, and each stands in the audit record.
    2. Every record that a batch names is gone, or empty in the columns that it names.
    3. A record that looks erased stands in a batch: nobody erased beside the runs.
    4. Nothing is past its maximum: a record that nothing stops is gone when its days of grace are over.
    5. Recordings that were erased here are gone at the telephone exchange, by its own word.
    6. What must stay verifies as before: the audit record, the permit chains, and the books of every account.

    :raises PermissionRefused: if the actor may not see it
    """
    actor.require("retention.view")
    batches = audit.verify_deletions()
    events, permits, books = audit.verify(), law.verify_permits(), ledger.prove()
    left = planned_after(as_of, {})
    findings = [*batches.findings, *_still_there(), *_without_batch()]
    findings += [
        audit.Finding(kind="overdue", subject=each.code, message=f"{each.overdue} records should be gone")
        for each in left.classes
        if each.overdue
    ]
    if waiting := outreach.recordings_to_delete().count():
        message = f"{waiting} recordings are erased here, and the telephone exchange has not said that they are gone"
        findings.append(audit.Finding(kind="recording_waiting", subject="call_recording", message=message))
    findings += events.findings
    findings += [
        audit.Finding(
            kind=f"permit_{fault.kind}", subject=f"chain {fault.chain}", message=f"position {fault.position}"
        )
        for fault in permits.faults
    ]
    if not books.is_proved:
        findings.append(audit.Finding(kind="books", subject="ledger", message=f"{books.total} differences"))
    return RetentionProof(
        as_of=as_of, batches=batches.batches, records=batches.records, overdue=left.overdue,
        audit_events=events.events, permits=permits.permits, accounts=books.accounts, findings=tuple(findings),
    )  # fmt: skip


def _still_there() -> list[audit.Finding]:
    """Find records that a batch names and that are there."""
    inventory, found = {each.code: each for each in shipped_inventory().classes}, []
    for number, code, until, ids in audit.erased_ids():
        cls = inventory.get(code)
        if cls is not None and (there := remaining(cls, ids, made_by=until)):
            message = f"{len(there)} records of {code} are there after all: {', '.join(there[:5])}"
            found.append(audit.Finding(kind="not_gone", subject=f"batch {number}", message=message))
    return found


def _without_batch() -> list[audit.Finding]:
    """Find records that were emptied by somebody else."""
    found = []
    for cls in shipped_inventory().classes:
        if lost := unproved(cls, named=audit.erased_ids_sql(cls.code)):
            message = f"{len(lost)} records were emptied by no run: {', '.join(lost[:5])}"
            found.append(audit.Finding(kind="erased_without_proof", subject=cls.code, message=message))
    return found
