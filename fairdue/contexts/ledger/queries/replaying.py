"""The deep proof: what the facts of each account come to when they are replayed, against what is posted."""

from __future__ import annotations

import polars as pl

from fairdue.engine.ledger import proving
from fairdue.storage.snapshot import Read


def replay_differences(books: proving.Books, scope: str, read: Read) -> pl.DataFrame:
    """Return where the replay of an account's facts differs from its postings, due items and state."""
    raise NotImplementedError
