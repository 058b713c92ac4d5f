"""How many requests wait: one count for the rail of every page, one for the debts of a case."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count

from fairdue.contexts.payments.models import Request
from fairdue.kernel.actor import Actor


def count_open_requests(*, actor: Actor) -> int:
    """Return how many open requests of others wait within the actor's data scope, in one query."""
    rows = Request.objects.filter(status="open")
    if actor.creditor_ids is not None:
        rows = rows.filter(creditor_id__in=actor.creditor_ids)
    return rows.exclude(requested_by_id=actor.id).count() if actor.id is not None else rows.count()


def count_waiting_requests(account_ids: Iterable[int]) -> dict[int, int]:
    """Return how many open requests each of some accounts has, in one query; accounts without one are left out."""
    rows = Request.objects.filter(status="open", account_id__in=list(account_ids)).values("account_id")
    return dict(rows.annotate(count=Count("id")).values_list("account_id", "count"))
