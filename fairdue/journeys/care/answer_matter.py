"""An answer is given: the letter is written, the person is told, and the ledger follows what was decided."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairdue.contexts.care import facade as care
from fairdue.journeys.care.dispute_money import ask_corrections, release
from fairdue.journeys.care.telling import tell_answered, write_letter
from fairdue.kernel.actor import Actor


@transaction.atomic
def answer_matter(
    *,
    matter_id: int,
    outcome: str,
    parts: care.AnswerParts,
    actor: Actor,
    now: datetime,
    correction_minor: int | None = None,
) -> care.MatterDetail:
    """This function will write an answer; one that needs no approval is given at once, with all that follows.

    :raises PermissionRefused, MatterUnknown, CareRefused: as `care.answer` says
    :raises LedgerError: if the ledger refuses what follows; then nothing was answered
    """
    written = care.answer(
        matter_id=matter_id, outcome=outcome, parts=parts, actor=actor, now=now, correction_minor=correction_minor
    )  # fmt: skip
    if written.state == "given":
        follow_answer(matter_id, actor=actor, now=now)
    return care.matter(matter_id=matter_id, actor=actor, now=now)


@transaction.atomic
def approve_answer(*, matter_id: int, actor: Actor, now: datetime) -> care.MatterDetail:
    """This function will approve the answer that waits and give it, with all that follows.

    :raises PermissionRefused, MatterUnknown, CareRefused: as `care.approve_answer` says
    :raises LedgerError: if the ledger refuses what follows; then nothing was answered
    """
    care.approve_answer(matter_id=matter_id, actor=actor, now=now)
    follow_answer(matter_id, actor=actor, now=now)
    return care.matter(matter_id=matter_id, actor=actor, now=now)


def follow_answer(matter_id: int, *, actor: Actor, now: datetime) -> None:
    """This function will let letter, message and ledger follow an answer that was just given.

    1. A dispute that is upheld asks for its correction, on which somebody else decides; until then the part stays out.
    2. A dispute that is not upheld comes back into the count at once.
    """
    detail = care.matter(matter_id=matter_id, actor=actor, now=now)
    answer, card = detail.answer, detail.card
    if answer is None:
        return
    write_letter(detail, answer, actor=actor, now=now)
    if card.disputed:
        is_upheld = answer.outcome in care.terms_of(card.kind).upheld
        if not (is_upheld and ask_corrections(card, answer.correction_minor, actor=actor, now=now)):
            release(card, actor=actor, now=now)
    tell_answered(card, answer.answer_id, now=now)


@transaction.atomic
def withdraw_matter(*, matter_id: int, reason: str, actor: Actor, now: datetime) -> care.MatterCard:
    """This function will let a person take a matter back: its hold ends, and what was disputed counts again.

    :raises MatterUnknown, CareRefused: as `care.withdraw` says
    """
    card = care.withdraw(matter_id=matter_id, reason=reason, actor=actor, now=now)
    release(card, actor=actor, now=now)
    return card
