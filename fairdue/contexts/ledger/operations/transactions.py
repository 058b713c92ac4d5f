"""Land transactions: payments, charges, credits and reversals from a file."""

from __future__ import annotations

import uuid
from datetime import datetime

import polars as pl
from django.db import transaction

from fairdue.contexts.ledger.contracts import Landed
from fairdue.contexts.ledger.operations.bulk_receipts import land_in_order
from fairdue.contexts.ledger.operations.landing import (
    BULK_ROWS,
    TOUCHED,
    counts,
    planned_for,
    require_none,
    stage,
    touched_table,
)
from fairdue.contexts.ledger.operations.reallocate import lock_accounts, reallocate
from fairdue.contexts.ledger.queries.terms import components
from fairdue.kernel.clock import business_date
from fairdue.storage import bulk

COLUMNS = (
    "account_id",
    "person_id",
    "external_ref",
    "kind",
    "component",
    "amount_minor",
    "currency",
    "effective_date",
    "reverses_ref",
)
TYPES = """row_number bigint, account_id bigint, person_id bigint, external_ref text, kind text, component text,
           amount_minor bigint, currency text, effective_date date, reverses_ref text"""

JUDGED_SQL = """
CREATE TEMP TABLE ledger_judged_transaction ON COMMIT DROP AS
WITH original AS (
  SELECT i.row_number, t.id, coalesce(t.kind, o.kind) AS kind, coalesce(t.amount_minor, o.amount_minor) AS amount_minor,
         r.external_ref AS reversed_by_ref,
         count(*) OVER (PARTITION BY i.account_id, i.reverses_ref) AS reversal_count
    FROM ledger_incoming_transaction i
    LEFT JOIN ledger_transaction t ON t.account_id = i.account_id AND t.external_ref = i.reverses_ref
    LEFT JOIN ledger_transaction r ON r.reverses_id = t.id
    LEFT JOIN (SELECT DISTINCT ON (account_id, external_ref) * FROM ledger_incoming_transaction
                ORDER BY account_id, external_ref, row_number) o
           ON o.account_id = i.account_id AND o.external_ref = i.reverses_ref
   WHERE i.kind = 'reversal')
SELECT i.row_number, k.id AS known_id, coalesce(nullif(i.amount_minor, 0), o.amount_minor) AS amount_minor,
  CASE
    WHEN s.account_id IS NULL THEN 'ledger.account.unknown'
    WHEN i.kind NOT IN ('payment', 'charge', 'credit', 'reversal') THEN 'ledger.kind.unknown'
    WHEN i.kind IN ('charge', 'credit') AND i.component <> ALL (%s) THEN 'ledger.component.unknown'
    WHEN i.currency <> s.currency THEN 'ledger.currency.differs'
    WHEN k.id IS NOT NULL AND (k.kind, k.currency, k.effective_date) IS DISTINCT FROM
                              (i.kind, i.currency, i.effective_date)
      OR k.id IS NOT NULL AND i.kind <> 'reversal' AND (k.component, k.amount_minor) IS DISTINCT FROM
                              (CASE WHEN i.kind = 'payment' THEN '' ELSE i.component END, i.amount_minor)
      OR k.id IS NOT NULL AND i.kind = 'reversal' AND k.reverses_id IS DISTINCT FROM o.id
      THEN 'ledger.reference.reused'
    WHEN k.id IS NOT NULL THEN NULL
    WHEN count(*) OVER (PARTITION BY i.account_id, i.external_ref) > 1 THEN 'ledger.reference.reused'
    WHEN i.effective_date > %s THEN 'ledger.date.future'
    WHEN i.effective_date < s.balance_date THEN 'ledger.date.before_opening'
    WHEN (s.standing = 'assigned' AND i.kind <> 'reversal'
          OR s.standing = 'written_off' AND i.kind IN ('charge', 'credit')
          OR s.standing = 'charged_off' AND i.kind = 'charge')
     AND i.effective_date >= (
       SELECT min(e.effective_date) FROM ledger_transaction e
        WHERE e.account_id = i.account_id AND e.kind IN ('assignment', 'write_off', 'charge_off')
          AND NOT EXISTS (SELECT FROM ledger_transaction r WHERE r.reverses_id = e.id))
      THEN 'ledger.event.' || s.standing
    WHEN i.kind = 'reversal' AND o.kind IS NULL THEN 'ledger.transaction.unknown'
    WHEN i.kind = 'reversal' AND o.kind = 'reversal' THEN 'ledger.reversal.of_reversal'
    WHEN i.kind = 'reversal' AND (o.reversed_by_ref IS NOT NULL OR o.reversal_count > 1)
      THEN 'ledger.transaction.already_reversed'
    WHEN i.kind = 'reversal' AND i.amount_minor <> 0 AND i.amount_minor <> o.amount_minor
      THEN 'ledger.amount.invalid'
    WHEN i.kind <> 'reversal' AND coalesce(i.amount_minor, 0) NOT BETWEEN 1 AND 9007199254740992
      THEN 'ledger.amount.invalid'
  END AS reason
  FROM ledger_incoming_transaction i
  LEFT JOIN ledger_accountstate s ON s.account_id = i.account_id
  LEFT JOIN ledger_transaction k ON k.account_id = i.account_id AND k.external_ref = i.external_ref
  LEFT JOIN original o ON o.row_number = i.row_number
"""
INSERT_SQL = """
INSERT INTO ledger_transaction (account_id, person_id, external_ref, kind, component, amount_minor, currency,
                                effective_date, recorded_at, reverses_id, source)
SELECT i.account_id, i.person_id, i.external_ref, i.kind,
       CASE WHEN i.kind IN ('charge', 'credit') THEN i.component ELSE '' END, j.amount_minor, i.currency,
       i.effective_date, %s, t.id, %s
  FROM ledger_incoming_transaction i JOIN ledger_judged_transaction j USING (row_number)
  LEFT JOIN ledger_transaction t ON i.kind = 'reversal' AND t.account_id = i.account_id
                                AND t.external_ref = i.reverses_ref
 WHERE j.known_id IS NULL AND (i.kind = 'reversal') = %s ORDER BY i.effective_date, i.row_number
"""
CHARGES_SQL = """
INSERT INTO ledger_posting (entry, account_id, person_id, transaction_id, kind, debit, credit, amount_minor,
                            currency, effective_date, recorded_at)
SELECT %s::uuid, t.account_id, t.person_id, t.id, CASE WHEN o.id IS NULL THEN 'charge' ELSE 'reversal' END,
       CASE WHEN o.id IS NULL THEN 'receivable:' || t.component ELSE 'income:' || o.component END,
       CASE WHEN o.id IS NULL THEN 'income:' || t.component ELSE 'receivable:' || o.component END,
       t.amount_minor, t.currency, coalesce(o.effective_date, t.effective_date), t.recorded_at
  FROM ledger_incoming_transaction i JOIN ledger_judged_transaction j USING (row_number)
  JOIN ledger_transaction t ON t.account_id = i.account_id AND t.external_ref = i.external_ref
  LEFT JOIN ledger_transaction o ON o.id = t.reverses_id
 WHERE j.known_id IS NULL AND 'charge' IN (t.kind, o.kind)
   AND NOT coalesce(o.details, t.details) ? 'due_date' ORDER BY t.id
"""


