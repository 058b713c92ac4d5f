"""Accounts that a payment may be for, ranked with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from fairdue.contexts.payments.contracts import Candidate, PromisedAmount
from fairdue.kernel.actor import Actor


def candidates(
    *, payment_id: int, as_of: date, actor: Actor, promised: Sequence[PromisedAmount] = (), limit: int = 20
) -> tuple[Candidate, ...]:
    """Return accounts that a payment may be for, best first, each with the grounds of its score."""
    raise NotImplementedError
