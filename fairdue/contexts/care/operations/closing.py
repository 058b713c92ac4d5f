"""Words that are added, matters that end, holds that end with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairdue.contexts.law import facade as law
from fairdue.kernel.actor import Actor, system

from ..contracts import CareRefused, MatterCard, MatterUnknown
from ..lexicon import suggested
from ..models import UNANSWERED, Matter
from ..queries.cards import card_of, number_of
from ..queries.clocks import clocks_of
from ..reference import terms_of
from ..scope import locked, scoped
from .answering import meet_clock
from .handling import require_live
from .noting import note
from .opening import LONGEST, start_clock


def add_words(*, matter_id: int, words: str, actor: Actor, now: datetime) -> MatterCard:
    """This function will add what somebody says to a matter.

    1. A borrower's words after the answer open it again: its clock runs anew from now, contacts stay stopped.
    2. Words of staff are notes that the person does not see.

    :raises PermissionRefused: for staff without `care.view`
    :raises MatterUnknown: if there is none in the actor's scope
    :raises CareRefused: if there are no words, too many, or the matter is closed
    """
    is_borrower = actor.kind == "borrower"
    if not is_borrower:
        actor.require("care.view")
    if not words.strip():
        raise CareRefused("care.matter.words_missing", "there is nothing to add")
    if len(words) > LONGEST:
        raise CareRefused("care.matter.words_too_long", f"at most {LONGEST} characters")
    with transaction.atomic():
        row = _with_budget(matter_id, actor)
        require_live(row)
        note(row, "words_added", actor=actor, now=now, words=words, is_shared=is_borrower)
        if is_borrower:
            row.suggestions = list(dict.fromkeys([*row.suggestions, *suggested(words)]))
            if row.state == "answered":
                _open_again(row, actor, now)
            row.save()
    return card_of(row, clocks_of([row], now)[row.pk])


def _open_again(row: Matter, actor: Actor, now: datetime) -> None:
    row.state, row.outcome, row.answered_at, row.quiet_deadline_id = "open", "", None, None
    start_clock(row, terms_of(row.kind), actor=actor, now=now, received_at=now)
    note(row, "reopened", actor=actor, now=now, is_shared=True)


def close(*, matter_id: int, reason: str, actor: Actor, now: datetime) -> MatterCard:
    """This function will close a matter that was answered; its hold ends when the quiet period has passed.

    :raises PermissionRefused: without `care.handle`
    :raises MatterUnknown: if there is none in the actor's scope
    :raises CareRefused: if it has no answer, no reason is given, or it is about the actor
    """
    actor.require("care.handle")
    if not reason.strip():
        raise CareRefused("care.matter.reason_missing", "say why it is closed")
    with transaction.atomic():
        row = locked(matter_id, actor)
        if row.state == "closed":
            return card_of(row, clocks_of([row], now)[row.pk])
        if row.state != "answered":
            raise CareRefused("care.matter.unanswered", "a matter is closed after it was answered")
        if actor.id in row.about_staff_ids:
            raise CareRefused(
                "care.matter.not_independent", f"it is about {actor.label}, somebody else closes it"
            )
        _end(row, "closed", actor, now)
        note(row, "closed", actor=actor, now=now, words=reason)
    return card_of(row, clocks_of([row], now)[row.pk])


def withdraw(*, matter_id: int, reason: str, actor: Actor, now: datetime) -> MatterCard:
    """This function will end a matter because the person takes it back; the hold that came with it ends now.

    1. Only the person does so. The clock counts as met: there is nothing left to answer.

    :raises MatterUnknown: if there is none of this person
    :raises CareRefused: if somebody else asks, or it is answered or closed
    """
    if actor.kind != "borrower":
        raise CareRefused("care.matter.withdraw", "only the person takes a matter back")
    with transaction.atomic():
        row = _with_budget(matter_id, actor)
        if row.state == "withdrawn":
            return card_of(row, clocks_of([row], now)[row.pk])
        if row.state not in UNANSWERED:
            raise CareRefused("care.matter.closed", f"matter {row.pk} is {row.state}")
        row.answers.filter(state="waiting").update(
            state="returned", decided_at=now, decided_by="fairdue", decided_by_id=0
        )
        meet_clock(row, "withdrawn", actor, now)
        _end(row, "withdrawn", actor, now)
        lift(row, actor.empowered("holds.lift"), now)
        note(row, "withdrawn", actor=actor, now=now, words=reason, is_shared=True)
    return card_of(row, clocks_of([row], now)[row.pk])


def _with_budget(matter_id: int, actor: Actor) -> Matter:
    """Lock the person's budget before the matter, as every hold does."""
    person_id = scoped(actor).filter(pk=matter_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise MatterUnknown(f"no matter {matter_id}")
    law.lock_budget(person_id)
    return locked(matter_id, actor)


def _end(row: Matter, state: str, actor: Actor, now: datetime) -> None:
    row.state, row.closed_at, row.closed_by = state, now, actor.label
    row.save(update_fields=["state", "closed_at", "closed_by"])


def lift(row: Matter, actor: Actor, now: datetime) -> bool:
    """This function will lift the hold of a locked matter, unless another open matter needs the same one."""
    if row.hold_id is None:
        return False
    hold_id, row.hold_id = row.hold_id, None
    row.save(update_fields=["hold_id"])
    others = Matter.objects.filter(hold_id=hold_id).exclude(pk=row.pk)
    if others.exists():
        return False
    law.lift_hold(hold_id=hold_id, reason=number_of(row.pk), actor=actor, now=now)
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class NightReport:
    """What a night did with matters."""

    overdue_count: int
    lifted_count: int


def sweep_matters(now: datetime, *, actor: Actor | None = None) -> NightReport:
    """This function will note what is overdue, each once, and lift the holds whose quiet period has passed.

    1. Overdue is what the law's own sweep finds missed; the entry stays, also when the answer comes late.
    2. A hold is lifted when the law says that the period after the answer has passed, and nothing else needs it.
    3. Killed, it leaves whole matters behind; the next night goes on.
    """
    actor = actor or system("care night")
    return NightReport(overdue_count=_raise_overdue(actor, now), lifted_count=_lift_quiet(actor, now))


def _raise_overdue(actor: Actor, now: datetime) -> int:
    found = 0
    due = Matter.objects.filter(
        state__in=UNANSWERED, overdue_at__isnull=True, deadline__due_at__lte=now
    ).order_by("id")
    for matter_id in list(due.values_list("id", flat=True)):
        with transaction.atomic():
            row = due.select_for_update(of=("self",), skip_locked=True).filter(pk=matter_id).first()
            if row is not None:
                row.overdue_at = now
                row.save(update_fields=["overdue_at"])
                note(row, "overdue", actor=actor, now=now)
                found += 1
    return found


def _lift_quiet(actor: Actor, now: datetime) -> int:
    lifted = 0
    held = Matter.objects.filter(state__in=["answered", "closed"], hold_id__isnull=False).order_by("id")
    rows = list(held.values_list("id", "person_id", "quiet_deadline_id"))
    cards = law.deadline_cards([quiet for _, _, quiet in rows if quiet], now)
    for matter_id, person_id, quiet in rows:
        if quiet and cards[quiet].due_at > now:
            continue
        with transaction.atomic():
            law.lock_budget(person_id)
            row = held.select_for_update(of=("self",)).filter(pk=matter_id).first()
            if row is not None and lift(row, actor, now):
                note(row, "hold_lifted", actor=actor, now=now, is_shared=True)
                lifted += 1
    return lifted
