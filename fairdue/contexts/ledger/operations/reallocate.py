"""Bring postings, due items and cached states in step with what the facts come to."""

from __future__ import annotations

import uuid
from datetime import datetime

import polars as pl

from fairdue.contexts.ledger.codes import FOLD_SQL, LENT, PRESENT_SQL, RECEIVABLE, STATEMENT
from fairdue.contexts.ledger.operations.landing import rows
from fairdue.contexts.ledger.operations.settle import settle_account
from fairdue.contexts.ledger.queries.segment_rates import is_by_rate, rates_within
from fairdue.contexts.ledger.queries.terms import POLICY_SQL, policies
from fairdue.engine.ledger.accounts import ADJUSTMENT
from fairdue.engine.ledger.allocation import (
    CREDIT_BALANCE,
    DATED_PART_SCHEMA,
    ITEM_SCHEMA,
    NO_ITEM,
    RECEIPT_SCHEMA,
    RECEIVABLE_SCHEMA,
    allocate,
)
from fairdue.storage import bulk

SPECIAL_SQL = """
SELECT DISTINCT account_id FROM ledger_transaction
 WHERE account_id IN ({scope})
   AND (kind NOT IN ('payment', 'charge', 'credit', 'reversal') OR details ? 'due_date') ORDER BY account_id
"""
"""Accounts whose events are more than many accounts at once can be allocated by; a partial index knows them."""
RECEIPTS_SQL = """
SELECT t.account_id, t.id, t.kind, t.component, t.effective_date, t.amount_minor, t.fund, r.id AS reversed_by_id
  FROM ledger_transaction t LEFT JOIN ledger_transaction r ON r.reverses_id = t.id
 WHERE t.account_id IN ({scope}) AND t.kind IN ('payment', 'credit')
"""
ITEMS_SQL = """
SELECT account_id, id, due_ref, due_date, component, amount_minor, asked_minor, paid_minor, settled_date
  FROM ledger_dueitem WHERE account_id IN ({scope})
"""
STORED_ITEM_SCHEMA = {
    "account_id": pl.Int64,
    "due_item_id": pl.Int64,
    "due_ref": pl.String,
    "due_date": pl.Date,
    "component": pl.String,
    "amount_minor": pl.Int64,
    "asked_minor": pl.Int64,
    "paid_minor": pl.Int64,
    "settled_date": pl.Date,
}
OWED_SQL = """
SELECT account_id, substr(CASE WHEN debit LIKE 'receivable:%' THEN debit ELSE credit END, 12),
       sum(CASE WHEN debit LIKE 'receivable:%' THEN amount_minor ELSE -amount_minor END)::bigint,
       NULL::date, NULL::bigint
  FROM ledger_posting WHERE account_id IN ({scope}) AND transaction_id IS NULL GROUP BY 1, 2
 UNION ALL
SELECT t.account_id, t.component, t.amount_minor, t.effective_date, t.id
  FROM ledger_transaction t
 WHERE t.account_id IN ({scope}) AND t.kind = 'charge'
   AND NOT EXISTS (SELECT 1 FROM ledger_transaction r WHERE r.reverses_id = t.id)
"""
"""What was ever receivable: openings and what due items charge, from the beginning; other charges from their day."""
OWED_SCHEMA = RECEIVABLE_SCHEMA | {"effective_date": pl.Date, "transaction_id": pl.Int64}
MOVE_SCHEMA = {
    "account_id": pl.Int64,
    "receipt_id": pl.Int64,
    "due_item_id": pl.Int64,
    "source": pl.String,
    "code": pl.String,
    "effective_date": pl.Date,
    "amount_minor": pl.Int64,
}
"""An amount that a receipt moves from `source` to `code`, for a day."""
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
    """Bring all accounts of a scope in step with their facts, and post what differs from the present.

    1. The accounts are locked by the caller.
    2. Accounts with events beyond payments, charges without a due date, credits and their reversals are settled one
       by one, from their replayed lives; all others together, in columns. Both come to the same.
    3. A part that no longer stands is posted the other way round, on its own effective date; the posting of a
       reversed receipt names the reversal.
    4. Paid and asked amounts of due items and the states follow.
    """
    special = [account_id for (account_id,) in rows(SPECIAL_SQL.format(scope=scope))]
    plain = scope
    if special:
        listed = ", ".join(map(str, special))
        plain = f"SELECT account_id FROM ledger_accountstate WHERE account_id IN ({scope}) AND account_id NOT IN ({listed})"
    _reallocate_plain(plain, now)
    for account_id in special:
        settle_account(account_id, now=now)


def _reallocate_plain(scope: str, now: datetime) -> None:
    terms = bulk.copy_out(POLICY_SQL.format(scope=scope), TERMS)
    if terms.is_empty():
        return
    receipts = bulk.copy_out(RECEIPTS_SQL.format(scope=scope), STORED_RECEIPT_SCHEMA)
    items = bulk.copy_out(ITEMS_SQL.format(scope=scope), STORED_ITEM_SCHEMA)
    owed = bulk.copy_out(OWED_SQL.format(scope=scope), OWED_SCHEMA)
    if any(map(is_by_rate, terms["policy"].unique())):
        owed = _with_rates(owed, scope)
    parts, asked = _target(terms, items, receipts, owed)
    present = bulk.copy_out(PRESENT_SQL.format(scope=scope), MOVE_SCHEMA)
    postings = _postings(_difference(present, _moves(parts, receipts)), receipts, terms, now)
    if not postings.is_empty():
        bulk.copy_in(postings, "ledger_posting", POSTING_COLUMNS)
    _update_items(items, asked)
    refresh_states(scope, now=now)


