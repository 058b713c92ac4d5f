"""What the night looks after: days of plans to remind of, abilities to check again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from fairdue.contexts.arrangements.contracts import PlanDay
from fairdue.contexts.arrangements.models import Instalment, Plan
from fairdue.contexts.arrangements.reference import plan_reference
from fairdue.kernel.money import Money


def coming_days(*, as_of: date) -> tuple[PlanDay, ...]:
    """Return what running plans ask for within the days of reminding, today included, and is not paid."""
    until = as_of + timedelta(days=int(plan_reference()["remind_days_before"]))
    rows = Instalment.objects.filter(
        due_date__gte=as_of, due_date__lte=until, plan__state="running", settled_date=None
    ).select_related("plan__agreement")
    return plan_days(rows.order_by("id"))


def plan_days(instalments: Iterable[Instalment]) -> tuple[PlanDay, ...]:
    """Return unsettled instalments as what their plans ask for: one for each plan and day, over all its debts."""
    found: dict[tuple[int, date], list[Instalment]] = {}
    for each in instalments:
        found.setdefault((each.plan_id, each.due_date), []).append(each)
    return tuple(_day(rows[0].plan, day, rows) for (_, day), rows in found.items())


def _day(plan: Plan, day: date, rows: list[Instalment]) -> PlanDay:
    return PlanDay(
        plan_id=plan.pk, person_id=plan.person_id, account_id=min(row.account_id for row in rows),
        number=plan.agreement.number, due_date=day,
        amount=Money(sum(row.amount_minor - row.paid_minor for row in rows), plan.currency),
    )  # fmt: skip


def plans_to_check(*, as_of: date) -> tuple[tuple[int, int], ...]:
    """Return (plan, person) of running plans whose borrower's ability was last looked at too long ago."""
    before = as_of - timedelta(days=30 * int(plan_reference()["check_ability_every_months"]))
    rows = Plan.objects.filter(state="running", checked_date__lte=before).order_by("pk")
    return tuple(rows.values_list("pk", "person_id"))


def mark_checked(plan_ids: list[int], *, as_of: date) -> None:
    """This function will note that somebody was asked to look at the ability of these borrowers."""
    Plan.objects.filter(pk__in=plan_ids).update(checked_date=as_of)
