"""Why an amount of an account is what it is on a day."""

from __future__ import annotations

from datetime import date, datetime

from fairdue.contexts.ledger.contracts_explain import Explanation


def explain(account_id: int, as_of: date, subject: str, known_at: datetime | None = None) -> Explanation:
    """Return why an amount of an account is what it is on a day, as known at an instant."""
    raise NotImplementedError
