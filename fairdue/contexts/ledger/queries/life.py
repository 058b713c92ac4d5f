"""The replayed state of one account on a day, as known at an instant."""

from __future__ import annotations

from datetime import date, datetime

from fairdue.engine.ledger.life import LoanState


def account_life(account_id: int, as_of: date, known_at: datetime | None = None) -> LoanState:
    """Return the state that an account's terms and events come to on a day, as known at an instant."""
    raise NotImplementedError
