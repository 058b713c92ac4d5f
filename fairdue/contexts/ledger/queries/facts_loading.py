"""Read the facts of one account, as known at an instant, in three statements and one for the openings."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import connection

from fairdue.contexts.ledger.queries.account_facts import AccountFacts, StoredItem, StoredTransaction
from fairdue.contexts.ledger.queries.segment_rates import is_by_rate, rates_within

ACCOUNT_SQL = """
SELECT s.person_id, s.creditor_id, s.currency, s.balance_date, p.dpd_origin, p.bucket_edges, p.allocation_policy,
       a.external_ref
  FROM ledger_accountstate s JOIN book_account a ON a.id = s.account_id JOIN book_product p ON p.id = a.product_id
 WHERE s.account_id = %s
"""
TRANSACTIONS_SQL = """
SELECT id, external_ref, kind, component, amount_minor, currency, effective_date, recorded_at, reverses_id, fund,
       details, source, approval_ref
  FROM ledger_transaction WHERE account_id = %s AND (%s::timestamptz IS NULL OR recorded_at <= %s) ORDER BY id
"""
ITEMS_SQL = """
SELECT id, due_ref, component, due_date, amount_minor, asked_minor, paid_minor, settled_date, made_by_id
  FROM ledger_dueitem WHERE account_id = %s ORDER BY component, due_date, id
"""
ITEMS_KNOWN_SQL = """
SELECT d.id, d.due_ref, d.component, coalesce((v.before ->> 'due_date')::date, d.due_date) AS due_date,
       coalesce((v.before ->> 'amount_minor')::bigint, d.amount_minor), d.asked_minor, d.paid_minor,
       d.settled_date, d.made_by_id
  FROM ledger_dueitem d
  LEFT JOIN LATERAL (SELECT before FROM ledger_dueversion v
                      WHERE v.due_item_id = d.id AND v.recorded_at > %s ORDER BY v.id LIMIT 1) v ON true
 WHERE d.account_id = %s AND d.recorded_at <= %s ORDER BY d.component, due_date, d.id
"""
OPENINGS_SQL = """
SELECT substr(CASE WHEN debit = 'opening' THEN credit ELSE debit END, 12),
       sum(CASE WHEN debit = 'opening' THEN -amount_minor ELSE amount_minor END)::bigint
  FROM ledger_posting WHERE account_id = %s AND 'opening' IN (debit, credit) AND (%s::timestamptz IS NULL OR recorded_at <= %s)
 GROUP BY 1
"""


def load_facts(
    account_id: int, *, known_at: datetime | None = None, is_locked: bool = False, openings: bool = True
) -> AccountFacts | None:
    """Return the facts of an account as known at an instant, or None if it is not open.

    1. Known are transactions and due items recorded by then; a due item corrected since says what it said then.
    2. With `is_locked` its state is locked first, so that nothing changes until the transaction ends.
    3. Without `openings` the caller knows them from the postings and adds them.
    """
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNT_SQL + ("FOR UPDATE OF s" if is_locked else ""), [account_id])
        account = cursor.fetchone()
        if account is None:
            return None
        cursor.execute(TRANSACTIONS_SQL, [account_id, known_at, known_at])
        transactions = [_stored(row) for row in cursor.fetchall()]
        if known_at is None:
            cursor.execute(ITEMS_SQL, [account_id])
        else:
            cursor.execute(ITEMS_KNOWN_SQL, [known_at, account_id, known_at])
        items = [StoredItem(*row) for row in cursor.fetchall()]
        opened: dict[str, int] = {}
        if openings:
            cursor.execute(OPENINGS_SQL, [account_id, known_at, known_at])
            opened = dict(cursor.fetchall())
    person_id, creditor_id, currency, balance_date, origin, edges, policy, reference = account
    return AccountFacts(
        account_id=account_id,
        person_id=person_id,
        creditor_id=creditor_id,
        currency=currency,
        balance_date=balance_date,
        dpd_origin=origin,
        bucket_edges=tuple(_decoded(edges) or ()),
        policy=policy,
        external_ref=reference,
        transactions=transactions,
        items=items,
        openings=opened,
        annual_rates=rates_within(str(account_id)).get(account_id, {}) if is_by_rate(policy) else {},
    )


def _stored(row: tuple[Any, ...]) -> StoredTransaction:
    names = (
        "id",
        "external_ref",
        "kind",
        "component",
        "amount_minor",
        "currency",
        "effective_date",
        "recorded_at",
    )
    first = dict(zip(names, row, strict=False))
    reverses_id, fund, details, source, approval_ref = row[8:]
    return StoredTransaction(
        **first,
        reverses_id=reverses_id,
        fund=fund,
        details=_decoded(details),
        source=source,
        approval_ref=approval_ref,
    )


def _decoded(value: Any) -> Any:
    """Return JSON as it is meant: Django's connections hand it out as text."""
    return json.loads(value) if isinstance(value, str) else value
