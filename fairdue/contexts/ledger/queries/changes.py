"""What became different on an account between two instants of knowing."""

from __future__ import annotations

from datetime import date, datetime

from fairdue.contexts.ledger.contracts import Changes
from fairdue.contexts.ledger.queries.life import facts_of
from fairdue.contexts.ledger.queries.snapshot import changes_between, snapshot


def changes_since(account_id: int, known_at: datetime, as_of: date, now: datetime) -> Changes:
    """Return what became different between what was known at an instant and what is known now.

    Both look at the same day: after a back-dated payment it tells which days past due, fees and splits were
    not what they had been taken for.

    :raises AccountUnknown: if the account is not open
    """
    before, after = facts_of(account_id, known_at), facts_of(account_id, now)
    return changes_between(after, snapshot(before, as_of), snapshot(after, as_of), as_of)
