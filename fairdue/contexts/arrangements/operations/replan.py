"""Make a plan anew after an instalment was missed, or end one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairdue.contexts.arrangements.contracts import ProposalCard
from fairdue.contexts.arrangements.errors import PlanClosed, PlanUnknown, ReasonMissing, ReplansUsed
from fairdue.contexts.arrangements.models import Plan
from fairdue.contexts.arrangements.operations.propose import propose
from fairdue.contexts.arrangements.operations.review import end
from fairdue.contexts.arrangements.policies import require_about, sees
from fairdue.engine.negotiation.offers import Wish
from fairdue.kernel.actor import Actor


@transaction.atomic
def replan(
    *,
    plan_id: int,
    reason: str,
    actor: Actor,
    now: datetime,
    offer_key: str = "",
    wish: Wish | None = None,
    assessment_id: int | None = None,
) -> ProposalCard:
    """This function will propose a plan in the place of a running one; the running one ends when it is agreed.

    1. As often as the agreement says, and with the reason why the first could not be kept.

    :raises PlanUnknown, PlanClosed, ReplansUsed, ReasonMissing: as they say
    :raises OfferGone, WishRefused, PermissionRefused: as `propose` says
    """
    plan = _lock(plan_id, actor)
    if plan.replans_left <= 0:
        raise ReplansUsed
    if not reason.strip():
        raise ReasonMissing
    return propose(
        person_id=plan.person_id, account_ids=plan.account_ids, offer_key=offer_key, wish=wish, reason=reason,
        assessment_id=assessment_id, replaces_plan_id=plan.pk, actor=actor, now=now,
    )  # fmt: skip


@transaction.atomic
def end_plan(*, plan_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """This function will end a running plan at the borrower's wish or by staff; the original due items return.

    :raises PlanUnknown, PlanClosed, ReasonMissing: as they say
    :raises PermissionRefused: unless it is the borrower, or staff with `plans.approve`
    """
    plan = _lock(plan_id, actor)
    require_about(actor, plan.person_id, "plans.approve")
    if not reason.strip():
        raise ReasonMissing
    end(plan, "ended", reason.strip(), now=now, actor=actor)


def _lock(plan_id: int, actor: Actor) -> Plan:
    plan = Plan.objects.select_for_update().filter(pk=plan_id).first()
    if plan is None or not sees(actor, plan.creditor_id, plan.person_id):
        raise PlanUnknown
    if plan.state != "running":
        raise PlanClosed
    return plan
