"""Post many payments at once where each comes after all that its account knows: no history is read again.

What is written is what the general way through `reallocate` writes; where one of the conditions of
`land_in_order` fails for an account, its rows are left to that way.
"""

from __future__ import annotations

from datetime import date

import polars as pl

NEVER = date(1900, 1, 1)
"""Stands for "no such date" in columns that have no nulls."""

STATES_SQL = """
SELECT s.account_id, s.person_id, p.id::bigint, s.balance_date, greatest(t.latest_date, DATE '{never}'),
       (s.standing = 'active')::int::smallint, coalesce(t.is_plain, 1)::smallint, c.number::smallint
  FROM (SELECT * FROM ledger_accountstate JOIN ledger_paid USING (account_id)
         WHERE account_id BETWEEN {least:d} AND {greatest:d} ORDER BY account_id FOR UPDATE OF ledger_accountstate) s
  JOIN book_account a ON a.id = s.account_id AND a.id BETWEEN {least:d} AND {greatest:d}
  JOIN book_product p ON p.id = a.product_id
  JOIN ledger_paid_currency c ON c.currency = s.currency
  LEFT JOIN (SELECT account_id, max(effective_date) AS latest_date,
                    min((kind IN ({kinds}) AND NOT (kind = 'charge' AND details ? 'due_date'))::int) AS is_plain
               FROM ledger_transaction JOIN ledger_paid USING (account_id)
              WHERE account_id BETWEEN {least:d} AND {greatest:d} GROUP BY account_id) t ON t.account_id = s.account_id
"""
STATE_SCHEMA = {
    "account_id": pl.Int64,
    "person_id": pl.Int64,
    "product_id": pl.Int64,
    "balance_date": pl.Date,
    "latest_date": pl.Date,
    "is_active": pl.Int16,
    "is_plain": pl.Int16,
    "own_currency": pl.Int16,
}
ITEMS_SQL = """
SELECT d.account_id, d.id, d.due_date, hashtext(d.due_ref), c.code::smallint, d.asked_minor, d.paid_minor
  FROM ledger_dueitem d JOIN ledger_paid USING (account_id) JOIN ledger_paid_component c USING (component)
 WHERE d.account_id BETWEEN {least:d} AND {greatest:d} AND d.paid_minor < d.asked_minor
"""
ITEM_SCHEMA = {
    "account_id": pl.Int64,
    "due_item_id": pl.Int64,
    "due_date": pl.Date,
    "ref_hash": pl.Int32,
    "code": pl.Int16,
    "asked_minor": pl.Int64,
    "paid_minor": pl.Int64,
}
BALANCES_SQL = """
SELECT m.account_id, c.code::smallint, sum(m.amount_minor)::bigint
  FROM (SELECT account_id, substr(debit, 12) AS component, amount_minor FROM ledger_posting
         WHERE account_id BETWEEN {least:d} AND {greatest:d} AND debit LIKE 'receivable:%'
         UNION ALL
        SELECT account_id, substr(credit, 12), -amount_minor FROM ledger_posting
         WHERE account_id BETWEEN {least:d} AND {greatest:d} AND credit LIKE 'receivable:%') m
  JOIN ledger_paid USING (account_id) JOIN ledger_paid_component c USING (component)
 GROUP BY 1, 2
"""
BALANCE_SCHEMA = {"account_id": pl.Int64, "code": pl.Int16, "amount_minor": pl.Int64}
