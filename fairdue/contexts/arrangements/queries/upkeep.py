"""What the night looks after: instalments to remind of, abilities to check again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from fairdue.contexts.arrangements.models import Instalment, Plan
from fairdue.contexts.arrangements.reference import plan_reference
from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingInstalment:
    """An instalment that falls due soon and is not paid."""

    instalment_id: int
    plan_id: int
    person_id: int
    account_id: int
    due_date: date
    amount: Money
    number: str


def coming_instalments(*, as_of: date) -> tuple[ComingInstalment, ...]:
    """Return the unpaid instalments of running plans that fall due within the days of reminding, today included."""
    until = as_of + timedelta(days=int(plan_reference()["remind_days_before"]))
    rows = Instalment.objects.filter(
        due_date__gte=as_of, due_date__lte=until, plan__state="running", settled_date=None
    ).select_related("plan__agreement")
    return tuple(
        ComingInstalment(
            instalment_id=row.pk,
            plan_id=row.plan_id,
            person_id=row.plan.person_id,
            account_id=row.account_id,
            due_date=row.due_date,
            amount=Money(row.amount_minor - row.paid_minor, row.plan.currency),
            number=row.plan.agreement.number,
        )
        for row in rows.order_by("id")
    )


def plans_to_check(*, as_of: date) -> tuple[tuple[int, int], ...]:
    """Return (plan, person) of running plans whose borrower's ability was last looked at too long ago."""
    before = as_of - timedelta(days=30 * int(plan_reference()["check_ability_every_months"]))
    rows = Plan.objects.filter(state="running", checked_date__lte=before).order_by("pk")
    return tuple(rows.values_list("pk", "person_id"))


def mark_checked(plan_ids: list[int], *, as_of: date) -> None:
    """This function will note that somebody was asked to look at the ability of these borrowers."""
    Plan.objects.filter(pk__in=plan_ids).update(checked_date=as_of)
