"""The locks of deadlines: a deadline before its extensions, several in the order of their ids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from fairdue.kernel.actor import Actor

from .deadline_contracts import DeadlineUnknown
from .models import Deadline, DeadlineExtension


def scoped(actor: Actor) -> QuerySet[Deadline]:
    """Return the deadlines about debts to the actor's creditors."""
    rows = Deadline.objects.all()
    if actor.creditor_ids is None:
        return rows
    return rows.filter(creditor_ids__overlap=sorted(actor.creditor_ids))


def locked(deadline_id: int, actor: Actor) -> Deadline:
    """This function will lock and return a deadline.

    :raises DeadlineUnknown: if there is none in the actor's scope
    """
    row = scoped(actor).select_for_update().filter(pk=deadline_id).first()
    if row is None:
        raise DeadlineUnknown(f"no deadline {deadline_id}")
    return row


def locked_alike(deadline_id: int, actor: Actor) -> tuple[Deadline, list[Deadline]]:
    """This function will lock a deadline with those of the same clock and subject in other packs, by id, and return both.

    :raises DeadlineUnknown: if there is none in the actor's scope
    """
    found = scoped(actor).filter(pk=deadline_id).first()
    if found is None:
        raise DeadlineUnknown(f"no deadline {deadline_id}")
    alike = Deadline.objects.filter(
        subject_type=found.subject_type, subject_id=found.subject_id, kind=found.kind
    )
    rows = list(alike.order_by("id").select_for_update())
    return next(row for row in rows if row.pk == deadline_id), rows


def lapse_extensions(deadline_ids: Sequence[int], now: datetime) -> int:
    """This function will end the open extensions of locked deadlines that have ended, and return how many."""
    open_ones = DeadlineExtension.objects.filter(deadline_id__in=list(deadline_ids), status="open")
    return open_ones.update(status="lapsed", decided_at=now)
