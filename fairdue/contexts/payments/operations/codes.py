"""Issue and retire repayment codes."""

from __future__ import annotations

from datetime import datetime

from fairdue.contexts.payments.contracts import CodeCard
from fairdue.kernel.actor import Actor


def issue_code(*, account_id: int, actor: Actor, now: datetime) -> CodeCard:
    """This function will return the account's live repayment code, drawing one if there is none."""
    raise NotImplementedError


def retire_code(*, account_id: int, reason: str, actor: Actor, now: datetime) -> CodeCard:
    """This function will retire the live code; it stays known and matches only by hand from then on."""
    raise NotImplementedError
