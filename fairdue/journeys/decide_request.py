"""A second pair of eyes approves: the money moves, then promises and open work follow."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.contracts import Approved
from fairdue.journeys.receive_payment import follow_money
from fairdue.kernel.actor import Actor


@transaction.atomic
def approve_request(*, request_id: int, reason: str = "", actor: Actor, now: datetime) -> Approved:
    """This function will approve a request, let it happen, and judge the person's promises again.

    :raises PermissionRefused, OwnRequest, RequestClosed, RequestUnknown, LedgerError: as `payments.approve` says
    """
    approved = payments.approve(request_id=request_id, reason=reason, actor=actor, now=now)
    follow_money(approved.person_ids, actor=actor, now=now)
    return approved
