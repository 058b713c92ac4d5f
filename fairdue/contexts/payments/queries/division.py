"""How a payment would be divided over several debts."""

from __future__ import annotations

from collections.abc import Sequence

from fairdue.contexts.payments.contracts import SharePart
from fairdue.kernel.actor import Actor


def divide_payment(
    *, payment_id: int, account_ids: Sequence[int], designated_account_id: int | None = None, actor: Actor
) -> tuple[SharePart, ...]:
    """Return how what waits of a payment would be divided over accounts by Civil Code art. 560."""
    raise NotImplementedError
