"""Answers that are due soon or late: found by the share of their time that is used, as a badge shows it in red."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import (
    CharField,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from fairdue.kernel.actor import Actor

from ..contracts import MatterCard
from ..models import UNANSWERED, Entry, Matter
from ..reference import badge_percents, terms_of
from ..scope import scoped
from .cards import cards_of

WARNED = "warned"
"""Kind of the entry that says who was told of a near or late end; its facts name `what` and the last day it is about."""
EXTENDED = "extended"
"""Kind of the entry that tells the person of a new last day."""


def pressing(rows: QuerySet[Matter], now: datetime) -> QuerySet[Matter]:
    """Return the unanswered ones whose clock is red or has run out, the nearest end first."""
    _, red = badge_percents()
    due, started = F("deadline__due_at"), F("deadline__started_at")
    left = ExpressionWrapper((due - started) * ((100 - red) / 100), output_field=DurationField())
    timed = rows.filter(state__in=UNANSWERED, deadline__isnull=False).alias(
        pressing_at=ExpressionWrapper(due - left, output_field=DateTimeField())
    )
    return timed.filter(pressing_at__lte=now).order_by("deadline__due_at", "id")


def matters_ahead(*, actor: Actor, now: datetime, limit: int) -> tuple[MatterCard, ...]:
    """Return what the actor answers, and for who approves answers also what presses with others or with nobody.

    :raises PermissionRefused: without `care.view`
    """
    actor.require("care.view")
    mine = Q(handler_id=actor.id or 0, state__in=UNANSWERED)
    rows = scoped(actor).filter(state__in=UNANSWERED)
    if actor.may("care.approve"):
        mine |= Q(pk__in=pressing(scoped(actor), now).order_by().values("pk"))
    return cards_of(rows.filter(mine).order_by(F("deadline__due_at").asc(nulls_last=True), "id")[:limit], now)


def callback_wishes(
    *, actor: Actor, until: datetime, person_ids: Collection[int]
) -> tuple[tuple[int, datetime], ...]:
    """Return persons who asked in a matter to be called back by a moment, with their hour, the earliest first.

    1. Those whom the actor handles, and among `person_ids` those whom nobody handles yet; who approves answers sees every
       one that nobody handles.

    :raises PermissionRefused: without `care.view`
    """
    actor.require("care.view")
    waiting = scoped(actor).filter(kind="callback", state__in=UNANSWERED)
    free = Q(handler_id=None) if actor.may("care.approve") else Q(handler_id=None, person_id__in=person_ids)
    rows = waiting.filter(Q(handler_id=actor.id or 0) | free).values_list("person_id", "details__wanted_at")
    found = [(person_id, datetime.fromisoformat(said)) for person_id, said in rows if said]
    return tuple(sorted((each for each in found if each[1] <= until), key=lambda each: each[1]))


def overseers(matter_id: int, staff: Iterable[Actor]) -> frozenset[int]:
    """Return who hears of the end of a matter: its handler, and those of some staff who approve its answers and may see it.

    Nobody whom it is about is among them.
    """
    row = Matter.objects.get(pk=matter_id)
    approvers, concerned = terms_of(row.kind).approvers, set(row.creditor_ids)
    told = {
        each.id
        for each in staff
        if each.role in approvers and (each.creditor_ids is None or concerned & each.creditor_ids)
    }
    return frozenset(({row.handler_id} | told) - {None, *row.about_staff_ids})  # type: ignore[arg-type]


def untold(now: datetime, what: str) -> tuple[MatterCard, ...]:
    """Return what is `near` or `late` and of which nobody was told yet for its present last day."""
    rows = pressing(Matter.objects.all(), now)
    rows = rows.filter(deadline__due_at__lte=now) if what == "late" else rows.filter(deadline__due_at__gt=now)
    return cards_of(rows.exclude(Exists(_entries(WARNED, what=what))), now)


def extended_untold(now: datetime) -> tuple[MatterCard, ...]:
    """Return what has a later last day than at first, of which its person was not told yet."""
    rows = Matter.objects.filter(state__in=UNANSWERED, deadline__due_date__gt=F("deadline__first_due_date"))
    return cards_of(rows.exclude(Exists(_entries(EXTENDED))).order_by("id"), now)


def _entries(kind: str, **facts: str) -> QuerySet[Entry]:
    """Return the entries of a kind about the present last day of the matter that an outer query looks at."""
    return Entry.objects.annotate(said_due=KeyTextTransform("due", "facts")).filter(
        matter=OuterRef("pk"), kind=kind, said_due=Cast(OuterRef("deadline__due_date"), CharField()),
        **{f"facts__{name}": value for name, value in facts.items()},
    )  # fmt: skip
