"""Bring postings, due items and cached states in step with what the facts come to."""

from __future__ import annotations

import uuid
from datetime import datetime

import polars as pl

from fairdue.contexts.ledger.codes import CASH, DEBT_SQL, FOLD_SQL, FUNDS, PARTS_SQL, RECEIVABLE
from fairdue.contexts.ledger.queries.terms import POLICY_SQL, policies
from fairdue.engine.ledger.allocation import (
    CREDIT_BALANCE,
    ITEM_SCHEMA,
    NO_ITEM,
    PART_SCHEMA,
    RECEIPT_SCHEMA,
    RECEIVABLE_SCHEMA,
    allocate,
)
from fairdue.storage import bulk

RECEIPTS_SQL = """
SELECT t.account_id, t.id, t.kind, t.component, t.effective_date, t.amount_minor, r.id AS reversed_by_id
  FROM ledger_transaction t LEFT JOIN ledger_transaction r ON r.reverses_id = t.id
 WHERE t.account_id IN ({scope}) AND t.kind IN ('payment', 'credit')
"""
ITEMS_SQL = """
SELECT account_id, id, due_date, component, amount_minor, due_ref, asked_minor, paid_minor, settled_date
  FROM ledger_dueitem WHERE account_id IN ({scope})
"""
POSTING_COLUMNS = (
    "entry",
    "account_id",
    "person_id",
    "transaction_id",
    "kind",
    "debit",
    "credit",
    "due_item_id",
    "amount_minor",
    "currency",
    "effective_date",
    "recorded_at",
)


def lock_accounts(scope: str) -> int:
    """Lock the states of all accounts of a scope in one order and return how many there are.

    A scope is the inside of `account_id IN (…)`: numbers, or a query of one column.
    """
    return bulk.execute(
        f"SELECT 1 FROM ledger_accountstate WHERE account_id IN ({scope}) ORDER BY account_id FOR UPDATE"
    )


def reallocate(scope: str, *, now: datetime) -> None:
    """Allocate the receipts of all accounts of a scope afresh and post what differs from the present.

    1. The accounts are locked by the caller.
    2. A part that no longer stands is posted the other way round, on the effective date of its receipt;
       the posting of a reversed receipt names the reversal.
    3. Paid and asked amounts of due items and the states follow.
    """
    terms = bulk.copy_out(POLICY_SQL.format(scope=scope), TERMS)
    receipts = bulk.copy_out(RECEIPTS_SQL.format(scope=scope), RECEIPT_SCHEMA | {"reversed_by_id": pl.Int64})
    items = bulk.copy_out(
        ITEMS_SQL.format(scope=scope),
        FACT_SCHEMA | {"asked_minor": pl.Int64, "paid_minor": pl.Int64, "settled_date": pl.Date},
    )
    debts = bulk.copy_out(DEBT_SQL.format(scope=scope), RECEIVABLE_SCHEMA)
    target, asked = _target(terms, items, receipts, debts)
    present = bulk.copy_out(PARTS_SQL.format(scope=scope), PART_SCHEMA)
    postings = _postings(_difference(present, target), receipts, terms, now)
    if not postings.is_empty():
        bulk.copy_in(postings, "ledger_posting", POSTING_COLUMNS)
    _update_items(items, asked)
    refresh_states(scope, now=now)


TERMS = {
    "account_id": pl.Int64,
    "person_id": pl.Int64,
    "currency": pl.String,
    "policy": pl.String,
    "dpd_origin": pl.String,
}
FACT_SCHEMA = ITEM_SCHEMA | {"due_ref": pl.String}


