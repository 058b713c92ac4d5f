"""Deadlines as cards: near ones first, with what is left, how it was counted and what may still be done."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from fairdue.engine.law.calendars import day_in
from fairdue.engine.law.deadlines.counting import count
from fairdue.engine.law.working_calendars import WorkingCalendar
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date

from ..clock_rules import clock as clock_named
from ..clock_rules import clocks_in
from ..deadline_contracts import (
    SOON_WORKING_DAYS,
    DeadlineCard,
    DeadlineDetail,
    DeadlinePage,
    DeadlineRefused,
    DeadlineUnknown,
    ExtensionCard,
    ExtensionOffer,
    RequestCard,
    WaitingExtension,
)
from ..deadline_locks import scoped
from ..models import Deadline, DeadlineExtension, ReceivedRequest
from ..operations.deadline_extend import approvers_of
from ..rules import in_force, shipped_pack

COUNT_CAP = 1000
STATES: Mapping[str, tuple[str, ...]] = {
    "unanswered": ("running", "missed"),
    "running": ("running",),
    "missed": ("missed", "met_late"),
    "met": ("met", "met_late"),
    "ended": ("met", "met_late", "passed", "cancelled"),
    "all": ("running", "missed", "met", "met_late", "passed", "cancelled"),
}


def deadlines(
    *,
    actor: Actor,
    now: datetime,
    state: str = "unanswered",
    kind: str = "",
    due_within_days: int | None = None,
    mine: Collection[int] | None = None,
    person_id: int | None = None,
    after: str | None = None,
    limit: int = 50,
) -> DeadlinePage:
    """Return deadlines about debts in the actor's scope, the nearest end first.

    1. `state` is one of `STATES`; what was missed and then met late stays under `missed`.
    2. `mine` leaves those that the actor started, and those of these persons.

    :raises PermissionRefused: without `deadlines.view`
    :raises DeadlineRefused: if `after` is no marker of an earlier page
    """
    actor.require("deadlines.view")
    rows = scoped(actor).filter(status__in=STATES.get(state, STATES["unanswered"]))
    if kind:
        rows = rows.filter(kind=kind)
    if due_within_days is not None:
        rows = rows.filter(due_date__lte=business_date(now) + timedelta(days=due_within_days))
    if mine is not None:
        rows = rows.filter(Q(started_by_id=actor.id or 0) | Q(person_id__in=list(mine)))
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    counted = rows[: COUNT_CAP + 1].count()
    page = list(_annotated(_after(rows, after)).order_by("due_at", "id")[: limit + 1])
    shown = page[:limit]
    return DeadlinePage(
        rows=tuple(card_of(row, now) for row in shown),
        next_cursor=f"{shown[-1].due_at.isoformat()}|{shown[-1].pk}" if len(page) > limit else None,
        count=min(counted, COUNT_CAP),
        count_is_capped=counted > COUNT_CAP,
    )


def _after(rows: QuerySet[Deadline], after: str | None) -> QuerySet[Deadline]:
    if not after:
        return rows
    moment, _bar, number = after.partition("|")
    try:
        at, pk = datetime.fromisoformat(moment), int(number)
    except ValueError:
        raise DeadlineRefused("law.deadline.cursor", f"{after!r} marks no page") from None
    return rows.filter(Q(due_at__gt=at) | Q(due_at=at, pk__gt=pk))


def _annotated(rows: QuerySet[Deadline]) -> QuerySet[Any]:
    waiting = DeadlineExtension.objects.filter(deadline_id=OuterRef("pk"), status="open")
    return rows.annotate(is_waiting=Exists(waiting))


def deadlines_of_person(person_id: int, *, actor: Actor, now: datetime) -> tuple[DeadlineCard, ...]:
    """Return what runs or was missed for a person, nearest first, in one query; none without `deadlines.view`."""
    if not actor.may("deadlines.view"):
        return ()
    rows = scoped(actor).filter(person_id=person_id, status__in=STATES["unanswered"])
    return tuple(card_of(row, now) for row in _annotated(rows).order_by("due_at", "id"))


def deadline_cards(deadline_ids: Collection[int], now: datetime) -> dict[int, DeadlineCard]:
    """Return deadlines by id, in one query, for a caller that has found what they are about in its own scope."""
    return {row.pk: card_of(row, now) for row in _annotated(Deadline.objects.filter(pk__in=deadline_ids))}


def deadline(*, deadline_id: int, actor: Actor, now: datetime) -> DeadlineDetail:
    """Return one deadline with its extensions, the next one that is possible, and the request behind it.

    :raises PermissionRefused: without `deadlines.view`
    :raises DeadlineUnknown: if there is none in the actor's scope
    """
    actor.require("deadlines.view")
    row = _annotated(scoped(actor)).filter(pk=deadline_id).first()
    if row is None:
        raise DeadlineUnknown(f"no deadline {deadline_id}")
    is_extendable = row.status == "running" and now < row.due_at and not row.is_waiting
    request = (
        ReceivedRequest.objects.filter(pk=row.subject_id).first() if row.subject_type == "request" else None
    )
    return DeadlineDetail(
        card=card_of(row, now),
        extensions=tuple(extension_card(each) for each in row.extensions.order_by("-id")),
        offer=offer_of(row) if is_extendable else None,
        request=request_card(request) if request else None,
    )


def waiting_extensions(*, actor: Actor, now: datetime) -> tuple[WaitingExtension, ...]:
    """Return the extensions that wait for a decision, those of the nearest deadlines first.

    :raises PermissionRefused: without `deadlines.view`
    """
    actor.require("deadlines.view")
    rows = DeadlineExtension.objects.filter(status="open", deadline__in=scoped(actor))
    found = []
    for row in rows.select_related("deadline").order_by("deadline__due_at", "id"):
        row.deadline.is_waiting = True  # type: ignore[attr-defined]
        why_not = _why_not(row, actor)
        found.append(
            WaitingExtension(
                extension=extension_card(row), deadline=card_of(row.deadline, now), may_decide=not why_not,
                why_not=why_not,
            )
        )  # fmt: skip
    return tuple(found)


def _why_not(row: DeadlineExtension, actor: Actor) -> str:
    if not actor.may("deadlines.approve"):
        return "permission"
    if row.requested_by_id == actor.id:
        return "own"
    return "" if actor.role in approvers_of(row.deadline, row.step) else "role"


def deadline_kinds() -> dict[str, tuple[str, str]]:
    """Return the titles, in zh and en, of the clocks of every pack that some jurisdiction lists."""
    listed = in_force()
    codes = {*listed["always"], *(code for packs in listed["jurisdictions"].values() for code in packs)}
    return {
        each.kind: (each.title_zh, each.title_en) for code in sorted(codes) for each in reversed(clocks_in(code))
    }  # fmt: skip


def offer_of(row: Deadline) -> ExtensionOffer | None:
    """Return the next extension of a deadline's rule, or nothing."""
    clock = clock_named(row.pack, row.kind)
    step = clock.following(row.step) if clock else None
    if clock is None or step is None:
        return None
    found = count(clock, row.start_date, numbers=shipped_pack(row.pack).numbers, step=step.code)
    if found.last_date <= row.due_date:
        return None
    return ExtensionOffer(
        step=step.code, title_zh=step.title_zh, title_en=step.title_en, max_date=found.last_date, needs=step.needs,
        approvers=step.approvers, rule_id=found.rule.id, citation=found.rule.citation, note_zh=step.note_zh,
        note_en=step.note_en, arithmetic_zh=found.sentence_zh, arithmetic_en=found.sentence_en,
    )  # fmt: skip


