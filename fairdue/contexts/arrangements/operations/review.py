"""Review plans: what came in is counted, instalments are judged, plans are kept or broken; the same again changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import reduce

from django.db import transaction
from django.db.models import F, Q, QuerySet

from fairdue.contexts.arrangements.contracts import PlanDay, PlansAssessed
from fairdue.contexts.arrangements.judging import plan_state, state_of
from fairdue.contexts.arrangements.models import Instalment, Plan, PlanAccount
from fairdue.contexts.arrangements.operations.carry_out import hold, release, take_back
from fairdue.contexts.arrangements.operations.early import give_up_unearned, take_credits_back
from fairdue.contexts.arrangements.queries.received import received_for
from fairdue.contexts.arrangements.queries.upkeep import plan_days
from fairdue.contexts.audit import facade as audit
from fairdue.kernel.actor import Actor, system
from fairdue.kernel.clock import business_date

CHUNK = 100
SETTLED = ("paid", "early")


def assess_plans(*, as_of: date, now: datetime, actor: Actor | None = None) -> PlansAssessed:
    """This function will judge every running plan of which something was due by a day; return what changed.

    1. Chunk by chunk, each in a transaction: a kill between two leaves plans that the next run judges.
    """
    open_ones = Q(instalments__due_date__lte=as_of, instalments__settled_date=None)
    open_ones |= Q(
        instalments__due_date__lte=as_of, instalments__paid_minor__lt=F("instalments__amount_minor")
    )
    waiting = Plan.objects.filter(open_ones, state="running").distinct()
    return _all(waiting, as_of, now, actor or system("plans"))


def assess_plans_of(*, person_ids: Iterable[int], now: datetime, actor: Actor | None = None) -> PlansAssessed:
    """This function will judge the plans of some persons after money came or went; a kept one may run again."""
    rows = Plan.objects.filter(person_id__in=list(person_ids), state__in=("running", "kept"))
    return _all(rows, business_date(now), now, actor or system("plans"))


def _all(rows: QuerySet[Plan], as_of: date, now: datetime, actor: Actor) -> PlansAssessed:
    ids = sorted(rows.values_list("pk", flat=True))
    parts = [_chunk(ids[start : start + CHUNK], as_of, now, actor) for start in range(0, len(ids), CHUNK)]
    return reduce(_sum, parts, PlansAssessed())


@transaction.atomic
def _chunk(ids: Sequence[int], as_of: date, now: datetime, actor: Actor) -> PlansAssessed:
    plans = list(
        Plan.objects.select_for_update().filter(pk__in=ids).order_by("pk").prefetch_related("accounts")
    )
    return reduce(_sum, (_judge(plan, as_of, now, actor) for plan in plans), PlansAssessed())


def _sum(one: PlansAssessed, other: PlansAssessed) -> PlansAssessed:
    return PlansAssessed(
        kept=one.kept + other.kept, breached=one.breached + other.breached, reopened=one.reopened + other.reopened,
        missed=one.missed + other.missed, unchanged=one.unchanged + other.unchanged,
        person_ids=one.person_ids + other.person_ids,
    )  # fmt: skip


def _judge(plan: Plan, as_of: date, now: datetime, actor: Actor) -> PlansAssessed:
    if plan.state not in ("running", "kept"):
        return PlansAssessed(unchanged=1)
    instalments = list(plan.instalments.order_by("due_date", "account_id"))
    paid = received_for(plan, plan.accounts.all(), instalments, as_of)
    if plan.state == "running" and give_up_unearned(plan, instalments, paid, as_of, now, actor):
        paid = received_for(plan, plan.accounts.all(), instalments, as_of)
    missed: list[Instalment] = []
    for each in instalments:
        came = paid[each.pk]
        state = state_of(each.due_date, came.settled_date, as_of, plan.grace_days)
        if state == "missed" and each.missed_date is None:
            missed.append(each)
        _write(each, came.minor, state, came.settled_date, as_of)
    judged = plan_state(
        [(each.due_date, each.state, each.settled_date is not None) for each in instalments],
        plan.missed_in_a_row,
    )
    return _turn(plan, judged, plan_days(missed), now, actor)


def _write(each: Instalment, minor: int, state: str, settled_date: date | None, as_of: date) -> None:
    missed_date = (each.missed_date or as_of) if state == "missed" else each.missed_date
    minor = min(minor, each.amount_minor)
    found = (minor, state, settled_date, missed_date)
    if found == (each.paid_minor, each.state, each.settled_date, each.missed_date):
        return
    each.paid_minor, each.state, each.settled_date, each.missed_date = found
    each.save(update_fields=["paid_minor", "state", "settled_date", "missed_date"])


def _turn(plan: Plan, judged: str, missed: tuple[PlanDay, ...], now: datetime, actor: Actor) -> PlansAssessed:
    """Let the plan become what it was judged to be."""
    persons = (plan.person_id,)
    if judged == plan.state:
        return PlansAssessed(missed=missed, unchanged=not missed, person_ids=persons if missed else ())
    if plan.state == "kept" and not _reopen(plan, now, actor):
        return PlansAssessed(unchanged=1)
    if judged == "running":
        return PlansAssessed(reopened=(plan.pk,), missed=missed, person_ids=persons)
    end(plan, judged, "all_paid" if judged == "kept" else "instalments_missed", now=now, actor=actor)
    if judged == "kept":
        return PlansAssessed(kept=(plan.pk,), person_ids=persons)
    return PlansAssessed(breached=(plan.pk,), missed=missed, person_ids=persons)


def _reopen(plan: Plan, now: datetime, actor: Actor) -> bool:
    """Let a kept plan run again after a reversal; not if a newer one runs on one of its debts."""
    if PlanAccount.objects.filter(account_id__in=plan.account_ids, is_running=True).exists():
        return False
    take_credits_back(plan, now=now, actor=actor)
    plan.state, plan.ended_at, plan.end_reason = "running", None, ""
    plan.save(update_fields=["state", "ended_at", "end_reason"])
    plan.accounts.update(is_running=True)
    hold(plan, plan.agreement.number, actor=actor, now=now)
    _audit("reopened", plan, actor, now)
    return True


def end(plan: Plan, state: str, reason: str, *, now: datetime, actor: Actor) -> None:
    """This function will end a locked plan; a broken or ended one is taken back in the ledger."""
    if state in ("breached", "ended"):
        for account in plan.accounts.all():
            take_back(account, reason=f"{plan.agreement.number}: {reason}", actor=actor, now=now)
    plan.state, plan.ended_at, plan.end_reason = state, now, reason[:60]
    plan.save(update_fields=["state", "ended_at", "end_reason"])
    plan.accounts.update(is_running=False)
    release(plan, f"{plan.agreement.number}: {reason}", actor=actor, now=now)
    _audit(state, plan, actor, now)


def _audit(verb: str, plan: Plan, actor: Actor, now: datetime) -> None:
    audit.record(
        code=f"arrangements.plan.{verb}", actor=actor, subject_type="arrangements.plan", subject_id=plan.pk,
        person_id=plan.person_id, now=now, after={"state": plan.state, "reason": plan.end_reason},
    )  # fmt: skip
