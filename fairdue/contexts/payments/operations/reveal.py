"""Show one personal value of a payment for a stated reason."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fairdue.kernel.actor import Actor


def reveal_payment(
    *,
    payment_id: int,
    field: Literal["payer_name", "payer_account", "remittance"],
    reason: str,
    actor: Actor,
    now: datetime,
) -> str:
    """Return one personal value of a payment in clear and record who saw it and why."""
    raise NotImplementedError
