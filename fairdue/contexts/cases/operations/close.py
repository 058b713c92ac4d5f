"""Close a case: nothing is due and nothing is promised any more, or somebody who may says why."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.contexts.cases.contracts import CaseClosed
from fairdue.contexts.cases.errors import CaseRefused
from fairdue.contexts.cases.models import Case, PromiseToPay, WorkItem
from fairdue.contexts.cases.policies import locked_case
from fairdue.contexts.ledger import facade as ledger
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date

OVERRIDE = "cases.assign"
"""Who distributes the work may close a case in which something is still due."""


class CloseRefused(CaseRefused):
    """The case cannot be closed so; `code` says why, nothing was changed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@transaction.atomic
def close_case(*, case_id: int, reason: str, actor: Actor, now: datetime) -> CaseClosed:
    """Close a case with its open work and return what was closed with it.

    1. Nothing is overdue on any debt of the person and no promise is open: whoever works cases closes it.
    2. Otherwise it takes a supervisor and a reason; open promises are cancelled. Debts of lenders outside
       the actor's scope are not the actor's to let go: what is overdue there keeps the case open.
    3. Should something fall due later, the night opens a new case (`ensure_case`).

    :raises NotInScope: if the case is not in the actor's scope
    :raises CloseRefused: if it is closed, something stands against it, or the reason is missing
    """
    actor.require("cases.work")
    case = locked_case(case_id, actor)
    if case.status != "open":
        raise CloseRefused("cases.close.closed", "the case is closed already")
    promises = PromiseToPay.objects.filter(case=case, status="open")
    obstacles = _obstacles(case, promises.exists(), actor, now)
    if obstacles:
        _check_override(reason, actor)
    cancelled = promises.update(status="cancelled", settled_at=now)
    items = WorkItem.objects.filter(case=case, status="open")
    done = items.update(status="done", done_at=now, done_by=actor.label)
    case.status, case.closed_at = "closed", now
    case.save(update_fields=["status", "closed_at"])
    closed = CaseClosed(case_id=case.pk, closed_work_count=done, cancelled_promise_count=cancelled)
    _audit(closed, case, obstacles, reason, actor, now)
    return closed


def _obstacles(case: Case, has_promise: bool, actor: Actor, now: datetime) -> list[str]:
    """Return what stands against closing: `overdue`, `promise`.

    :raises CloseRefused: if something is overdue to a lender outside the actor's scope
    """
    summary = ledger.person_summary(case.person_id, business_date(now))
    overdue = {account.account_id for account in summary.accounts if account.overdue.minor > 0}
    seen = {card.account_id for card in book.account_cards(case.person_id, actor=actor)} if overdue else set()
    if overdue - seen:
        raise CloseRefused("cases.close.other_creditor", "debts outside the actor's scope are overdue")
    return ["overdue"] * bool(overdue) + ["promise"] * has_promise


def _check_override(reason: str, actor: Actor) -> None:
    if not actor.may(OVERRIDE):
        raise CloseRefused("cases.close.still_due", "something is overdue or promised")
    if not reason.strip():
        raise CloseRefused("cases.close.reason_missing", "say why the case is closed all the same")


def _audit(
    closed: CaseClosed, case: Case, obstacles: list[str], reason: str, actor: Actor, now: datetime
) -> None:
    audit.record(
        code="cases.case.closed",
        actor=actor,
        subject_type="case",
        subject_id=case.pk,
        now=now,
        person_id=case.person_id,
        reason=reason.strip(),
        before={"status": "open"},
        after={
            "status": "closed",
            "despite": obstacles,
            "closed_work": closed.closed_work_count,
            "cancelled_promises": closed.cancelled_promise_count,
        },
    )
