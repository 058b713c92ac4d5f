"""Settle an account afresh: post what its facts come to today beyond what is posted, such as under a newer policy."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.ledger.models import AccountState
from fairdue.contexts.ledger.operations.events import require_scope
from fairdue.contexts.ledger.operations.settle import lock_facts, settle
from fairdue.kernel.actor import Actor


@transaction.atomic
def resettle(*, account_id: int, actor: Actor, now: datetime) -> int:
    """This function will post the difference of what an account's facts come to and what is posted; return how many.

    1. Facts are not touched: no payment, due item or event changes. Postings are added, never edited; each has the
       effective date of the money that it moves, and today's `recorded_at`.
    2. Due items and the cached state follow. An account that is in step gets no posting, and again gets none.

    :raises PermissionRefused: without `ledger.adjust`
    :raises AccountUnknown: if the account is not open or not in the actor's scope
    """
    actor.require("ledger.adjust")
    facts, present = lock_facts(account_id)
    require_scope(facts, actor)
    before = AccountState.objects.get(account_id=account_id).balance_minor
    posted_count = settle(facts, present, now=now).posted_count
    if posted_count:
        after = AccountState.objects.get(account_id=account_id).balance_minor
        audit.record(
            code="ledger.account.resettled",
            actor=actor,
            subject_type="book.account",
            subject_id=account_id,
            person_id=facts.person_id,
            now=now,
            before={"balance_minor": before},
            after={"balance_minor": after, "postings": posted_count, "policy": facts.policy},
        )
    return posted_count


def accounts_after(account_id: int, *, limit: int) -> tuple[int, ...]:
    """Return the next open accounts behind one, in the order of their numbers."""
    rows = AccountState.objects.filter(account_id__gt=account_id).order_by("account_id")
    return tuple(rows.values_list("account_id", flat=True)[:limit])
