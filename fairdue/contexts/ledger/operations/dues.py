"""Land due items: instalments and statements with what they ask for."""

from __future__ import annotations

import uuid
from datetime import datetime

import polars as pl
from django.db import transaction

from fairdue.contexts.ledger.codes import DEBT_SQL, LENT_SQL, STATEMENT
from fairdue.contexts.ledger.contracts import Landed
from fairdue.contexts.ledger.operations.fresh import land_first_dues, moved_and_debts
from fairdue.contexts.ledger.operations.landing import (
    TOUCHED,
    counts,
    planned_for,
    require_none,
    stage,
    touched_table,
)
from fairdue.contexts.ledger.operations.reallocate import reallocate, refresh_states
from fairdue.contexts.ledger.queries.terms import components
from fairdue.kernel.money import MAX_MINOR
from fairdue.storage import bulk

COLUMNS = ("account_id", "person_id", "due_ref", "due_date", "component", "amount_minor", "currency")
TYPES = """account_id bigint, person_id bigint, due_ref text, due_date date, component text, amount_minor bigint,
           currency text"""

ACCOUNTS_SQL = """
SELECT s.account_id, s.currency, s.balance_date, c.account_id AS contract_id
  FROM ledger_accountstate s JOIN ledger_incoming_account i USING (account_id)
  LEFT JOIN ledger_loancontract c ON c.account_id = s.account_id
 WHERE s.account_id BETWEEN %s AND %s ORDER BY s.account_id FOR UPDATE OF s
"""
ACCOUNT_SCHEMA = {
    "account_id": pl.Int64,
    "account_currency": pl.String,
    "balance_date": pl.Date,
    "contract_id": pl.Int64,
}
CODES = (
    "ledger.account.unknown",
    "ledger.currency.differs",
    "ledger.amount.invalid",
    "ledger.component.unknown",
    "ledger.account.kept",
)

