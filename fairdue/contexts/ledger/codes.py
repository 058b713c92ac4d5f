"""The ledger's account codes and the SQL that reads postings by them.

A posting has at most one side `receivable:<component>`. The other side tells what it is: `opening` and
`income:<component>` make the debt, `cash` and `adjustment` (a credit's) settle it.
"""

from __future__ import annotations

from fairdue.engine.ledger.allocation import CREDIT_BALANCE

RECEIVABLE = "receivable:"
OPENING, INCOME, CASH, ADJUSTMENT = "opening", "income:", "cash", "adjustment"
FUNDS = {"payment": CASH, "credit": ADJUSTMENT}
"""The account that a receipt of a kind is debited to."""

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

PARTS_SQL = """
SELECT p.account_id, coalesce(t.reverses_id, t.id) AS receipt_id, p.due_item_id,
       replace(CASE WHEN p.debit IN ('cash', 'adjustment') THEN p.credit ELSE p.debit END, 'receivable:', '')
         AS component,
       sum(CASE WHEN p.debit IN ('cash', 'adjustment') THEN p.amount_minor ELSE -p.amount_minor END)::bigint
         AS amount_minor
  FROM ledger_posting p JOIN ledger_transaction t ON t.id = p.transaction_id
 WHERE p.account_id IN ({scope})
   AND (p.debit IN ('cash', 'adjustment') OR p.credit IN ('cash', 'adjustment'))
 GROUP BY 1, 2, 3, 4 HAVING sum(CASE WHEN p.debit IN ('cash', 'adjustment') THEN p.amount_minor
                                     ELSE -p.amount_minor END) <> 0
"""
"""Where every receipt stands now, its corrections and its reversal taken off."""

FOLD_SQL = """
SELECT account_id,
       sum(CASE WHEN debit LIKE 'receivable:%' THEN amount_minor
                WHEN credit LIKE 'receivable:%' THEN -amount_minor ELSE 0 END)::bigint AS balance_minor,
       sum(CASE WHEN credit = 'credit_balance' THEN amount_minor
                WHEN debit = 'credit_balance' THEN -amount_minor ELSE 0 END)::bigint AS credit_balance_minor
  FROM ledger_posting WHERE account_id IN ({scope}) GROUP BY account_id
"""
"""Balance and credit balance of an account: the fold over all its postings."""


def receivable(component: str) -> str:
    """Return the code of the account that holds a component, or of the credit balance."""
    return component if component == CREDIT_BALANCE else RECEIVABLE + component
