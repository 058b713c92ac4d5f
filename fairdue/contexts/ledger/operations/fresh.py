"""Land on accounts about which the ledger knows nothing yet: straight into the tables, with nothing to compare.

What is written is what the general way through `opening` and `dues` writes, at a third of its cost.
"""

from __future__ import annotations

import uuid
from datetime import datetime

import polars as pl

from fairdue.contexts.ledger.codes import INCOME, LENT, OPENING, RECEIVABLE, STATEMENT
from fairdue.contexts.ledger.contracts import Landed
from fairdue.contexts.ledger.operations.landing import counts
from fairdue.storage import bulk
from fairdue.storage.staging import take_ids

ITEM_COLUMNS = (
    "id",
    "account_id",
    "person_id",
    "due_ref",
    "due_date",
    "component",
    "amount_minor",
    "asked_minor",
    "currency",
    "recorded_at",
)
POSTING_KEYS = ("account_id", "person_id", "amount_minor", "currency")


def are_unknown(account_ids: pl.Series) -> bool:
    """This function will tell whether no account between the least and the greatest of some ids is open."""
    least, greatest = account_ids.min(), account_ids.max()
    query = "SELECT EXISTS (SELECT 1 FROM ledger_accountstate WHERE account_id BETWEEN %s AND %s)"
    return least is not None and not counts(query, [least, greatest])[0]


def open_unknown(frame: pl.DataFrame, *, now: datetime) -> Landed:
    """This function will open accounts that are not open yet with what is owed on them.

    :raises django.db.IntegrityError: if another transaction opened one of them meanwhile
    """
    frame = frame.sort("account_id", maintain_order=True)
    states = frame.group_by("account_id", maintain_order=True).agg(
        pl.col("person_id", "creditor_id", "currency", "balance_date").min(),
        balance_minor=pl.col("amount_minor").sum(),
        recorded_at=pl.lit(now).first(),
    )
    bulk.copy_in_fast(states, "ledger_accountstate")
    postings = frame.filter(pl.col("amount_minor") > 0).select(
        *POSTING_KEYS,
        entry=pl.lit(uuid.uuid4().bytes),
        kind=pl.lit("opening"),
        debit=RECEIVABLE + pl.col("component"),
        credit=pl.lit(OPENING),
        effective_date="balance_date",
        recorded_at=pl.lit(now),
    )
    bulk.copy_in_fast(postings, "ledger_posting")
    return Landed(created=states.height, changed=0, unchanged=0)


POSTINGS_SQL = """
SELECT p.account_id, substr(p.debit, 12), p.amount_minor, p.kind
  FROM ledger_posting p JOIN ledger_incoming_account i USING (account_id)
 WHERE p.account_id BETWEEN {least:d} AND {greatest:d} AND (p.kind <> 'opening' OR p.debit IN ({debits}))
"""
POSTING_SCHEMA = {
    "account_id": pl.Int64,
    "component": pl.String,
    "owed_minor": pl.Int64,
    "kind": pl.String,
}
ITEMS_SQL = """
SELECT DISTINCT account_id FROM ledger_dueitem JOIN ledger_incoming_account USING (account_id)
 WHERE account_id BETWEEN {least:d} AND {greatest:d}
"""


def moved_and_debts(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """This function will tell which accounts of some rows have moved, and what the others opened with.

    1. The accounts are in `ledger_incoming_account`, locked.
    2. Moved is an account with due items or with any posting but its opening: every transaction posts.
    3. The debts are those of the components of the rows; what is owed nothing has no row.
    """
    if rows.is_empty():
        return rows.select("account_id"), pl.DataFrame(schema=POSTING_SCHEMA).drop("kind")
    account_ids = rows["account_id"]
    span = {"least": account_ids.min(), "greatest": account_ids.max()}
    debits = ", ".join(f"'{RECEIVABLE}{component}'" for component in rows["component"].unique())
    postings = bulk.read_columns(POSTINGS_SQL.format(debits=debits, **span), POSTING_SCHEMA)
    items = bulk.read_columns(ITEMS_SQL.format(**span), {"account_id": pl.Int64})
    posted = postings.filter(pl.col("kind") != "opening").select("account_id")
    return pl.concat([items, posted]).unique(), postings.drop("kind")


def land_first_dues(frame: pl.DataFrame, debts: pl.DataFrame, *, now: datetime) -> tuple[int, pl.DataFrame]:
    """This function will land the first due items of accounts; it returns their number and who asks too much.

    `frame` has the `balance_date` of each row's account, `debts` are what they opened with. Accounts whose
    items ask for more of a component than is owed are returned for allocation; the states of the others
    are right.
    """
    items = frame.filter(pl.col("amount_minor") > 0).sort("account_id", "due_date", maintain_order=True)
    items = items.with_columns(
        take_ids("ledger_dueitem", items.height),
        asked_minor="amount_minor",
        recorded_at=pl.lit(now),
        is_charged=~pl.col("component").is_in(LENT)
        & (pl.col("due_date") > pl.col("balance_date"))
        & ~pl.col("due_ref").str.contains(STATEMENT),
    )
    bulk.copy_in_fast(items.select(ITEM_COLUMNS), "ledger_dueitem")
    charges = items.filter("is_charged")
    bulk.copy_in_fast(_charges(charges, now), "ledger_posting")
    _update_states(items, now)
    return items.height, _asking_too_much(items, charges, debts)


def _charges(charged: pl.DataFrame, now: datetime) -> pl.DataFrame:
    return charged.select(
        *POSTING_KEYS,
        entry=pl.lit(uuid.uuid4().bytes),
        kind=pl.lit("charge"),
        debit=RECEIVABLE + pl.col("component"),
        credit=INCOME + pl.col("component"),
        due_item_id="id",
        effective_date="due_date",
        recorded_at=pl.lit(now),
    )


UPDATE_SQL = """
UPDATE ledger_accountstate s
   SET oldest_unpaid_due_date = f.oldest, balance_minor = s.balance_minor + f.charged_minor, recorded_at = %s
  FROM ledger_first f WHERE f.account_id = s.account_id AND s.account_id BETWEEN %s AND %s
"""


def _update_states(items: pl.DataFrame, now: datetime) -> None:
    states = items.group_by("account_id", maintain_order=True).agg(
        oldest=pl.col("due_date").min(),
        charged_minor=pl.col("amount_minor").filter("is_charged").sum(),
    )
    bulk.execute(
        "CREATE TEMP TABLE ledger_first (account_id bigint, oldest date, charged_minor bigint) ON COMMIT DROP"
    )
    bulk.copy_in_fast(states, "ledger_first")
    bulk.execute(UPDATE_SQL, [now, states["account_id"].min(), states["account_id"].max()])
    bulk.execute("DROP TABLE ledger_first")


def _asking_too_much(items: pl.DataFrame, charges: pl.DataFrame, debts: pl.DataFrame) -> pl.DataFrame:
    keys = ["account_id", "component"]
    charged = charges.select(*keys, owed_minor="amount_minor")
    owed = pl.concat([debts, charged]).group_by(keys).agg(pl.col("owed_minor").sum())
    asked = items.group_by(keys).agg(pl.col("asked_minor").sum())
    both = asked.join(owed, on=keys, how="left")
    return (
        both.filter(pl.col("asked_minor") > pl.col("owed_minor").fill_null(0)).select("account_id").unique()
    )
