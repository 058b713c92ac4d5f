"""Payment orders."""

from __future__ import annotations

from fairdue.contexts.payments.contracts import OrderCard
from fairdue.kernel.actor import Actor


def orders(*, actor: Actor, status: str = "", creditor_id: int | None = None) -> tuple[OrderCard, ...]:
    """Return payment orders of the actor's creditors, newest first."""
    raise NotImplementedError
