"""Debts by how long something of them has been unpaid, the longest first: those whose limits end next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from fairdue.contexts.ledger.errors import LedgerError
from fairdue.contexts.ledger.models import AccountState
from fairdue.kernel.actor import Actor

STANDINGS = ("active", "charged_off")
"""What is written off, settled or sold is not sued for."""


class UnpaidCursorInvalid(LedgerError):
    """The marker is none that an earlier page gave."""

    code = "ledger.cursor"


@dataclass(frozen=True, slots=True, kw_only=True)
class LongestUnpaid:
    """One page of debts; `next_cursor` is what to pass as `after`."""

    account_ids: tuple[int, ...]
    next_cursor: str | None


def longest_unpaid(*, until: date, actor: Actor, after: str | None = None, limit: int = 20) -> LongestUnpaid:
    """Return debts in the actor's scope of which something was due by a day and is unpaid, the oldest first.

    :raises PermissionRefused: without `ledger.view`
    :raises UnpaidCursorInvalid: if `after` is no marker of an earlier page
    """
    actor.require("ledger.view")
    rows = AccountState.objects.filter(oldest_unpaid_due_date__lte=until, standing__in=STANDINGS)
    if actor.creditor_ids is not None:
        rows = rows.filter(creditor_id__in=sorted(actor.creditor_ids))
    if after:
        day, pk = _marker(after)
        rows = rows.filter(
            Q(oldest_unpaid_due_date__gt=day) | Q(oldest_unpaid_due_date=day, account_id__gt=pk)
        )
    found = list(
        rows.order_by("oldest_unpaid_due_date", "account_id").values_list(
            "account_id", "oldest_unpaid_due_date"
        )[: limit + 1]
    )
    last = found[:limit][-1] if len(found) > limit else None
    return LongestUnpaid(
        account_ids=tuple(account_id for account_id, _day in found[:limit]),
        next_cursor=f"{last[1]}|{last[0]}" if last else None,
    )


def _marker(after: str) -> tuple[date, int]:
    day, _bar, number = after.partition("|")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        raise UnpaidCursorInvalid(f"{after!r} marks no page") from None
