"""Match a payment to accounts by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fairdue.contexts.payments.contracts import Matched, Reason
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money


def match_payment(
    *,
    payment_id: int,
    account_ids: Sequence[int] = (),
    shares: Sequence[tuple[int, Money]] = (),
    designated_account_id: int | None = None,
    reasons: Sequence[Reason] = (),
    actor: Actor,
    now: datetime,
) -> Matched:
    """This function will bring waiting money to its accounts: by given shares, or divided over accounts."""
    raise NotImplementedError
