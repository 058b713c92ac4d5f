"""What people change around a case for a reason: hand over, escalate, promise to call back, withdraw a note."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases.errors import CaseRefused
from fairdue.contexts.cases.models import Case, CaseChange, Outcome, WorkItem
from fairdue.contexts.cases.operations.assign import check_assignee
from fairdue.contexts.cases.operations.outcome import staff_id
from fairdue.contexts.cases.policies import locked_case
from fairdue.contexts.identity import facade as identity
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date

ESCALATED_QUEUE = "escalated"
CALLBACK_QUEUE = "callback"
FIRST_RANK = 0
LATEST_CALLBACK = timedelta(days=30)


class ChangeRefused(CaseRefused):
    """The change cannot be made so; `code` says why, nothing was changed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@transaction.atomic
def hand_over(*, case_id: int, to_staff_id: int | None, reason: str, actor: Actor, now: datetime) -> int:
    """This function will give a case to a colleague, or back to the queue, and return the id of the change.

    1. Who has the case may hand it over, and whoever assigns cases; a case that nobody has may be handed by anyone who works it.
    2. The colleague must work cases and see this one.

    :raises NotInScope: if the case is not in the actor's scope
    :raises AssigneeRefused: if the colleague cannot take it
    :raises ChangeRefused: if no reason is given, somebody else has the case, or nothing would change
    """
    actor.require("cases.work")
    case = locked_case(case_id, actor)
    _require_reason(reason)
    if case.assigned_to_id not in (None, actor.id) and not actor.may("cases.assign"):
        raise ChangeRefused("cases.change.not_yours", "somebody else has the case")
    if case.assigned_to_id == to_staff_id:
        raise ChangeRefused("cases.change.same", "it is there already")
    before = {"assigned_to": case.assigned_to_id, "team": case.team_id, "because": case.assigned_because}
    _assign(case, to_staff_id, actor)
    return _change(case, "handed_over", {"before": before, "to": to_staff_id}, reason, actor, now)


def _assign(case: Case, to_staff_id: int | None, actor: Actor) -> None:
    if to_staff_id is None:
        case.assigned_to_id, case.assigned_because = None, ""
    else:
        colleague = check_assignee(identity.actor_by_id(to_staff_id), to_staff_id, [case], actor)
        case.assigned_to_id, case.team_id, case.assigned_because = to_staff_id, colleague.team_id, "by_hand"
    case.save(update_fields=["assigned_to_id", "team_id", "assigned_because"])


@transaction.atomic
def undo_hand_over(*, change_id: int, actor: Actor, now: datetime) -> int:
    """This function will give a case back to whom it was with before and return the case's id.

    :raises ChangeRefused: if it is not the actor's own change, was undone, or the case has moved on since
    """
    change = _own_change(change_id, "handed_over", actor)
    case = Case.objects.select_for_update(of=("self",)).get(pk=change.case_id)
    if case.assigned_to_id != change.details["to"]:
        raise ChangeRefused("cases.change.moved_on", "the case has moved on since")
    before = change.details["before"]
    Case.objects.filter(pk=case.pk).update(
        assigned_to_id=before["assigned_to"], team_id=before["team"], assigned_because=before["because"]
    )
    _undone(change, case.person_id, actor, now)
    return case.pk


@transaction.atomic
def escalate(*, case_id: int, reason: str, actor: Actor, now: datetime) -> int:
    """This function will put a case before the supervisors with a reason, and return the id of the change.

    1. A review stands first in the queue `escalated` until somebody deals with it; a second reason the same day adds to it.

    :raises NotInScope: if the case is not in the actor's scope
    :raises ChangeRefused: if no reason is given, or the case is closed
    """
    actor.require("cases.work")
    case = _open_case(case_id, actor)
    _require_reason(reason)
    item_id = _work(case, "review", ESCALATED_QUEUE, "escalated", None, now)
    return _change(case, "escalated", {"work_item": item_id}, reason, actor, now)


@transaction.atomic
def undo_escalation(*, change_id: int, actor: Actor, now: datetime) -> int:
    """This function will take an escalation back that nobody has dealt with, and return the case's id.

    :raises ChangeRefused: if it is not the actor's own change, was undone, or is dealt with
    """
    change = _own_change(change_id, "escalated", actor)
    item = WorkItem.objects.filter(pk=change.details["work_item"], status="open")
    if not item.update(status="superseded", done_at=now, done_by=actor.label):
        raise ChangeRefused("cases.change.moved_on", "somebody has dealt with it")
    case = Case.objects.get(pk=change.case_id)
    _undone(change, case.person_id, actor, now)
    return case.pk


