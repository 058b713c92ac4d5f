"""What persons paid, as a SELECT that figures of strategies are counted from."""

from __future__ import annotations

PERSON_PAYMENTS_SQL = """
SELECT payment.id AS transaction_id, payment.person_id, payment.effective_date, payment.currency,
       payment.amount_minor
  FROM ledger_transaction AS payment
 WHERE payment.kind = 'payment'
   AND NOT EXISTS (SELECT FROM ledger_transaction AS undone WHERE undone.reverses_id = payment.id)
"""
"""Payments that were not taken back, by the day on which they count."""
