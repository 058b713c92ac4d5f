"""Prove that every cached value follows from the postings."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from fairdue.contexts.ledger.codes import DEBT_SQL, FOLD_SQL, PARTS_SQL
from fairdue.contexts.ledger.contracts import Difference, ProofReport
from fairdue.contexts.ledger.operations.landing import BULK_ROWS, planned_for

ALL = "SELECT account_id FROM ledger_accountstate"

STATES_SQL = f"""
SELECT s.account_id, v.subject, v.cached, v.proved
  FROM ledger_accountstate s
  LEFT JOIN ({FOLD_SQL}) f ON f.account_id = s.account_id
  LEFT JOIN (SELECT account_id, min(due_date) AS oldest FROM ledger_dueitem
              WHERE account_id IN ({{scope}}) AND paid_minor < asked_minor GROUP BY account_id) d
         ON d.account_id = s.account_id
  CROSS JOIN LATERAL (VALUES
    ('balance_minor', s.balance_minor::text, coalesce(f.balance_minor, 0)::text),
    ('credit_balance_minor', s.credit_balance_minor::text, coalesce(f.credit_balance_minor, 0)::text),
    ('oldest_unpaid_due_date', s.oldest_unpaid_due_date::text, d.oldest::text)) AS v (subject, cached, proved)
 WHERE s.account_id IN ({{scope}})
   AND (s.balance_minor, s.credit_balance_minor, s.oldest_unpaid_due_date)
       IS DISTINCT FROM (coalesce(f.balance_minor, 0), coalesce(f.credit_balance_minor, 0), d.oldest)
   AND v.cached IS DISTINCT FROM v.proved
"""
PAID_SQL = f"""
SELECT d.account_id, 'due_item:' || d.id || ':paid_minor', d.paid_minor::text, coalesce(p.paid, 0)::text
  FROM ledger_dueitem d
  LEFT JOIN (SELECT due_item_id, sum(amount_minor) AS paid FROM ({PARTS_SQL}) x
              WHERE due_item_id IS NOT NULL GROUP BY 1) p ON p.due_item_id = d.id
 WHERE d.account_id IN ({{scope}}) AND d.paid_minor <> coalesce(p.paid, 0)
"""
RECEIPTS_SQL = f"""
SELECT t.account_id, 'transaction:' || t.id || ':parts', t.amount_minor::text, coalesce(p.parts, 0)::text
  FROM ledger_transaction t
  LEFT JOIN (SELECT receipt_id, sum(amount_minor) AS parts FROM ({PARTS_SQL}) x GROUP BY 1) p ON p.receipt_id = t.id
  LEFT JOIN ledger_transaction r ON r.reverses_id = t.id
 WHERE t.account_id IN ({{scope}}) AND t.kind IN ('payment', 'credit')
   AND CASE WHEN r.id IS NULL THEN t.amount_minor ELSE 0 END <> coalesce(p.parts, 0)
"""
COMPONENTS_SQL = f"""
SELECT account_id, 'receivable:' || component, 'at least 0', (o.amount_minor - coalesce(p.settled, 0))::text
  FROM ({DEBT_SQL}) o
  FULL JOIN (SELECT account_id, component, sum(amount_minor) AS settled FROM ({PARTS_SQL}) x
              WHERE component <> 'credit_balance' GROUP BY 1, 2) p USING (account_id, component)
 WHERE coalesce(o.amount_minor, 0) < coalesce(p.settled, 0)
"""


def prove(account_ids: Sequence[int] | None = None, *, limit: int = 1000) -> ProofReport:
    """Return every cached value that the postings do not confirm, at most `limit` of each kind.

    1. Balance, credit balance and oldest unpaid due date of each account.
    2. The paid amount of each due item is the sum of the postings that settle it.
    3. The parts of each receipt sum to its amount, and to nothing once it is reversed.
    4. No component was settled beyond what was ever receivable.
    """
    scope = ALL if account_ids is None else ", ".join(str(int(one)) for one in account_ids) or "NULL"
    differences: list[Difference] = []
    planned = planned_for(BULK_ROWS if account_ids is None else len(account_ids))
    with transaction.atomic(), planned, connection.cursor() as cursor:
        for query in (STATES_SQL, PAID_SQL, RECEIPTS_SQL, COMPONENTS_SQL):
            cursor.execute(query.format(scope=scope) + f" LIMIT {int(limit)}")
            differences += [
                Difference(account_id=row[0], subject=row[1], cached=str(row[2]), proved=str(row[3]))
                for row in cursor.fetchall()
            ]
        cursor.execute(f"SELECT count(*) FROM ledger_accountstate WHERE account_id IN ({scope})")
        accounts = cursor.fetchone()[0]
        cursor.execute(f"SELECT count(*) FROM ledger_posting WHERE account_id IN ({scope})")
        postings = cursor.fetchone()[0]
    return ProofReport(accounts=accounts, postings=postings, differences=tuple(differences))
