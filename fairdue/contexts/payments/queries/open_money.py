"""Whose money is still on its way: requests and orders that are open."""

from __future__ import annotations

OPEN_MONEY_SQL = """
SELECT person_id, 'request:' || kind AS stop FROM payments_request WHERE status = 'open' AND person_id IS NOT NULL
UNION
SELECT q.person_id, 'order:' || o.kind FROM payments_paymentorder o JOIN payments_request q ON q.id = o.request_id
 WHERE o.status IN ('open', 'sent') AND q.person_id IS NOT NULL
"""
"""Persons with a request or an order that is not through yet, and which."""
