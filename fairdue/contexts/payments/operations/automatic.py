"""Match a payment without a person when that is certain."""

from __future__ import annotations

from datetime import datetime

from fairdue.contexts.payments.contracts import Matched
from fairdue.kernel.actor import Actor


def match_automatically(*, payment_id: int, actor: Actor, now: datetime) -> Matched:
    """This function will match a payment when its account is certain, and else note why it waits."""
    raise NotImplementedError
