"""Record what came of a contact, write a note, close work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases.contracts import OutcomeCode
from fairdue.contexts.cases.errors import CaseRefused
from fairdue.contexts.cases.models import Case, WorkItem
from fairdue.contexts.cases.policies import locked_case
from fairdue.contexts.cases.reference import outcome_code
from fairdue.kernel.actor import Actor
from fairdue.storage.nesting import atomic
from fairdue.storage.reads import insert_unless

NOTE_LIMIT = 4000
"""Characters of a note; what is longer belongs into a document."""


class OutcomeRefused(CaseRefused):
    """The outcome does not fit; `code` says why, nothing was recorded."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _check(outcome: OutcomeCode, channel: str, note: str, contact_id: int | None) -> None:
    if channel not in outcome.channels:
        raise OutcomeRefused("cases.outcome.channel", f"{outcome.code} cannot end a contact by {channel!r}")
    if len(note) > NOTE_LIMIT:
        raise OutcomeRefused("cases.outcome.note_too_long", f"a note has at most {NOTE_LIMIT} characters")
    if contact_id is None and outcome.result and channel != "inbound":
        raise OutcomeRefused("cases.outcome.no_contact", f"{outcome.code} needs the contact that it ended")


@transaction.atomic
def record_outcome(
    *,
    case_id: int,
    channel: str,
    code: str,
    note: str,
    contact_id: int | None,
    actor: Actor,
    now: datetime,
    work_item_id: int | None = None,
    occurred_at: datetime | None = None,
) -> int:
    """Append what came of a contact, close its work item and return the outcome's id.

    1. An outcome is never changed; a mistake is answered by a note.
    2. A contact has one outcome: of two staff who record at once the second is refused.
    3. The work item is closed if the code closes work; one that is closed already stays as it was.
    4. The note's text is kept in the outcome only, not in the audit record.

    :raises NotInScope: if the case is not in the actor's scope
    :raises OutcomeCodeUnknown: if the code does not stand in the list
    :raises OutcomeRefused: if code, channel and contact do not fit, or the contact has an outcome
    """
    actor.require("cases.work")
    case = locked_case(case_id, actor)
    outcome = outcome_code(code)
    _check(outcome, channel, note, contact_id)
    outcome_id = _append(case, outcome, channel, note, contact_id, actor, occurred_at or now, now)
    closed = _close_item(case, work_item_id, actor, now) if outcome.closes_work else False
    audit.record(
        code="cases.outcome.recorded",
        actor=actor,
        subject_type="case",
        subject_id=case.pk,
        now=now,
        person_id=case.person_id,
        after={
            "outcome_id": outcome_id,
            "code": code,
            "channel": channel,
            "contact_id": contact_id,
            "closed": closed,
        },
    )
    return outcome_id


def _append(
    case: Case,
    outcome: OutcomeCode,
    channel: str,
    note: str,
    contact_id: int | None,
    actor: Actor,
    occurred_at: datetime,
    now: datetime,
) -> int:
    row = {
        "case_id": case.pk, "contact_id": contact_id, "channel": "" if channel == "note" else channel,
        "code": outcome.code, "note": note.strip(), "recorded_by_id": staff_id(actor), "occurred_at": occurred_at,
        "recorded_at": now,
    }  # fmt: skip
    outcome_id = insert_unless("(contact_id) WHERE contact_id IS NOT NULL", "cases_outcome", row)
    if outcome_id is None:
        raise OutcomeRefused("cases.outcome.contact_has_one", f"contact {contact_id} has an outcome already")
    return outcome_id


def staff_id(actor: Actor) -> int | None:
    """Return the id of the member of staff that acts, or None for a system, borrower or provider."""
    return actor.id if actor.kind in ("staff", "agency") else None


def _close_item(case: Case, work_item_id: int | None, actor: Actor, now: datetime) -> bool:
    if work_item_id is None:
        return False
    open_item = WorkItem.objects.filter(pk=work_item_id, case=case, status="open")
    return bool(open_item.update(status="done", done_at=now, done_by=actor.label))


class NoteEmpty(CaseRefused):
    """A note without a word; nothing was recorded."""

    code = "cases.note.empty"


@transaction.atomic
def add_note(*, case_id: int, text: str, actor: Actor, now: datetime) -> int:
    """Append a note that stands for no contact and return its id.

    :raises NotInScope: if the case is not in the actor's scope
    :raises NoteEmpty: if there is nothing but blanks
    :raises OutcomeRefused: if it is too long
    """
    actor.require("cases.work")
    case = locked_case(case_id, actor)
    if not text.strip():
        raise NoteEmpty("the note is empty")
    outcome = outcome_code("note")
    _check(outcome, "note", text, None)
    outcome_id = _append(case, outcome, "note", text, None, actor, now, now)
    audit.record(
        code="cases.note.added",
        actor=actor,
        subject_type="case",
        subject_id=case.pk,
        now=now,
        person_id=case.person_id,
        after={"outcome_id": outcome_id},
    )
    return outcome_id


def close_work(*, person_id: int, reason: str, actor: Actor, now: datetime) -> int:
    """Close every open work item of a person, because nothing is left to do, and return how many.

    Called by journeys that have checked the actor's permission; it asks for none of its own.
    """
    return close_work_of(person_ids=[person_id], reason=reason, actor=actor, now=now)


@atomic
def close_work_of(*, person_ids: Iterable[int], reason: str, actor: Actor, now: datetime) -> int:
    """Close every open work item of some persons, as `close_work` does, and return how many."""
    items = _open_work(person_ids).select_for_update(of=("self",)).order_by("id")
    found: dict[int, list[int]] = defaultdict(list)
    for person_id, item_id in items.values_list("person_id", "id"):
        found[person_id].append(item_id)
    ids = [item_id for mine in found.values() for item_id in mine]
    if not ids:
        return 0
    WorkItem.objects.filter(pk__in=ids).update(status="done", done_at=now, done_by=actor.label)
    audit.record_many(
        code="cases.work.closed",
        actor=actor,
        subject_type="person",
        entries=[
            audit.Entry(subject_id=person_id, person_id=person_id, after={"work_item_ids": mine})
            for person_id, mine in sorted(found.items())
        ],
        now=now,
        reason=reason,
    )
    return len(ids)


def persons_with_work(person_ids: Iterable[int]) -> frozenset[int]:
    """Return those of some persons who have an open work item in an open case."""
    return frozenset(_open_work(person_ids).values_list("person_id", flat=True))


def _open_work(person_ids: Iterable[int]) -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(person_id__in=list(person_ids), case__status="open", status="open")
