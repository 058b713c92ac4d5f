"""The ledger's account codes and the SQL that reads postings by them.

A posting has at most one side `receivable:<component>`. The other side tells what it is: `opening` and
`income:<component>` make the debt, `cash` and `adjustment` (a credit's) settle it.
"""

from __future__ import annotations

from fairdue.engine.ledger.accounts import ADJUSTMENT, CASH, INCOME, OPENING, RECEIVABLE, SUSPENSE, receivable
from fairdue.engine.ledger.allocation.statements import PATTERN

__all__ = [
    "ADJUSTMENT",
    "CASH",
    "DEBT_SQL",
    "FOLD_SQL",
    "FUNDS",
    "INCOME",
    "LENT",
    "LENT_SQL",
    "OPENING",
    "PRESENT_SQL",
    "RECEIVABLE",
    "STATEMENT",
    "SUSPENSE",
    "receivable",
]

FUNDS = ("cash", "suspense", "adjustment")
"""The accounts that receipts are debited to."""
LENT = ("principal", "cash_advance", "balance_transfer", "judgment_debt")
"""Components that were lent or judged: a due item asks for part of what is owed of them and charges nothing."""
LENT_SQL = ", ".join(f"'{component}'" for component in LENT)
STATEMENT = PATTERN
"""The names of statements that keeping made: they ask for part of what is owed and charge nothing."""
_FUNDS_SQL = ", ".join(f"'{fund}'" for fund in FUNDS)

DEBT_SQL = """
SELECT account_id,
       substr(CASE WHEN debit LIKE 'receivable:%' THEN debit ELSE credit END, 12) AS component,
       sum(CASE WHEN debit LIKE 'receivable:%' THEN amount_minor ELSE -amount_minor END)::bigint AS amount_minor
  FROM ledger_posting
 WHERE account_id IN ({scope})
   AND (credit = 'opening' OR debit = 'opening' OR credit LIKE 'income:%' OR debit LIKE 'income:%')
 GROUP BY 1, 2
"""
"""What was ever receivable per component: openings and charges with their corrections."""

_IS_FORWARD = f"(p.debit IN ({_FUNDS_SQL}) OR p.debit = 'credit_balance' AND p.credit LIKE 'receivable:%')"
PRESENT_SQL = f"""
SELECT p.account_id, coalesce(t.reverses_id, t.id) AS receipt_id, p.due_item_id,
       CASE WHEN {_IS_FORWARD} THEN p.debit ELSE p.credit END AS source,
       CASE WHEN {_IS_FORWARD} THEN p.credit ELSE p.debit END AS code, p.effective_date,
       sum(CASE WHEN {_IS_FORWARD} THEN p.amount_minor ELSE -p.amount_minor END)::bigint AS amount_minor
  FROM ledger_posting p JOIN ledger_transaction t ON t.id = p.transaction_id
 WHERE p.account_id IN ({{scope}})
   AND (p.debit IN ({_FUNDS_SQL}, 'credit_balance') OR p.credit IN ({_FUNDS_SQL}, 'credit_balance'))
 GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(CASE WHEN {_IS_FORWARD} THEN p.amount_minor ELSE -p.amount_minor END) <> 0
"""
"""Where every receipt stands now, its corrections and its reversal taken off: amounts from source to code by day."""

FOLD_SQL = """
SELECT account_id,
       sum(CASE WHEN debit LIKE 'receivable:%' THEN amount_minor
                WHEN credit LIKE 'receivable:%' THEN -amount_minor ELSE 0 END)::bigint AS balance_minor,
       sum(CASE WHEN credit = 'credit_balance' THEN amount_minor
                WHEN debit = 'credit_balance' THEN -amount_minor ELSE 0 END)::bigint AS credit_balance_minor
  FROM ledger_posting WHERE account_id IN ({scope}) GROUP BY account_id
"""
"""Balance and credit balance of an account: the fold over all its postings."""
