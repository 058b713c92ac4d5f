"""A second pair of eyes approves: the money moves, then promises and open work follow."""

from __future__ import annotations

from datetime import datetime

from fairdue.contexts.payments.contracts import Approved
from fairdue.kernel.actor import Actor


def approve_request(*, request_id: int, reason: str = "", actor: Actor, now: datetime) -> Approved:
    """This function will approve a request, let it happen, and judge the person's promises again."""
    raise NotImplementedError