def _target(
    terms: pl.DataFrame, items: pl.DataFrame, receipts: pl.DataFrame, debts: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return parts and asked items by each account's own policy."""
    standing = receipts.filter(pl.col("reversed_by_id").is_null())
    codes = terms["policy"].unique().to_list()
    known = terms.select("account_id", "dpd_origin", judgment_date=pl.lit(None, pl.Date))
    if len(codes) == 1:
        allocation = allocate(
            items.select(*FACT_SCHEMA),
            standing.select(*RECEIPT_SCHEMA),
            debts,
            policies()[codes[0]],
            accounts=known,
        )
        return allocation.parts.select(*PART_SCHEMA), allocation.asked
    parts, asked = [], []
    for code in codes:
        mine = terms.filter(pl.col("policy") == code).select("account_id")
        allocation = allocate(
            items.select(*FACT_SCHEMA).join(mine, on="account_id", how="semi"),
            standing.select(*RECEIPT_SCHEMA).join(mine, on="account_id", how="semi"),
            debts.join(mine, on="account_id", how="semi"),
            policies()[code],
            accounts=known,
        )
        parts.append(allocation.parts.select(*PART_SCHEMA))
        asked.append(allocation.asked)
    if not parts:
        return pl.DataFrame(schema=PART_SCHEMA), items.clear()
    return pl.concat(parts), pl.concat(asked)


def _difference(present: pl.DataFrame, target: pl.DataFrame) -> pl.DataFrame:
    """Return what must be added to the present parts, negative where a part no longer stands."""
    both = pl.concat([target, present.with_columns(amount_minor=-pl.col("amount_minor"))])
    return (
        both.with_columns(pl.col("due_item_id").fill_null(NO_ITEM))
        .group_by("account_id", "receipt_id", "due_item_id", "component")
        .agg(pl.col("amount_minor").sum())
        .filter(pl.col("amount_minor") != 0)
        .with_columns(due_item_id=pl.when(pl.col("due_item_id") != NO_ITEM).then("due_item_id"))
        # what is taken back comes first, so that no reader of the postings in order sees a cent twice
        .sort("account_id", "amount_minor", "receipt_id", "due_item_id")
    )


def _postings(
    difference: pl.DataFrame, receipts: pl.DataFrame, terms: pl.DataFrame, now: datetime
) -> pl.DataFrame:
    funds = pl.col("receipt_kind").replace_strict(FUNDS, default=CASH)
    code = (
        pl.when(pl.col("component") == CREDIT_BALANCE)
        .then("component")
        .otherwise(RECEIVABLE + pl.col("component"))
    )
    taken_back = pl.col("amount_minor") < 0
    facts = receipts.select("receipt_id", "reversed_by_id", "effective_date", receipt_kind=pl.col("kind"))
    return (
        difference.join(facts, on="receipt_id", how="left", maintain_order="left")
        .join(terms, on="account_id", how="left", maintain_order="left")
        .select(
            "account_id",
            "person_id",
            "due_item_id",
            "currency",
            "effective_date",
            entry=pl.lit(str(uuid.uuid4())),
            transaction_id=pl.coalesce("reversed_by_id", "receipt_id"),
            kind=pl.when(taken_back).then(pl.lit("reversal")).otherwise(pl.lit("allocation")),
            debit=pl.when(taken_back).then(code).otherwise(funds),
            credit=pl.when(taken_back).then(funds).otherwise(code),
            amount_minor=pl.col("amount_minor").abs(),
            recorded_at=pl.lit(now),
        )
    )


def _update_items(items: pl.DataFrame, asked: pl.DataFrame) -> None:
    """Write asked and paid amounts and the day of settlement where they changed."""
    fresh = asked.select(
        "due_item_id", new_asked="asked_minor", new_paid="paid_minor", new_settled="settled_date"
    )
    changed = items.join(fresh, on="due_item_id").filter(
        (pl.col("new_asked") != pl.col("asked_minor"))
        | (pl.col("new_paid") != pl.col("paid_minor"))
        | pl.col("new_settled").ne_missing(pl.col("settled_date"))
    )
    if changed.is_empty():
        return
    bulk.execute(
        """UPDATE ledger_dueitem d SET asked_minor = n.asked, paid_minor = n.paid, settled_date = n.settled
             FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::date[]) AS n (id, asked, paid, settled)
            WHERE d.id = n.id""",
        [changed[name].to_list() for name in ("due_item_id", "new_asked", "new_paid", "new_settled")],
    )


REFRESH_SQL = f"""
UPDATE ledger_accountstate s
   SET balance_minor = n.balance_minor, credit_balance_minor = n.credit_balance_minor,
       oldest_unpaid_due_date = n.oldest, latest_payment_date = n.latest_payment_date,
       latest_payment_minor = n.latest_payment_minor, recorded_at = %s
  FROM (SELECT s.account_id, coalesce(f.balance_minor, 0) AS balance_minor,
               coalesce(f.credit_balance_minor, 0) AS credit_balance_minor, d.oldest,
               p.effective_date AS latest_payment_date, p.amount_minor AS latest_payment_minor
          FROM ledger_accountstate s
          LEFT JOIN ({FOLD_SQL}) f ON f.account_id = s.account_id
          LEFT JOIN (SELECT account_id, min(due_date) AS oldest FROM ledger_dueitem
                      WHERE account_id IN ({{scope}}) AND paid_minor < asked_minor GROUP BY account_id) d
                 ON d.account_id = s.account_id
          LEFT JOIN (SELECT DISTINCT ON (t.account_id) t.account_id, t.effective_date, t.amount_minor
                       FROM ledger_transaction t LEFT JOIN ledger_transaction r ON r.reverses_id = t.id
                      WHERE t.account_id IN ({{scope}}) AND t.kind = 'payment' AND r.id IS NULL
                      ORDER BY t.account_id, t.effective_date DESC, t.id DESC) p
                 ON p.account_id = s.account_id
         WHERE s.account_id IN ({{scope}})) n
 WHERE n.account_id = s.account_id
   AND (s.balance_minor, s.credit_balance_minor, s.oldest_unpaid_due_date, s.latest_payment_date,
        s.latest_payment_minor)
       IS DISTINCT FROM
       (n.balance_minor, n.credit_balance_minor, n.oldest, n.latest_payment_date, n.latest_payment_minor)
"""


def refresh_states(scope: str, *, now: datetime) -> None:
    """Recompute the cached states of a scope's accounts from postings, due items and transactions."""
    bulk.execute(REFRESH_SQL.replace("%'", "%%'").format(scope=scope), [now])
