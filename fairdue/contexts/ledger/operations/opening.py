"""Open accounts in the ledger with what is owed on the balance date."""

from __future__ import annotations

import uuid
from datetime import datetime

import polars as pl
from django.db import transaction

from fairdue.contexts.ledger.contracts import Landed
from fairdue.contexts.ledger.errors import LandingRefused
from fairdue.contexts.ledger.operations.fresh import are_unknown, open_unknown
from fairdue.contexts.ledger.operations.landing import (
    TOUCHED,
    counts,
    planned_for,
    require_none,
    stage,
    touched_table,
)
from fairdue.contexts.ledger.operations.reallocate import lock_accounts, reallocate
from fairdue.contexts.ledger.queries.terms import components
from fairdue.kernel.money import MAX_MINOR
from fairdue.storage import bulk

COLUMNS = ("account_id", "person_id", "creditor_id", "currency", "component", "amount_minor", "balance_date")

OPENED_SQL = """
CREATE TEMP TABLE ledger_opened ON COMMIT DROP AS
SELECT i.account_id, (s.account_id IS NULL) AS is_new,
       coalesce(s.balance_date = min(i.balance_date), true) AS is_same_date
  FROM ledger_opening i LEFT JOIN ledger_accountstate s ON s.account_id = i.account_id
 GROUP BY i.account_id, s.account_id, s.balance_date
"""
KNOWN_SQL = """
SELECT count(*) FILTER (WHERE NOT o.is_new),
       count(*) FILTER (WHERE EXISTS (SELECT 1 FROM ledger_opening i WHERE i.account_id = o.account_id
                                                                       AND i.currency <> s.currency))
  FROM ledger_opened o LEFT JOIN ledger_accountstate s USING (account_id)
"""
STATES_SQL = """
INSERT INTO ledger_accountstate (account_id, person_id, creditor_id, currency, balance_date, balance_minor,
                                 credit_balance_minor, recorded_at)
SELECT account_id, min(person_id), min(creditor_id), min(currency), min(balance_date), sum(amount_minor), 0, %s
  FROM ledger_opening GROUP BY account_id ORDER BY account_id
    ON CONFLICT (account_id) DO NOTHING
"""
FIRST_SQL = """
INSERT INTO ledger_posting (entry, account_id, person_id, kind, debit, credit, amount_minor, currency,
                            effective_date, recorded_at)
SELECT %s::uuid, i.account_id, i.person_id, 'opening', 'receivable:' || i.component, 'opening', i.amount_minor,
       i.currency, i.balance_date, %s
  FROM ledger_opening i JOIN ledger_opened o ON o.account_id = i.account_id AND o.is_new
 WHERE i.amount_minor > 0 ORDER BY i.account_id
"""
CORRECTION_SQL = """
WITH present AS (
  SELECT p.account_id, substr(CASE WHEN debit = 'opening' THEN credit ELSE debit END, 12) AS component,
         sum(CASE WHEN debit = 'opening' THEN -amount_minor ELSE amount_minor END) AS amount_minor
    FROM ledger_posting p JOIN ledger_opened o ON o.account_id = p.account_id AND NOT o.is_new AND o.is_same_date
   WHERE 'opening' IN (debit, credit) GROUP BY 1, 2),
given AS (
  SELECT i.account_id, i.component, i.amount_minor FROM ledger_opening i
    JOIN ledger_opened o ON o.account_id = i.account_id AND NOT o.is_new AND o.is_same_date),
difference AS (
  SELECT account_id, component, coalesce(g.amount_minor, 0) - coalesce(p.amount_minor, 0) AS amount_minor
    FROM given g FULL JOIN present p USING (account_id, component)),
posted AS (
  INSERT INTO ledger_posting (entry, account_id, person_id, kind, debit, credit, amount_minor, currency,
                              effective_date, recorded_at)
  SELECT %s::uuid, s.account_id, s.person_id, 'correction',
         CASE WHEN d.amount_minor > 0 THEN 'receivable:' || d.component ELSE 'opening' END,
         CASE WHEN d.amount_minor > 0 THEN 'opening' ELSE 'receivable:' || d.component END,
         abs(d.amount_minor), s.currency, s.balance_date, %s
    FROM difference d JOIN ledger_accountstate s ON s.account_id = d.account_id
   WHERE d.amount_minor <> 0 RETURNING account_id)
INSERT INTO ledger_touched SELECT DISTINCT account_id FROM posted
"""


@transaction.atomic
def open_accounts(frame: pl.DataFrame, *, now: datetime) -> Landed:
    """This function will open accounts with their balances by component, or correct openings that differ.

    1. Tall frame: account_id, person_id, creditor_id, currency, component, amount_minor, balance_date; an
       account that owes nothing has one row with amount 0.
    2. An account that is open keeps its first balance date. Rows of the same date correct its opening by a
       posting of the difference and re-allocate its receipts; rows of another date change nothing.

    :raises LandingRefused: if an amount is negative or beyond 2^53, a component is unknown, or an account has rows in
        two currencies or in another one than it is kept in
    """
    with planned_for(frame.height):
        _require_sound(frame)
        if are_unknown(frame["account_id"]):
            return open_unknown(frame.select(COLUMNS), now=now)
        stage(frame.select(COLUMNS), "ledger_opening", OPENING_TYPES)
        bulk.execute("DROP TABLE IF EXISTS ledger_opened")
        bulk.execute(OPENED_SQL)
        known, other_currency = counts(KNOWN_SQL)
        require_none(("ledger.currency.differs",), (other_currency,))
        created = bulk.execute(STATES_SQL, [now])
        bulk.execute(FIRST_SQL, [str(uuid.uuid4()), now])
        changed = _correct(now) if known else 0
        return Landed(created=created, changed=changed, unchanged=known - changed)


OPENING_TYPES = """account_id bigint, person_id bigint, creditor_id bigint, currency text, component text,
                   amount_minor bigint, balance_date date"""


def _require_sound(frame: pl.DataFrame) -> None:
    bad = {
        "ledger.amount.invalid": frame.filter(~pl.col("amount_minor").is_between(0, MAX_MINOR)).height,
        "ledger.component.unknown": frame.filter(~pl.col("component").is_in(list(components()))).height,
        "ledger.currency.differs": _mixed(frame),
    }
    if any(bad.values()):
        raise LandingRefused({code: count for code, count in bad.items() if count})


def _mixed(frame: pl.DataFrame) -> int:
    """Return how many accounts have rows in more than one currency."""
    if frame["currency"].n_unique() <= 1:
        return 0
    pairs = frame.select("account_id", "currency").unique()
    return pairs.height - pairs["account_id"].n_unique()


def _correct(now: datetime) -> int:
    """Post the differences of openings and re-allocate; return the number of accounts that changed."""
    lock_accounts("SELECT account_id FROM ledger_opened WHERE NOT is_new")
    touched_table()
    changed = bulk.execute(CORRECTION_SQL, [str(uuid.uuid4()), now])
    if changed:
        reallocate(TOUCHED, now=now)
    return changed