KNOWN_SQL = """
CREATE TEMP TABLE ledger_known_due ON COMMIT DROP AS
SELECT d.id, d.account_id, i.due_ref, i.component, i.due_date, i.amount_minor,
       (d.due_date, d.amount_minor) IS DISTINCT FROM (i.due_date, i.amount_minor) AS is_changed
  FROM ledger_incoming_due i JOIN ledger_dueitem d USING (account_id, due_ref, component)
"""
INSERT_SQL = f"""
WITH inserted AS (
  INSERT INTO ledger_dueitem (account_id, person_id, due_ref, due_date, component, amount_minor, asked_minor,
                              paid_minor, currency, recorded_at)
  SELECT i.account_id, i.person_id, i.due_ref, i.due_date, i.component, i.amount_minor, i.amount_minor, 0,
         i.currency, %s
    FROM ledger_incoming_due i LEFT JOIN ledger_known_due k USING (account_id, due_ref, component)
   WHERE k.id IS NULL AND i.amount_minor > 0 ORDER BY i.account_id, i.due_date
  RETURNING id, account_id, person_id, due_ref, component, due_date, amount_minor, currency),
charged AS (
  INSERT INTO ledger_posting (entry, account_id, person_id, kind, debit, credit, due_item_id, amount_minor,
                              currency, effective_date, recorded_at)
  SELECT %s::uuid, i.account_id, i.person_id, 'charge', 'receivable:' || i.component, 'income:' || i.component,
         i.id, i.amount_minor, i.currency, i.due_date, %s
    FROM inserted i JOIN ledger_accountstate s ON s.account_id = i.account_id
   WHERE i.component NOT IN ({LENT_SQL}) AND i.due_date > s.balance_date AND i.amount_minor > 0
     AND i.due_ref !~ '{STATEMENT}')
INSERT INTO ledger_touched SELECT DISTINCT account_id FROM inserted
"""
VERSION_SQL = """
INSERT INTO ledger_dueversion (due_item_id, batch_id, before, recorded_at)
SELECT d.id, %s, jsonb_build_object('due_date', d.due_date, 'amount_minor', d.amount_minor), %s
  FROM ledger_dueitem d JOIN ledger_known_due k ON k.id = d.id AND k.is_changed
"""
UPDATE_SQL = """
UPDATE ledger_dueitem d
   SET due_date = k.due_date, amount_minor = k.amount_minor, asked_minor = k.amount_minor,
       paid_minor = least(d.paid_minor, k.amount_minor), settled_date = NULL
  FROM ledger_known_due k WHERE k.id = d.id AND k.is_changed
"""
CORRECTION_SQL = f"""
WITH given AS (
  SELECT d.id, d.due_date AS effective_date, d.amount_minor
    FROM ledger_dueitem d JOIN ledger_known_due k ON k.id = d.id AND k.is_changed
    JOIN ledger_accountstate s ON s.account_id = d.account_id
   WHERE d.component NOT IN ({LENT_SQL}) AND d.due_date > s.balance_date
     AND d.due_ref !~ '{STATEMENT}'),
present AS (
  SELECT p.due_item_id AS id, p.effective_date,
         sum(CASE WHEN p.debit LIKE 'receivable:%%' THEN p.amount_minor ELSE -p.amount_minor END) AS amount_minor
    FROM ledger_posting p JOIN ledger_known_due k ON k.id = p.due_item_id AND k.account_id = p.account_id
   WHERE k.is_changed AND (p.debit LIKE 'income:%%' OR p.credit LIKE 'income:%%') GROUP BY 1, 2),
difference AS (
  SELECT id, effective_date, coalesce(g.amount_minor, 0) - coalesce(p.amount_minor, 0) AS amount_minor
    FROM given g FULL JOIN present p USING (id, effective_date))
INSERT INTO ledger_posting (entry, account_id, person_id, kind, debit, credit, due_item_id, amount_minor, currency,
                            effective_date, recorded_at)
SELECT %s::uuid, d.account_id, d.person_id, 'correction',
       CASE WHEN n.amount_minor > 0 THEN 'receivable:' ELSE 'income:' END || d.component,
       CASE WHEN n.amount_minor > 0 THEN 'income:' ELSE 'receivable:' END || d.component,
       d.id, abs(n.amount_minor), d.currency, n.effective_date, %s
  FROM difference n JOIN ledger_dueitem d ON d.id = n.id WHERE n.amount_minor <> 0 ORDER BY n.amount_minor
"""
AFFECTED_SQL = f"""
CREATE TEMP TABLE ledger_affected ON COMMIT DROP AS
SELECT account_id FROM ledger_known_due WHERE is_changed
 UNION
SELECT t.account_id FROM ledger_touched t
 WHERE EXISTS (SELECT 1 FROM ledger_transaction x WHERE x.account_id = t.account_id AND (x.kind <> 'charge' OR x.details ? 'due_date'))
 UNION
SELECT d.account_id
  FROM (SELECT account_id, component, sum(amount_minor) AS amount_minor FROM ledger_dueitem
         WHERE account_id IN ({TOUCHED}) GROUP BY 1, 2) d
  LEFT JOIN ({DEBT_SQL.format(scope=TOUCHED)}) o USING (account_id, component)
 WHERE d.amount_minor > coalesce(o.amount_minor, 0)
"""

NO_IMPORT = 0
"""Stands for the import batch in versions of due items that keeping changed."""


@transaction.atomic
def land_dues(frame: pl.DataFrame, *, batch_id: int, now: datetime) -> Landed:
    """This function will land due items, correct those that differ and leave the others alone.

    1. Tall frame: account_id, person_id, due_ref, due_date, component, amount_minor, currency. An amount of 0
       takes back a known item; of an unknown item it says nothing and counts as unchanged.
    2. A principal item asks for part of the balance and posts nothing. An item of another component that
       falls due after the account's balance date is charged on its due date.
    3. A changed date or amount keeps what it said before in a version, and corrects its charge by postings.
    4. Receipts of accounts with new or changed items are allocated afresh.
    5. What a contract kept here asks for follows from the contract: rows for its account are refused.

    :raises LandingRefused: if a row's account is not open or is kept here, its currency differs from the account's,
        its amount is negative or beyond 2^53, or its component is unknown
    """
    return _land(frame, batch_id, now, is_keeping=False)


@transaction.atomic
def land_kept_dues(frame: pl.DataFrame, *, now: datetime) -> Landed:
    """This function will land due items that keeping derived; otherwise it is `land_dues`.

    :raises LandingRefused: as `land_dues` does, but not for accounts that are kept here
    """
    return _land(frame, NO_IMPORT, now, is_keeping=True)


