"""Answers: written in four parts, approved by another where the pack asks for it, given once."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from fairdue.contexts.law import facade as law
from fairdue.kernel.actor import Actor

from ..contracts import AnswerCard, AnswerParts, CareRefused
from ..models import Answer, Matter
from ..queries.cards import answer_card, number_of
from ..reference import quiet_clock, terms_of
from ..scope import locked
from ..sealing import ANSWER, RETURN, seal
from .handling import require_fit, require_live
from .noting import note

LONGEST = 4_000
"""Characters of one part."""


def answer(
    *,
    matter_id: int,
    outcome: str,
    parts: AnswerParts,
    actor: Actor,
    now: datetime,
    correction_minor: int | None = None,
) -> AnswerCard:
    """This function will write the answer to a matter; it is given at once, or waits for another's approval.

    1. Four parts: what we understood, what we found, what we decided and why, what happens next.
    2. The outcomes that the pack names wait for approval; the database refuses one's own.
    3. `correction_minor` says how much of what is in dispute is corrected, if not all of what is upheld.
    4. Given, it meets the clock of the answer and starts the quiet period before the hold is lifted.

    :raises PermissionRefused: without `care.handle`
    :raises MatterUnknown: if there is none in the actor's scope
    :raises CareRefused: if a part is missing, the outcome unknown, another handles it, or an answer waits already
    """
    actor.require("care.handle")
    with transaction.atomic():
        row = locked(matter_id, actor)
        require_live(row)
        _require_answerable(row, outcome, parts, actor)
        _require_correction(row, outcome, correction_minor)
        if row.handler_id is None:
            row.handler_id, row.handler = actor.id, actor.label
        written = Answer.objects.create(
            matter=row, outcome=outcome, parts_sealed=seal(json.dumps(asdict(parts), ensure_ascii=False), ANSWER),
            is_approval_needed=outcome in terms_of(row.kind).needs_approval, written_by_id=actor.id,
            written_by=actor.label, written_at=now, correction_minor=correction_minor,
        )  # fmt: skip
        if written.is_approval_needed:
            row.state = "waiting_approval"
            row.save(update_fields=["state", "handler_id", "handler"])
            note(
                row, "answer_written", actor=actor, now=now, facts={"outcome": outcome, "answer": written.pk}
            )
        else:
            _give(row, written, actor, now)
    return answer_card(written)


def approve_answer(*, matter_id: int, actor: Actor, now: datetime) -> AnswerCard:
    """This function will approve the answer that waits, and so give it.

    :raises PermissionRefused: without `care.approve`
    :raises MatterUnknown: if there is none in the actor's scope
    :raises CareRefused: if none waits, it is the actor's own, or the role or independence is missing
    """
    actor.require("care.approve")
    with transaction.atomic():
        row, written = _waiting(matter_id, actor)
        _give(row, written, actor, now)
    return answer_card(written)


def return_answer(*, matter_id: int, reason: str, actor: Actor, now: datetime) -> AnswerCard:
    """This function will send the answer that waits back to its author, with the reason; nothing is given.

    :raises PermissionRefused: without `care.approve`
    :raises MatterUnknown: if there is none in the actor's scope
    :raises CareRefused: if none waits, no reason is given, or it is the actor's own
    """
    actor.require("care.approve")
    if not reason.strip():
        raise CareRefused("care.matter.reason_missing", "say what is to be changed")
    with transaction.atomic():
        row, written = _waiting(matter_id, actor)
        written.state, written.return_sealed = "returned", seal(reason.strip(), RETURN)
        _decided(written, actor, now)
        row.state = "open"
        row.save(update_fields=["state"])
        note(row, "answer_returned", actor=actor, now=now, words=reason, facts={"answer": written.pk})
    return answer_card(written)


def attach_letter(*, answer_id: int, document_id: int) -> None:
    """This function will note which document holds the letter of an answer."""
    Answer.objects.filter(pk=answer_id).update(letter_id=document_id)


def settle_at_once(*, matter_id: int, outcome: str, actor: Actor, now: datetime) -> None:
    """This function will answer and close what was done in the moment it was asked, such as stopped channels."""
    with transaction.atomic():
        row = locked(matter_id, actor)
        if row.state != "open":
            return
        row.state, row.outcome, row.answered_at = "closed", outcome, now
        row.closed_at, row.closed_by = now, "fairdue"
        row.save(update_fields=["state", "outcome", "answered_at", "closed_at", "closed_by"])
        meet_clock(row, outcome, actor, now)
        note(row, "done_at_once", actor=actor, now=now, is_shared=True, facts={"outcome": outcome})


def _require_answerable(row: Matter, outcome: str, parts: AnswerParts, actor: Actor) -> None:
    terms = terms_of(row.kind)
    require_fit(row, actor)
    if row.handler_id not in (None, actor.id):
        raise CareRefused("care.matter.taken", f"{row.handler} handles it")
    if row.state != "open":
        raise CareRefused("care.answer.waits", "an answer waits for approval, or was given")
    if outcome not in {each.code for each in terms.outcomes}:
        raise CareRefused("care.answer.outcome", f"{outcome!r} is no outcome of a {row.kind}")
    needed = [parts.decided] if terms.is_short else list(parts)
    if not all(part.strip() for part in needed):
        raise CareRefused("care.answer.part_missing", "an answer has all its parts")
    if any(len(part) > LONGEST for part in parts):
        raise CareRefused("care.answer.too_long", f"at most {LONGEST} characters a part")


def _require_correction(row: Matter, outcome: str, correction_minor: int | None) -> None:
    """A part that is upheld says how much; more than is in dispute is never corrected."""
    whole = sum(part["amount_minor"] for part in row.disputed)
    if correction_minor is not None and not 0 <= correction_minor <= whole:
        raise CareRefused("care.answer.correction", f"{correction_minor} is not between 0 and {whole}")
    if outcome == "partly_upheld" and whole and correction_minor is None:
        raise CareRefused("care.answer.correction_missing", "say how much is corrected")


def _waiting(matter_id: int, actor: Actor) -> tuple[Matter, Answer]:
    row = locked(matter_id, actor)
    written = Answer.objects.select_for_update().filter(matter=row, state="waiting").first()
    if written is None or row.state != "waiting_approval":
        raise CareRefused("care.answer.none_waits", "no answer waits")
    if actor.id is None or written.written_by_id == actor.id:
        raise CareRefused("care.answer.own", f"somebody other than {written.written_by} approves it")
    if actor.role not in terms_of(row.kind).approvers:
        raise CareRefused("care.matter.role", f"{actor.role} does not approve answers to a {row.kind}")
    if actor.id in row.about_staff_ids:
        raise CareRefused("care.matter.not_independent", f"it is about {actor.label}, somebody else approves")
    return row, written


def _decided(written: Answer, actor: Actor, now: datetime) -> None:
    written.decided_by_id, written.decided_by, written.decided_at = actor.id, actor.label, now
    written.save()


def _give(row: Matter, written: Answer, actor: Actor, now: datetime) -> None:
    written.state = "given"
    _decided(written, actor, now)
    row.state, row.outcome, row.answered_at = "answered", written.outcome, now
    meet_clock(row, written.outcome, actor, now)
    if row.hold_id is not None:
        row.quiet_deadline_id = _start_quiet(row, written, actor, now)
    row.save(update_fields=["state", "outcome", "answered_at", "quiet_deadline_id", "handler_id", "handler"])
    note(
        row, "answered", actor=actor, now=now, is_shared=True,
        facts={"outcome": written.outcome, "answer": written.pk, "written_by": written.written_by},
    )  # fmt: skip


def meet_clock(row: Matter, outcome: str, actor: Actor, now: datetime) -> None:
    """This function will meet the clock of the answer, if one runs."""
    if row.deadline_id is None:
        return
    status = law.deadline_cards([row.deadline_id], now)[row.deadline_id].status
    if status in ("running", "missed"):
        law.meet_deadline(
            deadline_id=row.deadline_id, note=f"{number_of(row.pk)}: {outcome}", now=now,
            actor=actor.empowered("deadlines.meet", is_everywhere=True),
        )  # fmt: skip


def _start_quiet(row: Matter, written: Answer, actor: Actor, now: datetime) -> int | None:
    started = law.start_deadlines(
        kind="notice.answer", subject_type="answer", subject_id=written.pk, person_id=row.person_id,
        account_id=row.account_ids[0] if len(row.account_ids) == 1 else None, started_at=now, facts={},
        actor=actor.empowered("deadlines.record"), now=now,
    )  # fmt: skip
    return next((card.deadline_id for card in started if card.kind == quiet_clock()), None)
