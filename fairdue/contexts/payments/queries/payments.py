"""Incoming payments, masked."""

from __future__ import annotations

from datetime import date

from fairdue.contexts.payments.contracts import PaymentCard, PaymentPage
from fairdue.kernel.actor import Actor


def incoming_payments(
    *,
    actor: Actor,
    as_of: date,
    status: str = "suspense",
    creditor_id: int | None = None,
    source_kind: str = "",
    from_date: date | None = None,
    to_date: date | None = None,
    offset: int = 0,
    limit: int = 50,
) -> PaymentPage:
    """Return a page of payments, oldest first while waiting, else newest first; `status` empty for all."""
    raise NotImplementedError


def payment_card(*, payment_id: int, as_of: date, actor: Actor) -> PaymentCard:
    """Return one payment with all its matches."""
    raise NotImplementedError


def payment_by_source_ref(*, creditor_id: int, source: str, source_ref: str) -> int | None:
    """Return the payment that a source called so, or None."""
    raise NotImplementedError
