"""What the night reads of cases, as SELECTs for ADBC: numbers and dates, nothing personal."""

from __future__ import annotations

from datetime import date

PROMISE_FACTS_SQL = """
SELECT person_id,
       max(promised_date) FILTER (WHERE status = 'open') AS open_promise_date,
       max(promised_date + grace_days) FILTER (WHERE status = 'open') AS open_promise_deadline_date,
       max(amount_minor - received_minor) FILTER (WHERE status = 'open') AS open_promise_left_minor,
       count(*) FILTER (WHERE status = 'kept') AS kept_promise_count,
       count(*) FILTER (WHERE status = 'broken') AS broken_promise_count,
       max(promised_date) FILTER (WHERE status = 'broken') AS latest_broken_date
  FROM cases_promisetopay
 GROUP BY person_id
"""
"""One row a person who ever promised: the open promise (at most one) and how earlier ones ended."""


def promise_history_sql(as_of: date) -> str:
    """Return the SELECT of how promises of the twelve months before a date ended: person_id, kept_12, broken_12."""
    return f"""
SELECT person_id, count(*) FILTER (WHERE status = 'kept') AS kept_12,
       count(*) FILTER (WHERE status = 'broken') AS broken_12
  FROM cases_promisetopay
 WHERE status IN ('kept', 'broken') AND promised_date > date '{as_of.isoformat()}' - interval '12 months'
 GROUP BY person_id
"""


PROMISES_MADE_SQL = """
SELECT id AS promise_id, person_id, (recorded_at AT TIME ZONE 'Asia/Shanghai')::date AS business_date
  FROM cases_promisetopay WHERE status <> 'cancelled'
"""
"""Promises that persons made, by business day; one that was cancelled was none."""

CASE_FACTS_SQL = """
SELECT c.person_id, c.id AS case_id, c.team_id, c.assigned_to_id
  FROM cases_case AS c
 WHERE c.status = 'open'
"""
"""One row a person with an open case."""