def _with_rates(owed: pl.DataFrame, scope: str) -> pl.DataFrame:
    """Add the annual rate of each kind of balance, null where the account has none."""
    rows = [
        (account_id, component, float(rate))
        for account_id, rates in rates_within(scope).items()
        for component, rate in rates.items()
    ]
    schema = {"account_id": pl.Int64, "component": pl.String, "annual_rate": pl.Float64}
    found = pl.DataFrame(rows, schema=schema, orient="row")
    return owed.join(found, on=["account_id", "component"], how="left", maintain_order="left")


STORED_RECEIPT_SCHEMA = RECEIPT_SCHEMA | {"fund": pl.String, "reversed_by_id": pl.Int64}
TERMS = {
    "account_id": pl.Int64,
    "person_id": pl.Int64,
    "currency": pl.String,
    "policy": pl.String,
    "dpd_origin": pl.String,
}


def _target(
    terms: pl.DataFrame, items: pl.DataFrame, receipts: pl.DataFrame, owed: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return parts and asked items by each account's own policy."""
    standing = receipts.filter(pl.col("reversed_by_id").is_null()).select(*RECEIPT_SCHEMA)
    is_charged = ~pl.col("component").is_in(LENT) & ~pl.col("due_ref").str.contains(STATEMENT)
    frames = (items.select(*ITEM_SCHEMA, "due_ref", is_charged=is_charged), standing, owed)
    parts, asked = [], []
    for code in terms["policy"].unique().to_list():
        mine = terms.filter(pl.col("policy") == code)
        known = mine.select("account_id", "dpd_origin", judgment_date=pl.lit(None, pl.Date))
        given = frames
        if mine.height < terms.height:
            given = tuple(frame.join(mine, on="account_id", how="semi") for frame in frames)  # type: ignore[assignment]
        allocation = allocate(*given, policies()[code], accounts=known)
        parts.append(allocation.parts.select(*DATED_PART_SCHEMA))
        asked.append(allocation.asked.select("due_item_id", "asked_minor", "paid_minor", "settled_date"))
    return pl.concat(parts), pl.concat(asked)


def _moves(parts: pl.DataFrame, receipts: pl.DataFrame) -> pl.DataFrame:
    """Return what the parts post: what settles on the day of its receipt, and what was held until a later day."""
    fund = pl.when(pl.col("kind") == "credit").then(pl.lit(ADJUSTMENT)).otherwise("fund")
    facts = receipts.select("receipt_id", received_date="effective_date", fund=fund)
    is_held = pl.col("component") == CREDIT_BALANCE
    code = pl.when(is_held).then("component").otherwise(RECEIVABLE + pl.col("component"))
    dated = parts.join(facts, on="receipt_id", how="left", maintain_order="left").with_columns(code=code)
    is_later = pl.col("effective_date") > pl.col("received_date")
    at_once = dated.with_columns(source=pl.when(is_later).then(pl.lit(CREDIT_BALANCE)).otherwise("fund"))
    until_then = dated.filter(is_later).with_columns(
        source="fund",
        code=pl.lit(CREDIT_BALANCE),
        due_item_id=pl.lit(None, pl.Int64),
        effective_date="received_date",
    )
    return pl.concat([at_once.select(*MOVE_SCHEMA), until_then.select(*MOVE_SCHEMA)])


MOVE_KEYS = [name for name in MOVE_SCHEMA if name != "amount_minor"]


def _difference(present: pl.DataFrame, target: pl.DataFrame) -> pl.DataFrame:
    """Return what must be added to the present moves, negative where one no longer stands."""
    both = pl.concat([target, present.with_columns(amount_minor=-pl.col("amount_minor"))])
    return (
        both.with_columns(pl.col("due_item_id").fill_null(NO_ITEM))
        .group_by(MOVE_KEYS)
        .agg(pl.col("amount_minor").sum())
        .filter(pl.col("amount_minor") != 0)
        .with_columns(due_item_id=pl.when(pl.col("due_item_id") != NO_ITEM).then("due_item_id"))
        # what is taken back comes first, so that no reader of the postings in order sees a cent twice
        .sort("account_id", "amount_minor", "receipt_id", "due_item_id")
    )


def _postings(
    difference: pl.DataFrame, receipts: pl.DataFrame, terms: pl.DataFrame, now: datetime
) -> pl.DataFrame:
    taken_back = pl.col("amount_minor") < 0
    reversals = receipts.select("receipt_id", "reversed_by_id")
    return (
        difference.join(reversals, on="receipt_id", how="left", maintain_order="left")
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
            debit=pl.when(taken_back).then("code").otherwise("source"),
            credit=pl.when(taken_back).then("source").otherwise("code"),
            amount_minor=pl.col("amount_minor").abs(),
            recorded_at=pl.lit(now),
        )
    )


def _update_items(items: pl.DataFrame, asked: pl.DataFrame) -> None:
    """Write asked and paid amounts and the days of settling where they changed."""
    fresh = asked.rename({name: f"new_{name}" for name in asked.columns if name != "due_item_id"})
    names = ("asked_minor", "paid_minor", "settled_date")
    is_changed = pl.any_horizontal(pl.col(f"new_{name}").ne_missing(pl.col(name)) for name in names)
    changed = items.join(fresh, on="due_item_id").filter(is_changed)
    if changed.is_empty():
        return
    bulk.execute(
        """UPDATE ledger_dueitem d SET asked_minor = n.asked, paid_minor = n.paid, settled_date = n.settled
             FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::date[]) AS n (id, asked, paid, settled)
            WHERE d.id = n.id""",
        [changed[name].to_list() for name in ("due_item_id", *(f"new_{name}" for name in names))],
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
