"""The postings of one account, in the order in which they were recorded."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection

from fairdue.contexts.ledger.contracts import PostingCard
from fairdue.kernel.money import Money

POSTINGS_SQL = """
SELECT p.id, p.transaction_id, p.kind, p.debit, p.credit, p.due_item_id, coalesce(d.due_ref, ''), d.due_date,
       p.amount_minor, p.currency, p.effective_date, p.recorded_at
  FROM ledger_posting p LEFT JOIN ledger_dueitem d ON d.id = p.due_item_id
 WHERE p.account_id = %(account)s AND (%(as_of)s::date IS NULL OR p.effective_date <= %(as_of)s)
   AND (%(known_at)s::timestamptz IS NULL OR p.recorded_at <= %(known_at)s)
 ORDER BY p.recorded_at, p.id
"""


def account_postings(
    account_id: int, as_of: date | None = None, known_at: datetime | None = None
) -> tuple[PostingCard, ...]:
    """Return an account's postings effective by a day and recorded by an instant; without these, all."""
    with connection.cursor() as cursor:
        cursor.execute(POSTINGS_SQL, {"account": account_id, "as_of": as_of, "known_at": known_at})
        return tuple(
            PostingCard(
                posting_id=posting_id,
                account_id=account_id,
                transaction_id=transaction_id,
                kind=kind,
                debit=debit,
                credit=credit,
                due_item_id=due_item_id,
                due_ref=due_ref,
                due_date=due_date,
                amount=Money(amount_minor, currency),
                effective_date=effective_date,
                recorded_at=recorded_at,
            )
            for (
                posting_id,
                transaction_id,
                kind,
                debit,
                credit,
                due_item_id,
                due_ref,
                due_date,
                amount_minor,
                currency,
                effective_date,
                recorded_at,
            ) in cursor.fetchall()
        )
