"""Which incoming payment a transaction is a match of."""

from __future__ import annotations

from dataclasses import dataclass

from fairdue.contexts.payments.models import PaymentMatch


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedPayment:
    """The payment behind a live match, and what kind of source brought it."""

    payment_id: int
    source_kind: str
    """`webhook`, `bank` or `hand`."""


def payment_of_transaction(transaction_id: int) -> MatchedPayment | None:
    """Return the payment of which a transaction is a live match, or None."""
    row = PaymentMatch.objects.filter(transaction_id=transaction_id, undone_at__isnull=True)
    found = row.values_list("payment_id", "payment__source").first()
    if found is None:
        return None
    return MatchedPayment(payment_id=found[0], source_kind=found[1].partition(":")[0])
