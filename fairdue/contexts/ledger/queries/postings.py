"""The postings of one account, in the order in which they were recorded."""

from __future__ import annotations

from datetime import date, datetime

from fairdue.contexts.ledger.contracts import PostingCard


def account_postings(
    account_id: int, as_of: date | None = None, known_at: datetime | None = None
) -> tuple[PostingCard, ...]:
    """Return an account's postings effective by a day and recorded by an instant."""
    raise NotImplementedError
