"""How many requests wait for somebody's decision: one count for the rail of every page."""

from __future__ import annotations

from fairdue.contexts.payments.models import Request
from fairdue.kernel.actor import Actor


def count_open_requests(*, actor: Actor) -> int:
    """Return how many open requests of others wait within the actor's data scope, in one query."""
    rows = Request.objects.filter(status="open")
    if actor.creditor_ids is not None:
        rows = rows.filter(creditor_id__in=actor.creditor_ids)
    return rows.exclude(requested_by_id=actor.id).count() if actor.id is not None else rows.count()
