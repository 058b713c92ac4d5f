"""The judgment that stands on an account, and what was paid on what it awards."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from fairdue.contexts.ledger.contracts import JudgmentCard
from fairdue.contexts.ledger.models import Transaction
from fairdue.kernel.money import Money


def judgment(account_id: int, as_of: date, known_at: datetime | None = None) -> JudgmentCard | None:
    """Return the judgment that has taken effect by a day and stands, as known at an instant; None without one."""
    is_known = Q() if known_at is None else Q(recorded_at__lte=known_at)
    taken_back = Exists(Transaction.objects.filter(is_known, reverses_id=OuterRef("pk")))
    row = (
        Transaction.objects.filter(is_known, ~taken_back, account_id=account_id, kind="judgment")
        .filter(effective_date__lte=as_of)
        .order_by("id")
        .last()
    )
    if row is None:
        return None
    return JudgmentCard(
        transaction_id=row.pk,
        account_id=account_id,
        awarded=Money(row.amount_minor, row.currency),
        effective_date=row.effective_date,
        perform_by=date.fromisoformat(row.details["perform_by"]),
        reference=row.details["reference"],
    )
