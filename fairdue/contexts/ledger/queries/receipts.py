"""Receipts that stand: payments of many persons since a day, without those that were reversed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

from fairdue.contexts.ledger.contracts import ReceiptCard
from fairdue.kernel.money import Money

_RECEIPTS = """
SELECT t.id, t.account_id, t.person_id, t.amount_minor, t.currency, t.effective_date, t.recorded_at
  FROM book_account AS a
  JOIN ledger_transaction AS t ON t.account_id = a.id
 WHERE a.person_id = ANY(%s) AND t.kind = 'payment' AND t.effective_date >= %s
   AND NOT EXISTS (SELECT 1 FROM ledger_transaction AS r WHERE r.reverses_id = t.id)
 ORDER BY t.id
"""


def receipts(*, person_ids: Iterable[int], since: date) -> tuple[ReceiptCard, ...]:
    """Return the payments effective on or after a day that have not been reversed, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_RECEIPTS, [sorted(set(person_ids)), since])
        return tuple(
            ReceiptCard(
                transaction_id=transaction_id,
                account_id=account_id,
                person_id=person_id,
                amount=Money(amount_minor, currency),
                effective_date=effective_date,
                recorded_at=recorded_at,
            )
            for (
                transaction_id,
                account_id,
                person_id,
                amount_minor,
                currency,
                effective_date,
                recorded_at,
            ) in cursor
        )