@transaction.atomic
def plan_callback(*, case_id: int, at: datetime, reason: str, actor: Actor, now: datetime) -> int:
    """This function will note when the person wants to be called back, and return the id of the change.

    1. The work waits until then and stands first afterwards; whoever notes it has the case, if nobody had.
    2. Nothing is permitted by it: the gate is asked when the call is made.

    :raises NotInScope: if the case is not in the actor's scope
    :raises ChangeRefused: if the moment has passed, or lies more than `LATEST_CALLBACK` ahead
    """
    actor.require("cases.work")
    case = _open_case(case_id, actor)
    if not now < at <= now + LATEST_CALLBACK:
        raise ChangeRefused("cases.change.callback_when", "name a moment within the next thirty days")
    if case.assigned_to_id is None and staff_id(actor) is not None:
        _assign(case, actor.id, actor)
    item_id = _work(case, "callback", CALLBACK_QUEUE, "callback", at, now)
    details = {"work_item": item_id, "at": at.isoformat()}
    return _change(case, "callback", details, reason, actor, now)


def _work(case: Case, kind: str, queue: str, reason: str, at: datetime | None, now: datetime) -> int:
    """Put work on a case first; of a day and kind there is one, which is opened again."""
    facts = case.work_items.filter(status="open").order_by("rank", "id").first()
    row, _ = WorkItem.objects.update_or_create(
        person_id=case.person_id, cycle_date=business_date(at or now), kind=kind,
        defaults={
            "case_id": case.pk, "queue": queue, "rank": FIRST_RANK, "reason": reason, "not_before": at,
            "status": "open", "done_at": None, "done_by": "",
            "days_past_due": facts.days_past_due if facts else 0,
            "overdue_minor": facts.overdue_minor if facts else 0, "currency": facts.currency if facts else "CNY",
        },
    )  # fmt: skip
    return row.pk


@transaction.atomic
def withdraw_note(*, outcome_id: int, actor: Actor, now: datetime) -> int:
    """This function will withdraw one's own bare note and return the case's id; it stays on record as withdrawn.

    :raises ChangeRefused: if it is no bare note of the actor's, or was withdrawn
    """
    actor.require("cases.work")
    note = Outcome.objects.filter(pk=outcome_id, code="note", recorded_by_id=staff_id(actor) or 0).first()
    if note is None:
        raise ChangeRefused("cases.change.not_yours", "this is no note of yours")
    case = locked_case(note.case_id, actor)
    if CaseChange.objects.filter(case=case, kind="note_withdrawn", details__outcome=outcome_id).exists():
        raise ChangeRefused("cases.change.undone", "it was withdrawn already")
    _change(case, "note_withdrawn", {"outcome": outcome_id}, "", actor, now)
    return case.pk


def _open_case(case_id: int, actor: Actor) -> Case:
    case = locked_case(case_id, actor)
    if case.status != "open":
        raise ChangeRefused("cases.change.closed", "the case is closed")
    return case


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ChangeRefused("cases.change.reason_missing", "say why")


def _own_change(change_id: int, kind: str, actor: Actor) -> CaseChange:
    actor.require("cases.work")
    change = CaseChange.objects.select_for_update(of=("self",)).filter(pk=change_id, kind=kind).first()
    if change is None or change.changed_by_id != staff_id(actor):
        raise ChangeRefused("cases.change.not_yours", "this was not done by you")
    if change.undone_at is not None:
        raise ChangeRefused("cases.change.undone", "it was taken back already")
    return change


def _change(
    case: Case, kind: str, details: Mapping[str, Any], reason: str, actor: Actor, now: datetime
) -> int:
    row = CaseChange.objects.create(
        case=case, kind=kind, details=dict(details), reason=reason.strip()[:400], changed_by_id=staff_id(actor),
        changed_at=now,
    )  # fmt: skip
    audit.record(
        code=f"cases.case.{kind}", actor=actor, subject_type="case", subject_id=case.pk, now=now,
        person_id=case.person_id, after={"change_id": row.pk} | dict(details),
    )  # fmt: skip
    return row.pk


def _undone(change: CaseChange, person_id: int, actor: Actor, now: datetime) -> None:
    change.undone_at = now
    change.save(update_fields=["undone_at"])
    audit.record(
        code=f"cases.case.{change.kind}.undone", actor=actor, subject_type="case", subject_id=change.case_id,
        now=now, person_id=person_id, after={"change_id": change.pk},
    )  # fmt: skip
