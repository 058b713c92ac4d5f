"""Undo a match: the money waits in suspense again."""

from __future__ import annotations

from datetime import datetime

from fairdue.contexts.payments.contracts import Matched
from fairdue.kernel.actor import Actor


def undo_match(*, payment_id: int, reason: str, actor: Actor, now: datetime) -> Matched:
    """This function will reverse all live matches of a payment; the money waits in suspense again."""
    raise NotImplementedError
