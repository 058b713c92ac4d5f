"""Land the night's work items: one COPY, then sets; never row by row."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.db import connection, transaction

from fairdue.contexts.cases.errors import CaseRefused
from fairdue.storage.bulk import copy_in

COLUMNS: dict[str, Any] = {
    "person_id": pl.Int64,
    "kind": pl.String,
    "queue": pl.String,
    "rank": pl.Int32,
    "reason": pl.String,
    "days_past_due": pl.Int32,
    "overdue_minor": pl.Int64,
    "currency": pl.String,
    "not_before": pl.Datetime("us", "UTC"),
    "creditor_ids": pl.String,
}

_STAGE = """
CREATE TEMPORARY TABLE cases_landing (
  person_id bigint NOT NULL, kind varchar(20) NOT NULL, queue varchar(40) NOT NULL, rank integer NOT NULL,
  reason varchar(200) NOT NULL, days_past_due integer NOT NULL, overdue_minor bigint NOT NULL,
  currency varchar(3) NOT NULL, not_before timestamptz, creditor_ids bigint[] NOT NULL
) ON COMMIT DROP
"""

_OPEN_CASES = """
INSERT INTO cases_case (person_id, creditor_ids, queue, opened_at)
SELECT person_id, creditor_ids, queue, %s
  FROM (SELECT DISTINCT ON (person_id) person_id, creditor_ids, queue
          FROM cases_landing ORDER BY person_id, rank) AS landing
 WHERE NOT EXISTS (
   SELECT 1 FROM cases_case AS c WHERE c.person_id = landing.person_id AND c.status = 'open')
ON CONFLICT (person_id) WHERE status = 'open' DO NOTHING
"""

_WIDEN_SCOPE = """
UPDATE cases_case AS c
   SET creditor_ids = ARRAY(SELECT DISTINCT unnest(c.creditor_ids || l.creditor_ids) ORDER BY 1)
  FROM cases_landing AS l
 WHERE l.person_id = c.person_id AND c.status = 'open' AND NOT c.creditor_ids @> l.creditor_ids
"""

_SUPERSEDE = """
UPDATE cases_workitem AS w
   SET status = 'superseded', done_at = %s, done_by = 'cycle'
  FROM cases_landing AS l
 WHERE w.person_id = l.person_id AND w.kind = l.kind AND w.status = 'open' AND w.cycle_date < %s
"""

NIGHT_KINDS = ("call", "letter", "visit", "review", "place", "promise_due")
"""Kinds that each night decides anew; a callback that was agreed with the debtor outlives the night."""

_RETIRE = """
UPDATE cases_workitem SET status = 'superseded', done_at = %s, done_by = 'cycle'
 WHERE status = 'open' AND cycle_date < %s AND kind = ANY(%s)
"""

KEPT_DAYS = 7
"""Superseded items are kept so long; what each night decided stays in its decisions."""

_FORGET = "DELETE FROM cases_workitem WHERE status = 'superseded' AND cycle_date < %s"

_INSERT = """
INSERT INTO cases_workitem (case_id, person_id, cycle_date, kind, queue, rank, reason, days_past_due,
                            overdue_minor, currency, not_before)
SELECT c.id, l.person_id, %s, l.kind, l.queue, l.rank, l.reason, l.days_past_due,
       l.overdue_minor, l.currency, l.not_before
  FROM cases_landing AS l JOIN cases_case AS c ON c.person_id = l.person_id AND c.status = 'open'
 ORDER BY l.rank, l.person_id
ON CONFLICT (person_id, cycle_date, kind) DO NOTHING
"""


class LandingRefused(CaseRefused):
    """The frame lacks a column of the landing."""

    code = "cases.landing.columns"


def _staged(frame: pl.DataFrame) -> pl.DataFrame:
    missing = COLUMNS.keys() - set(frame.columns)
    if missing:
        raise LandingRefused(f"work items lack {', '.join(sorted(missing))}")
    ids = pl.col("creditor_ids").list.eval(pl.element().cast(pl.String)).list.join(",")
    return frame.select(
        *(pl.col(name).cast(kind) for name, kind in COLUMNS.items() if name != "creditor_ids"),
        pl.concat_str(pl.lit("{"), ids, pl.lit("}")).alias("creditor_ids"),
    )


@transaction.atomic
def land_work_items(frame: pl.DataFrame, *, cycle_date: date, now: datetime) -> int:
    """Land one night's work items and return how many are new.

    Columns: person_id, kind, queue, rank, reason, days_past_due, overdue_minor, currency, not_before,
    creditor_ids (list of integers).

    1. A person without an open case gets one; an open case gains creditors, never loses them.
    2. Open items of the same person and kind from earlier nights are superseded.
    3. The same night again lands nothing: (person, cycle date, kind) is unique.
    4. A smaller rank is worked first; item ids follow the rank, so that a queue lies together on disk.

    :raises LandingRefused: if a column is missing; nothing is landed
    """
    staged = _staged(frame)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cases.landing'))")
        cursor.execute("DROP TABLE IF EXISTS cases_landing")
        cursor.execute(_STAGE)
        copy_in(staged, "cases_landing")
        cursor.execute("ANALYZE cases_landing")
        cursor.execute(_OPEN_CASES, [now])
        cursor.execute(_WIDEN_SCOPE)
        cursor.execute(_SUPERSEDE, [now, cycle_date])
        cursor.execute(_INSERT, [cycle_date])
        landed = cursor.rowcount
        cursor.execute("DROP TABLE cases_landing")
    return landed


@transaction.atomic
def retire_work_items(*, cycle_date: date, now: datetime) -> int:
    """Close what earlier nights put into queues and this night did not, and return how many.

    To be called once the whole night has landed; a callback stays open. Items superseded more than
    `KEPT_DAYS` before this night are deleted; what was done stays.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [cycle_date - timedelta(days=KEPT_DAYS)])
        cursor.execute(_RETIRE, [now, cycle_date, list(NIGHT_KINDS)])
        return cursor.rowcount