def _land(frame: pl.DataFrame, batch_id: int, now: datetime, *, is_keeping: bool) -> Landed:
    with planned_for(frame.height):
        rows = _on_locked_accounts(frame, is_keeping=is_keeping)
        moved, debts = moved_and_debts(rows)
        first = rows.join(moved, on="account_id", how="anti", maintain_order="left")
        created = _land_first(first, debts, now)
    others = rows.join(moved, on="account_id", how="semi", maintain_order="left")
    with planned_for(others.height):
        landed = _land_more(others, batch_id, now)
    return Landed(
        created=created + landed.created,
        changed=landed.changed,
        unchanged=first.height - created + landed.unchanged,
    )


def _on_locked_accounts(frame: pl.DataFrame, *, is_keeping: bool) -> pl.DataFrame:
    """Lock the accounts and add what must be known of them; refuse rows that cannot land."""
    ids = frame.select(pl.col("account_id").unique().sort())
    stage(ids, "ledger_incoming_account", "account_id bigint")
    accounts = bulk.read_columns(
        ACCOUNTS_SQL, ACCOUNT_SCHEMA, [ids["account_id"].min(), ids["account_id"].max()]
    )
    rows = frame.select(COLUMNS).join(accounts, on="account_id", how="left", maintain_order="left")
    bad = (
        pl.col("account_currency").is_null(),
        pl.col("account_currency") != pl.col("currency"),
        ~pl.col("amount_minor").is_between(0, MAX_MINOR),
        ~pl.col("component").is_in(list(components())),
        pl.lit(False) if is_keeping else pl.col("contract_id").is_not_null(),
    )
    found = rows.select(test.sum().alias(code) for code, test in zip(CODES, bad, strict=True))
    require_none(CODES, found.row(0))
    return rows.drop("contract_id")


def _land_first(rows: pl.DataFrame, debts: pl.DataFrame, now: datetime) -> int:
    """Land rows of accounts without items or movements; return how many items they made."""
    if rows.is_empty():
        return 0
    created, asking_too_much = land_first_dues(rows, debts, now=now)
    if not asking_too_much.is_empty():
        stage(asking_too_much, "ledger_affected", "account_id bigint")
        reallocate("SELECT account_id FROM ledger_affected", now=now)
    return created


def _land_more(rows: pl.DataFrame, batch_id: int, now: datetime) -> Landed:
    """Land rows of accounts about which something is known: compare, correct, allocate afresh."""
    if rows.is_empty():
        return Landed(created=0, changed=0, unchanged=0)
    stage(rows.select(COLUMNS), "ledger_incoming_due", TYPES)
    touched_table()
    known, changed = _find_known()
    created = rows.filter(pl.col("amount_minor") > 0).height - known
    bulk.execute(INSERT_SQL, [now, str(uuid.uuid4()), now])
    if changed:
        _correct(batch_id, now)
    _settle(now)
    return Landed(created=created, changed=changed, unchanged=rows.height - created - changed)


def _find_known() -> tuple[int, int]:
    """Find the rows that are known; return how many of them ask for something and how many changed."""
    bulk.execute("DROP TABLE IF EXISTS ledger_known_due")
    bulk.execute(KNOWN_SQL)
    bulk.execute("ANALYZE ledger_known_due")
    known, changed = counts(
        """SELECT count(*) FILTER (WHERE amount_minor > 0), count(*) FILTER (WHERE is_changed)
             FROM ledger_known_due"""
    )
    return known, changed


def _correct(batch_id: int, now: datetime) -> None:
    bulk.execute(VERSION_SQL, [batch_id, now])
    bulk.execute(UPDATE_SQL)
    bulk.execute(CORRECTION_SQL, [str(uuid.uuid4()), now])
    bulk.execute(
        """INSERT INTO ledger_touched SELECT DISTINCT account_id FROM ledger_known_due WHERE is_changed
               ON CONFLICT DO NOTHING"""
    )


def _settle(now: datetime) -> None:
    """Re-allocate the accounts for which the new items change anything, and refresh the others' states."""
    bulk.execute("ANALYZE ledger_touched")
    bulk.execute("DROP TABLE IF EXISTS ledger_affected")
    affected = bulk.execute(AFFECTED_SQL)
    if affected:
        reallocate("SELECT account_id FROM ledger_affected", now=now)
    refresh_states(f"{TOUCHED} EXCEPT SELECT account_id FROM ledger_affected", now=now)
