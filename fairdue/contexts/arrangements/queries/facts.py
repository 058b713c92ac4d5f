"""The columns of arrangements for the night: one row a person who ever had a plan, read by ADBC."""

from __future__ import annotations

from datetime import date

from fairdue.kernel.clock import HOUSE_ZONE


def plan_facts_sql(as_of: date) -> str:
    """Return the SELECT of how a person's plans stand: person_id, is_running, kept_12, broken_12, latest_broken_date.

    `…_12` count the plans that ended so in the twelve months before the date, by the house's days; a plan that another
    one replaced, or that ended by agreement, is neither kept nor broken.
    """
    ended, end = f"(ended_at AT TIME ZONE '{HOUSE_ZONE.key}')::date", f"DATE '{as_of.isoformat()}'"
    recent = f"{ended} > {end} - interval '12 months'"
    return f"""
SELECT person_id, bool_or(state = 'running') AS is_running,
       count(*) FILTER (WHERE state = 'kept' AND {recent}) AS kept_12,
       count(*) FILTER (WHERE state = 'breached' AND {recent}) AS broken_12,
       max({ended}) FILTER (WHERE state = 'breached') AS latest_broken_date
  FROM arrangements_plan
 GROUP BY person_id
"""
