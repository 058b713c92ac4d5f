"""Take the next case: who opens it has it, so that two collectors never call the same debtor."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases.contracts import WorkItemCard
from fairdue.contexts.cases.models import Case, WorkItem
from fairdue.contexts.cases.operations.cool_down import check_rested
from fairdue.contexts.cases.operations.outcome import staff_id
from fairdue.contexts.cases.queries.cards import work_item_card
from fairdue.contexts.cases.queries.queue import items_after, open_items
from fairdue.kernel.actor import Actor


@transaction.atomic
def next_case(
    *,
    actor: Actor,
    now: datetime,
    after_work_item_id: int | None = None,
    queue: str | None = None,
    bucket: str | None = None,
) -> WorkItemCard | None:
    """Give the actor the next case to work on and return its work item, or None when there is nothing to do.

    1. It comes after the named item in that item's queue; at the end it starts again at the top.
    2. What somebody else has, what is placed with another team, and what may not be worked before a
       later moment than `now` is passed over.
    3. A case that nobody has becomes the actor's in the same transaction. A case that somebody else is
       taking at this moment is passed over: of two who ask at once each gets another case.
    4. With a `bucket` only work whose days past due lie in it.

    5. Who rests after an abusive call gets nothing new.

    :raises BucketUnknown: if there is no such bucket
    :raises Resting: if the actor rests
    """
    actor.require("cases.work")
    check_rested(actor, now)
    current = WorkItem.objects.filter(pk=after_work_item_id).first() if after_work_item_id else None
    code = queue if queue is not None else (current.queue if current else None)
    items = _free(actor, code, bucket, now).exclude(pk=after_work_item_id or 0)
    found = items_after(items, current.rank, current.pk).first() if current else None
    found = found or items.first()
    if found is None:
        return None
    if found.case.assigned_to_id is None and staff_id(actor) is not None:
        _take(found.case, actor, now)
    return work_item_card(found)


def _free(actor: Actor, queue: str | None, bucket: str | None, now: datetime) -> QuerySet[WorkItem]:
    """Return what the actor may work on now, best first, and not in anybody else's hands at this moment."""
    nobodys = Q(case__assigned_to_id=None) & (Q(case__team_id=None) | Q(case__team_id=actor.team_id))
    ready = Q(not_before=None) | Q(not_before__lte=now)
    every = open_items(actor, queue, mine=False, bucket=bucket)
    items = every.filter(Q(case__assigned_to_id=actor.id) | nobodys, ready)
    locked = items.select_related("case").select_for_update(of=("case",), skip_locked=True)
    return locked.order_by("rank", "id")


def _take(case: Case, actor: Actor, now: datetime) -> None:
    Case.objects.filter(pk=case.pk).update(
        assigned_to_id=actor.id, team_id=actor.team_id, assigned_because="taken"
    )
    audit.record(
        code="cases.case.assigned",
        actor=actor,
        subject_type="case",
        subject_id=case.pk,
        now=now,
        person_id=case.person_id,
        reason="opened as the next case",
        before={"assigned_to": None, "team": case.team_id},
        after={"assigned_to": actor.id, "team": actor.team_id},
    )
