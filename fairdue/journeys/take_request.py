"""Take in what a borrower asks for at the desk: recorded, timed, and, if wished, with contacts stopped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.journeys.start_call import accounts_in_scope
from fairdue.kernel.actor import Actor


@transaction.atomic
def take_request(
    *,
    case_id: int,
    kind: str,
    channel: str,
    summary: str,
    received_at: datetime,
    actor: Actor,
    now: datetime,
    account_id: int | None = None,
    facts: Mapping[str, str] | None = None,
    is_held: bool = False,
) -> law.RequestTaken:
    """Record a request of a case's person about all debts or one of them; its clocks run from when it came in.

    :raises NotInScope: if the case is not in the actor's scope
    :raises law.DeadlineRefused: if the debt is not one of the case's, or the request cannot be recorded so
    """
    actor.require("deadlines.record")
    case = cases.case_card(case_id=case_id, actor=actor)
    if account_id is not None and account_id not in accounts_in_scope(case.person_id, actor):
        raise law.DeadlineRefused("law.request.account", f"account {account_id} is not one of this case")
    return law.record_request(
        person_id=case.person_id, kind=kind, channel=channel, summary=summary, received_at=received_at, actor=actor,
        now=now, account_id=account_id, facts=facts, is_held=is_held,
    )  # fmt: skip
