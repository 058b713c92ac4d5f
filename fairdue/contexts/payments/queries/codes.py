"""Repayment codes."""

from __future__ import annotations

from fairdue.contexts.payments.contracts import CodeCard
from fairdue.kernel.actor import Actor


def repayment_code(*, account_id: int, actor: Actor | None = None) -> CodeCard | None:
    """Return the live repayment code of an account, or None; without an actor for the borrower's own view."""
    raise NotImplementedError


def account_by_code(*, code: str, actor: Actor) -> int | None:
    """Return the account that a code, live or retired, names within the actor's scope."""
    raise NotImplementedError
