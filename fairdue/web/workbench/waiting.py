"""The requests that wait, read once for a page: the rail's number and the debts of a case share it."""

from __future__ import annotations

from typing import Any

from fairdue.contexts.payments import facade as payments


def waiting(request: Any) -> payments.WaitingRequests:
    """Return the open requests in the actor's scope; the first asker of a page reads, the others share."""
    found: payments.WaitingRequests | None = getattr(request, "waiting_requests", None)
    if found is None:
        found = payments.waiting_requests(actor=request.actor)
        request.waiting_requests = found
    return found
