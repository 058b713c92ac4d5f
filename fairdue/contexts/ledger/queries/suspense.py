"""Money that arrived and waits: neither matched to a debt nor sent back."""

from __future__ import annotations

from datetime import date, datetime

from fairdue.kernel.money import Money


def suspense_balance(creditor_id: int, as_of: date, known_at: datetime | None = None) -> dict[str, Money]:
    """Return what still waits in suspense per currency: arrived, neither matched nor sent back."""
    raise NotImplementedError
