"""A collector's day: promises that fall due, people who want to be called, cases that are new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db.models import OuterRef, Subquery

from fairdue.contexts.cases.contracts import DayItem, PromiseCard
from fairdue.contexts.cases.models import Case, CaseChange, PromiseToPay, WorkItem
from fairdue.contexts.cases.policies import scope_filter
from fairdue.contexts.cases.queries.cards import promise_card
from fairdue.contexts.parties import facade as parties
from fairdue.engine.ledger.ageing import bucket
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money

SHOWN = 20


def promises_due(*, actor: Actor, until: date, limit: int = SHOWN) -> tuple[DayItem, ...]:
    """Return open promises on the actor's own cases that are due by a day, the oldest first."""
    actor.require("cases.view")
    rows = (
        PromiseToPay.objects.filter(
            scope_filter(actor, "case__"),
            status="open", promised_date__lte=until, case__status="open", case__assigned_to_id=actor.id or 0,
        )
        .order_by("promised_date", "id")[:limit]
    )  # fmt: skip
    promises = {row.case_id: promise_card(row, "") for row in rows}
    return _of_cases(list(promises), promises)


def callbacks(*, actor: Actor, until: datetime, limit: int = SHOWN) -> tuple[DayItem, ...]:
    """Return who wants to be called back by a moment, on the actor's own cases, the earliest first."""
    actor.require("cases.view")
    rows = WorkItem.objects.filter(
        scope_filter(actor, "case__"),
        kind="callback", status="open", case__status="open", case__assigned_to_id=actor.id or 0,
        not_before__lte=until,
    ).order_by("not_before", "id")[:limit]  # fmt: skip
    return _items(list(rows), {})


def lines_at(*, actor: Actor, moments: Mapping[int, datetime]) -> tuple[DayItem, ...]:
    """Return the lines of some cases in the actor's scope, each at the moment that somebody asked for, the earliest first."""
    actor.require("cases.view")
    seen = Case.objects.filter(scope_filter(actor), pk__in=list(moments), status="open").values_list(
        "id", flat=True
    )
    lines = [replace(line, at=moments[line.case_id]) for line in _of_cases(list(seen), {})]
    return tuple(sorted(lines, key=lambda line: moments[line.case_id]))


def new_cases(*, actor: Actor, since: datetime, limit: int = SHOWN) -> tuple[DayItem, ...]:
    """Return cases that became the actor's since a moment, or were opened and are theirs, best first."""
    actor.require("cases.view")
    handed = CaseChange.objects.filter(
        case=OuterRef("pk"), kind="handed_over", changed_at__gte=since, undone_at=None
    )
    cases = (
        Case.objects.filter(scope_filter(actor), status="open", assigned_to_id=actor.id or 0)
        .annotate(handed_at=Subquery(handed.order_by("-id").values("changed_at")[:1]))
        .order_by("-opened_at", "-id")[: limit * 3]
    )
    fresh = [row.pk for row in cases if row.opened_at >= since or row.handed_at][:limit]  # type: ignore[attr-defined]
    return _of_cases(fresh, {})


def _of_cases(case_ids: Sequence[int], promises: dict[int, PromiseCard]) -> tuple[DayItem, ...]:
    """Return a line for each case, in order, with its first open work or without."""
    items: dict[int, WorkItem] = {}
    for item in WorkItem.objects.filter(case_id__in=case_ids, status="open").order_by("rank", "id"):
        items.setdefault(item.case_id, item)
    persons = dict(Case.objects.filter(pk__in=case_ids).values_list("id", "person_id"))
    shown = [
        items.get(case_id)
        or WorkItem(case_id=case_id, person_id=persons[case_id], reason="", currency="CNY", kind="")
        for case_id in case_ids
        if case_id in persons
    ]
    return _items(shown, promises)


def _items(rows: Sequence[WorkItem], promises: dict[int, PromiseCard]) -> tuple[DayItem, ...]:
    people = parties.person_cards([row.person_id for row in rows]) if rows else {}
    return tuple(_line(row, people.get(row.person_id), promises.get(row.case_id)) for row in rows)


def _line(row: WorkItem, person: parties.PersonCard | None, promise: PromiseCard | None) -> DayItem:
    return DayItem(
        case_id=row.case_id, person_id=row.person_id, name_masked=person.name_masked if person else "",
        at=row.not_before, zone=person.home_zone if person else "", reason=row.reason,
        days_past_due=row.days_past_due, bucket=bucket(row.days_past_due),
        overdue=Money(row.overdue_minor, row.currency), promise=promise,
    )  # fmt: skip
