"""Matters of a person, one matter, and the queue of those who handle them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from fairdue.kernel.actor import Actor

from ..contracts import CareRefused, MatterCard, MatterDetail, MatterPage, MatterUnknown
from ..lexicon import signs
from ..models import LIVE, UNANSWERED, Matter
from ..scope import scoped
from ..sealing import WORDS, unseal
from .cards import answer_card, card_of, cards_of, document_card, entry_card
from .clocks import clocks_of

STATES = {
    "unanswered": UNANSWERED,
    "open": ("open",),
    "approval": ("waiting_approval",),
    "answered": ("answered",),
    "live": LIVE,
    "ended": ("closed", "withdrawn"),
    "all": (*LIVE, "closed", "withdrawn"),
}


def matters_of(person_id: int, now: datetime, *, actor: Actor | None = None) -> tuple[MatterCard, ...]:
    """Return a person's matters, the latest first; those of the actor's creditors only, if an actor is given."""
    rows = Matter.objects.all() if actor is None else scoped(actor)
    return cards_of(rows.filter(person_id=person_id).order_by("-opened_at", "-id"), now)


def matter(*, matter_id: int, actor: Actor, now: datetime) -> MatterDetail:
    """Return one matter with everything that belongs to it; a borrower sees what is shared and answers that were given.

    :raises PermissionRefused: for staff without `care.view`
    :raises MatterUnknown: if there is none in the actor's scope
    """
    is_borrower = actor.kind == "borrower"
    if not is_borrower:
        actor.require("care.view")
    row = scoped(actor).filter(pk=matter_id).first()
    if row is None:
        raise MatterUnknown(f"no matter {matter_id}")
    entries = row.entries.filter(is_shared=True) if is_borrower else row.entries.all()
    answers = row.answers.filter(state="given") if is_borrower else row.answers.all()
    return MatterDetail(
        card=card_of(row, clocks_of([row], now)[row.pk]),
        words=unseal(row.words_sealed, WORDS),
        entries=tuple(entry_card(each) for each in entries.order_by("at", "id")),
        answers=tuple(answer_card(each) for each in answers.order_by("id")),
        documents=tuple(document_card(each) for each in row.documents.order_by("id")),
        about_staff=tuple(row.about_staff_ids) if not is_borrower else (),
    )


def matter_queue(
    *,
    actor: Actor,
    now: datetime,
    kind: str = "",
    state: str = "unanswered",
    is_mine: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> MatterPage:
    """Return a page of matters in the actor's scope: who may be in danger first, then the nearest end.

    :raises PermissionRefused: without `care.view`
    :raises CareRefused: if `after` is no marker of an earlier page
    """
    actor.require("care.view")
    rows = _chosen(actor, kind, state, is_mine)
    start = _offset(after)
    page = list(_ordered(rows)[start : start + limit + 1])
    return MatterPage(
        rows=cards_of(page[:limit], now),
        next_cursor=str(start + limit) if len(page) > limit else None,
        count=rows.count(),
    )


def _chosen(actor: Actor, kind: str, state: str, is_mine: bool) -> QuerySet[Matter]:
    rows = scoped(actor).filter(state__in=STATES.get(state, UNANSWERED))
    if kind:
        rows = rows.filter(kind=kind)
    return rows.filter(handler_id=actor.id or 0) if is_mine else rows


def _ordered(rows: QuerySet[Matter]) -> QuerySet[Matter]:
    urgent = [sign.code for sign in signs() if sign.is_urgent]
    danger = Q(suggestions__overlap=urgent, state__in=UNANSWERED)
    return rows.alias(danger=danger).order_by(
        F("danger").desc(nulls_last=True), F("deadline__due_at").asc(nulls_last=True), "id"
    )


def _offset(after: str | None) -> int:
    if not after:
        return 0
    if not after.isdecimal() or len(after) > 6:
        raise CareRefused("care.matter.cursor", f"{after!r} marks no page")
    return int(after)


def matter_counts(*, actor: Actor) -> dict[str, int]:
    """Return how many matters of each kind wait for an answer in the actor's scope, in one query.

    :raises PermissionRefused: without `care.view`
    """
    actor.require("care.view")
    rows = scoped(actor).filter(state__in=UNANSWERED).values_list("kind").annotate(count=Count("id"))
    return dict(rows.order_by("kind"))
