"""What an erasure asks of accounts: that nothing is booked on them meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

from ..models import Account


def lock_accounts_of(person_ids: Iterable[int]) -> None:
    """Lock every account of some persons, in order, until the transaction ends: who books on them waits."""
    list(
        Account.objects.select_for_update()
        .filter(person__in=set(person_ids))
        .order_by("id")
        .values_list("id")
    )
