"""How many requests wait: in one query for the rail of every page and for the debts of a case."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from fairdue.contexts.payments.models import Request
from fairdue.kernel.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRequests:
    """Open requests in an actor's data scope."""

    of_others: int
    """Those that somebody else made: the actor may decide on them."""
    by_account: dict[int, int]
    """How many wait on each debt; debts without one are left out."""


def waiting_requests(*, actor: Actor) -> WaitingRequests:
    """Return how many open requests wait within the actor's data scope, in one query."""
    rows = Request.objects.filter(status="open")
    if actor.creditor_ids is not None:
        rows = rows.filter(creditor_id__in=actor.creditor_ids)
    found = rows.values_list("account_id", "requested_by_id").annotate(count=Count("id"))
    by_account: Counter[int] = Counter()
    of_others = 0
    for account_id, requested_by_id, count in found:
        of_others += count * (requested_by_id != actor.id)
        if account_id is not None:
            by_account[account_id] += count
    return WaitingRequests(of_others=of_others, by_account=dict(by_account))