def card_of(row: Any, now: datetime) -> DeadlineCard:
    """Return a row as a card, with what is left of it now."""
    words, today = row.words, day_in(now, ZoneInfo(row.words["zone"]))
    working_left = WorkingCalendar(words["calendar"]).between(today, row.due_date)
    return DeadlineCard(
        deadline_id=row.pk, kind=row.kind, nature=row.nature, title_zh=words["title"]["zh"],
        title_en=words["title"]["en"], act_zh=words["act"]["zh"], act_en=words["act"]["en"],
        subject_type=row.subject_type, subject_id=row.subject_id, person_id=row.person_id, account_id=row.account_id,
        creditor_ids=frozenset(row.creditor_ids), step=row.step, pack=row.pack, pack_version=row.pack_version,
        rule_id=row.rule_id, citation=row.citation, evidence=row.evidence, arithmetic_zh=words["arithmetic"]["zh"],
        arithmetic_en=words["arithmetic"]["en"], started_at=row.started_at, start_date=row.start_date,
        due_date=row.due_date, due_at=row.due_at, first_due_date=row.first_due_date, status=row.status,
        urgency=_urgency(row, today, working_left), days_left=(row.due_date - today).days,
        working_days_left=working_left, is_extended=row.due_date > row.first_due_date,
        has_open_extension=bool(getattr(row, "is_waiting", False)), met_at=row.met_at, missed_at=row.missed_at,
        closed_by=row.closed_by, closed_at=row.closed_at, note=row.note, started_by=row.started_by,
        started_by_id=row.started_by_id,
    )  # fmt: skip


def _urgency(row: Deadline, today: date, working_left: int) -> str:
    if row.status not in STATES["unanswered"]:
        return "done"
    if row.status == "missed" or (row.nature == "duty" and today > row.due_date):
        return "missed"
    if row.nature == "period":
        return "calm"
    if today >= row.due_date:
        return "today"
    return "near" if working_left <= SOON_WORKING_DAYS else "calm"


def extension_card(row: DeadlineExtension) -> ExtensionCard:
    """Return a row as a card."""
    return ExtensionCard(
        extension_id=row.pk, deadline_id=row.deadline_id, step=row.step, rule_id=row.rule_id, citation=row.citation,
        from_date=row.from_date, asked_date=row.asked_date, max_date=row.max_date, arithmetic_zh=row.words["zh"],
        arithmetic_en=row.words["en"], reason=row.reason, reference=row.reference, notice=row.notice, status=row.status,
        requested_by_id=row.requested_by_id, requested_by=row.requested_by, requested_at=row.requested_at,
        decided_by=row.decided_by, decided_role=row.decided_role, decided_at=row.decided_at,
        decision_reason=row.decision_reason,
    )  # fmt: skip


def request_card(row: ReceivedRequest) -> RequestCard:
    """Return a row as a card."""
    return RequestCard(
        request_id=row.pk, person_id=row.person_id, account_id=row.account_id, kind=row.kind, channel=row.channel,
        summary=row.summary, received_at=row.received_at, hold_id=row.hold_id, recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
    )  # fmt: skip
