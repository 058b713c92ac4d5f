"""When a debt came to its end: what keeping and deleting of records counts from."""

from __future__ import annotations

DEBT_ENDS_SQL = """
SELECT s.account_id, s.standing, s.balance_minor = 0 AND s.credit_balance_minor = 0 AS is_even,
       greatest(s.balance_date, s.latest_payment_date,
                (SELECT max(t.effective_date) FROM ledger_transaction t WHERE t.account_id = s.account_id),
                (SELECT max(d.due_date) FROM ledger_dueitem d WHERE d.account_id = s.account_id)) AS latest_date
  FROM ledger_accountstate s
"""
"""Per account: its standing, whether nothing is owed either way, and the latest day on which it moved or fell due."""
