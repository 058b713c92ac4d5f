"""What the figures of a night read of cases: teams and promises, numbers and dates only."""

from __future__ import annotations

from datetime import date

from fairdue.kernel.clock import HOUSE_ZONE

CASE_TEAMS_SQL = "SELECT person_id, team_id FROM cases_case WHERE status = 'open' AND team_id IS NOT NULL"
"""person_id, team_id: which team works whose open case."""


def promise_facts_sql(as_of: date) -> str:
    """Return the SELECT of promises that are open or ended within 90 days: one row a promise.

    Columns: person_id, status (`open`, `kept`, `broken`), promised_date (the day on which it was given), ended_date,
    amount_minor, currency. A promise ends on the day on which it was settled, a broken one on its last day.
    """
    zone, end = HOUSE_ZONE.key, f"DATE '{as_of.isoformat()}'"
    return f"""
SELECT person_id, status, recorded_date AS promised_date, ended_date, amount_minor, currency
  FROM (SELECT person_id, status, amount_minor, currency,
               (recorded_at AT TIME ZONE '{zone}')::date AS recorded_date,
               CASE status WHEN 'open' THEN NULL WHEN 'broken' THEN promised_date + grace_days
                           ELSE coalesce((settled_at AT TIME ZONE '{zone}')::date, promised_date) END AS ended_date
          FROM cases_promisetopay WHERE status IN ('open', 'kept', 'broken')) p
 WHERE recorded_date <= {end} AND (status = 'open' OR ended_date > {end} - 90)
"""
