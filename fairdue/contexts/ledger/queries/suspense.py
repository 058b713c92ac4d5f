"""Money that arrived and waits: neither matched to a debt nor sent back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection

from fairdue.kernel.money import Money

SUSPENSE_SQL = """
SELECT currency, sum(amount_minor)::bigint
  FROM (SELECT currency, CASE credit WHEN 'suspense' THEN amount_minor ELSE -amount_minor END AS amount_minor
          FROM ledger_houseposting
         WHERE creditor_id = %(creditor)s AND 'suspense' IN (debit, credit) AND effective_date <= %(as_of)s
           AND (%(known_at)s::timestamptz IS NULL OR recorded_at <= %(known_at)s)
         UNION ALL
        SELECT p.currency, CASE p.credit WHEN 'suspense' THEN p.amount_minor ELSE -p.amount_minor END
          FROM ledger_posting p JOIN ledger_transaction t ON t.id = p.transaction_id
          LEFT JOIN ledger_transaction o ON o.id = t.reverses_id
          JOIN ledger_accountstate s ON s.account_id = p.account_id
         WHERE s.creditor_id = %(creditor)s AND p.account_id IN
               (SELECT account_id FROM ledger_transaction WHERE fund = 'suspense')
           AND 'suspense' IN (p.debit, p.credit) AND p.effective_date <= %(as_of)s
           AND (%(known_at)s::timestamptz IS NULL OR p.recorded_at <= %(known_at)s)) moved
 GROUP BY 1 HAVING sum(amount_minor) <> 0
"""
"""Only accounts that were ever paid out of suspense are looked at: an index of few rows finds them."""


def suspense_balance(creditor_id: int, as_of: date, known_at: datetime | None = None) -> dict[str, Money]:
    """Return what still waits in suspense per currency: arrived, neither matched nor sent back.

    Both times count: what was effective by a day, as far as it was recorded by an instant.
    """
    given: dict[str, Any] = {"creditor": creditor_id, "as_of": as_of, "known_at": known_at}
    with connection.cursor() as cursor:
        cursor.execute(SUSPENSE_SQL, given)
        return {currency: Money(amount, currency) for currency, amount in cursor.fetchall()}
