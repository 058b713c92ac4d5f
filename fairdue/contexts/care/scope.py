"""Which matters an actor may see and lock."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from fairdue.kernel.actor import Actor

from .contracts import MatterUnknown
from .models import Matter


def scoped(actor: Actor) -> QuerySet[Matter]:
    """Return the matters of the actor's creditors; a borrower's are their own."""
    if actor.kind == "borrower":
        return Matter.objects.filter(person_id=actor.id or 0)
    if actor.creditor_ids is None:
        return Matter.objects.all()
    return Matter.objects.filter(Q(creditor_ids__overlap=sorted(actor.creditor_ids)))


def locked(matter_id: int, actor: Actor) -> Matter:
    """This function will lock and return a matter.

    :raises MatterUnknown: if there is none in the actor's scope
    """
    row = scoped(actor).select_for_update(of=("self",)).filter(pk=matter_id).first()
    if row is None:
        raise MatterUnknown(f"no matter {matter_id}")
    return row
