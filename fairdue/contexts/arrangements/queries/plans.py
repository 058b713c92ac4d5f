"""Plans, the calendar of instalments, and what was broken."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Prefetch, QuerySet

from fairdue.contexts.arrangements.contracts import (
    BreachRow,
    CalendarRow,
    InstalmentCard,
    PlanCard,
    PlanPage,
)
from fairdue.contexts.arrangements.errors import PlanCursorInvalid, PlanUnknown
from fairdue.contexts.arrangements.models import Instalment, Plan
from fairdue.contexts.arrangements.policies import in_scope, require_about
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money
from fairdue.storage.keyset import CursorInvalid, SortKey, known_sort, sorted_page

SORTS = {
    "plan": SortKey("id", int), "started_date": SortKey("started_date", date.fromisoformat),
    "total": SortKey("total_minor", int), "ended_date": SortKey("ended_at", datetime.fromisoformat),
}  # fmt: skip
"""What a list of plans may be sorted by."""


def plans_of(person_id: int, *, actor: Actor | None = None) -> tuple[PlanCard, ...]:
    """Return a person's plans, the newest first; without an actor all of them, for work of the house."""
    rows = _loaded(Plan.objects.filter(person_id=person_id))
    if actor is not None:
        require_about(actor, person_id, "plans.view")
        rows = in_scope(rows, actor)
    return tuple(plan_card(row) for row in rows.order_by("-id"))


def plan(plan_id: int, *, actor: Actor) -> PlanCard:
    """Return one plan.

    :raises PlanUnknown: if there is none in the actor's scope
    :raises PermissionRefused: for staff without `plans.view`
    """
    row = in_scope(_loaded(Plan.objects.filter(pk=plan_id)), actor).first()
    if row is None:
        raise PlanUnknown
    require_about(actor, row.person_id, "plans.view")
    return plan_card(row)


def plans(*, actor: Actor, state: str = "", limit: int = 50) -> tuple[PlanCard, ...]:
    """Return plans in scope, the newest first, optionally of one state.

    :raises PermissionRefused: without `plans.view`
    """
    actor.require("plans.view")
    rows = in_scope(_loaded(Plan.objects.all()), actor)
    rows = rows.filter(state=state) if state else rows
    return tuple(plan_card(row) for row in rows.order_by("-id")[:limit])


def plan_page(
    *,
    actor: Actor,
    state: str = "",
    kind: str = "",
    sort: str = "",
    after: str | None = None,
    limit: int = 50,
) -> PlanPage:
    """Return a page of plans in scope, optionally of one state and kind: the newest first, or by one of `SORTS`.

    :raises PermissionRefused: without `plans.view`
    :raises PlanCursorInvalid: if `after` is no marker of an earlier page
    """
    actor.require("plans.view")
    wanted = {name: value for name, value in (("state", state), ("kind", kind)) if value}
    every = in_scope(Plan.objects.filter(**wanted), actor)
    order = known_sort(SORTS, sort) or "-plan"
    try:
        rows, cursor = sorted_page(_loaded(every), SORTS, sort=order, after=after, limit=limit)
    except CursorInvalid as error:
        raise PlanCursorInvalid(str(error)) from error
    return PlanPage(rows=tuple(plan_card(row) for row in rows), next_cursor=cursor, count=every.count())


def running_account_ids(person_id: int) -> frozenset[int]:
    """Return the debts of a person on which a plan runs."""
    lists = Plan.objects.filter(person_id=person_id, state="running").values_list("account_ids", flat=True)
    return frozenset(account_id for ids in lists for account_id in ids)


def plan_calendar(*, actor: Actor, since: date, until: date, limit: int = 500) -> tuple[CalendarRow, ...]:
    """Return the instalments of running plans that fall due in a period, by day.

    :raises PermissionRefused: without `plans.view`
    """
    actor.require("plans.view")
    rows = Instalment.objects.filter(due_date__gte=since, due_date__lte=until, plan__state="running")
    if actor.creditor_ids is not None:
        rows = rows.filter(plan__creditor_id__in=sorted(actor.creditor_ids))
    found = list(rows.select_related("plan__agreement").order_by("due_date", "id")[:limit])
    names = _names(row.plan.person_id for row in found)
    return tuple(
        CalendarRow(
            plan_id=row.plan_id,
            person_id=row.plan.person_id,
            name_masked=names.get(row.plan.person_id, ""),
            number=row.plan.agreement.number,
            instalment=_instalment(row, row.plan),
        )
        for row in found
    )


def breaches(*, actor: Actor, limit: int = 200) -> tuple[BreachRow, ...]:
    """Return the plans that were broken, the latest first.

    :raises PermissionRefused: without `plans.view`
    """
    actor.require("plans.view")
    rows = in_scope(_loaded(Plan.objects.filter(state="breached")), actor).order_by("-ended_at")[:limit]
    cards = [plan_card(row) for row in rows]
    names = _names(card.person_id for card in cards)
    return tuple(
        BreachRow(
            plan_id=card.plan_id, person_id=card.person_id, name_masked=names.get(card.person_id, ""),
            number=card.number, kind=card.kind, ended_date=card.ended_date or card.started_date,
            reason=card.end_reason, paid=card.paid, total=card.total,
        )
        for card in cards
    )  # fmt: skip


def plan_card(row: Plan) -> PlanCard:
    """Return a plan with its instalments by day."""
    instalments = tuple(_instalment(each, row) for each in row.instalments.all())
    return PlanCard(
        plan_id=row.pk,
        agreement_id=row.agreement_id,
        number=row.agreement.number,
        person_id=row.person_id,
        creditor_id=row.creditor_id,
        account_ids=tuple(row.account_ids),
        kind=row.kind,
        state=row.state,  # type: ignore[arg-type]
        currency=row.currency,
        total=Money(row.total_minor, row.currency),
        paid=Money(sum(each.paid.minor for each in instalments), row.currency),
        waived=Money(row.waived_minor, row.currency),
        started_date=row.started_date,
        ended_date=business_date(row.ended_at) if row.ended_at else None,
        end_reason=row.end_reason,
        grace_days=row.grace_days,
        tolerance=Money(row.tolerance_minor, row.currency),
        replans_left=row.replans_left,
        instalments=instalments,
    )


def _instalment(row: Instalment, plan: Plan) -> InstalmentCard:
    return InstalmentCard(
        instalment_id=row.pk,
        number=row.number,
        account_id=row.account_id,
        due_date=row.due_date,
        amount=Money(row.amount_minor, plan.currency),
        paid=Money(row.paid_minor, plan.currency),
        state=row.state,  # type: ignore[arg-type]
        settled_date=row.settled_date,
        last_day=row.due_date + timedelta(days=plan.grace_days),
    )


def _loaded(rows: QuerySet[Plan]) -> QuerySet[Plan]:
    ordered = Prefetch("instalments", queryset=Instalment.objects.order_by("due_date", "account_id"))
    return rows.select_related("agreement").prefetch_related(ordered)


def _names(person_ids: Iterable[int]) -> dict[int, str]:
    return {
        number: card.name_masked for number, card in parties.person_cards(sorted(set(person_ids))).items()
    }