@transaction.atomic
def check_transactions(frame: pl.DataFrame, *, now: datetime) -> pl.Series:
    """This function will tell, row by row, the reason code for which `land_transactions` refuses it, or null.

    The frame is the one of `land_transactions`; the answer has its order. The accounts stay locked until the
    caller's transaction ends, so that the answer still holds when the rows are landed.
    """
    with planned_for(frame.height):
        _judge(frame, now)
        judged = bulk.copy_out(
            "SELECT row_number, reason FROM ledger_judged_transaction ORDER BY row_number",
            {"row_number": pl.Int64, "reason": pl.String},
        )
        return judged["reason"]


@transaction.atomic
def land_transactions(frame: pl.DataFrame, *, batch_id: int, now: datetime) -> Landed:
    """This function will land transactions that are not known yet, and post what they change.

    1. Frame: account_id, person_id, external_ref, kind (payment, charge, credit, reversal), component,
       amount_minor, currency, effective_date, reverses_ref. The component of a payment is not looked at: the
       allocation policy splits it. A reversal takes the amount of its original, so its own may be null.
    2. A known reference with the same content is unchanged. Transactions are never edited: other content
       under a known reference is refused; send a reversal and a new transaction.
    3. What `record_event` refuses of an account that was assigned, written off or charged off is refused here; what
       is dated before that day is late news and lands.
    4. Charges debit their component; receipts are allocated afresh per account, so that file order, repeated
       parts and late arrivals give the same state. Many payments that come in order are posted by the shorter
       way of `land_in_order`.

    :raises LandingRefused: with the number of rows per reason code of `check_transactions`
    """
    source = f"file:{batch_id}"
    with planned_for(frame.height):
        in_order, rest = 0, frame
        if frame.height >= BULK_ROWS:
            in_order, rest = land_in_order(frame, source=source, now=now)
        if rest.is_empty():
            return Landed(created=in_order, changed=0, unchanged=0)
        _judge(rest, now)
        reasons = counts("SELECT json_object_agg(reason, n) FROM (SELECT reason, count(*) n FROM "
                         "ledger_judged_transaction WHERE reason IS NOT NULL GROUP BY 1) x")[0]  # fmt: skip
        if reasons:
            require_none(tuple(reasons), tuple(reasons.values()))
        created = bulk.execute(INSERT_SQL, [now, source, False]) + bulk.execute(
            INSERT_SQL, [now, source, True]
        )
        if created:
            bulk.execute(CHARGES_SQL, [str(uuid.uuid4())])
            _touch()
            reallocate(TOUCHED, now=now)
        return Landed(created=in_order + created, changed=0, unchanged=rest.height - created)


def _judge(frame: pl.DataFrame, now: datetime) -> None:
    """Stage the rows, lock their accounts and judge each row."""
    numbered = frame.select(COLUMNS).with_columns(
        pl.col("component", "reverses_ref").fill_null("")
    ).with_row_index("row_number")  # fmt: skip
    stage(numbered, "ledger_incoming_transaction", TYPES)
    lock_accounts("SELECT account_id FROM ledger_incoming_transaction")
    bulk.execute("DROP TABLE IF EXISTS ledger_judged_transaction")
    bulk.execute(JUDGED_SQL, [list(components()), business_date(now)])


def _touch() -> None:
    touched_table()
    bulk.execute(
        """INSERT INTO ledger_touched SELECT DISTINCT i.account_id FROM ledger_incoming_transaction i
             JOIN ledger_judged_transaction j USING (row_number) WHERE j.known_id IS NULL"""
    )
    bulk.execute("ANALYZE ledger_touched")
