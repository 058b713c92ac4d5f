"""What became different on an account between two instants of knowing."""

from __future__ import annotations

from datetime import date, datetime

from fairdue.contexts.ledger.contracts import Changes


def changes_since(*, account_id: int, known_at: datetime, as_of: date, now: datetime) -> Changes:
    """Return what became different between what was known at an instant and what is known now."""
    raise NotImplementedError
