"""What the figures of a night read of contacts and objections: numbers and dates, one row a person or objection."""

from __future__ import annotations

from datetime import date

from fairdue.contexts.law.counting import PENDING, UNCOUNTED
from fairdue.kernel.clock import HOUSE_ZONE

SPAN_DAYS, WEEK_DAYS = 90, 7
OBJECTIONS = ("complaint", "dispute", "written_dispute", "hardship")


def contact_dates_sql(as_of: date) -> str:
    """This function will return the SELECT of each person's latest contacts and how many there were in seven days.

    1. Columns: person_id, reminded_date (outbound, of any channel, made), reached_date (a conversation with the debtor),
       conversations, announcements, messages (of the seven days up to the day).
    2. Contacts of the 90 days up to the day, by the house's days; reserved and failed ones do not count.
    """
    not_made = ", ".join(f"'{result}'" for result in (PENDING, *UNCOUNTED))
    day = f"(occurred_at AT TIME ZONE '{HOUSE_ZONE.key}')::date"
    end = f"DATE '{as_of.isoformat()}'"
    week = f"outbound AND day > {end} - {WEEK_DAYS}"
    return f"""
SELECT person_id, max(day) FILTER (WHERE outbound) AS reminded_date,
       max(day) FILTER (WHERE result = 'conversation') AS reached_date,
       count(*) FILTER (WHERE {week} AND result = 'conversation') AS conversations,
       count(*) FILTER (WHERE {week} AND mode = 'announcement') AS announcements,
       count(*) FILTER (WHERE {week} AND channel IN ('sms', 'email', 'inapp')) AS messages
  FROM (SELECT person_id, result, mode, channel, direction = 'outbound' AS outbound, {day} AS day FROM law_contact
         WHERE result NOT IN ({not_made})
           AND occurred_at >= ({end} - {SPAN_DAYS}) AT TIME ZONE '{HOUSE_ZONE.key}'
           AND occurred_at < ({end} + 1) AT TIME ZONE '{HOUSE_ZONE.key}') c
 GROUP BY person_id
"""


def objection_facts_sql(as_of: date) -> str:
    """This function will return the SELECT of complaints, disputes and hardships of 90 days: person_id, kind, started_date, is_open."""
    kinds = ", ".join(f"'{kind}'" for kind in OBJECTIONS)
    zone, end = HOUSE_ZONE.key, f"DATE '{as_of.isoformat()}'"
    return f"""
SELECT person_id, CASE kind WHEN 'written_dispute' THEN 'dispute' ELSE kind END AS kind,
       (started_at AT TIME ZONE '{zone}')::date AS started_date, ended_at IS NULL AS is_open
  FROM law_hold
 WHERE kind IN ({kinds}) AND started_at >= ({end} - {SPAN_DAYS}) AT TIME ZONE '{zone}'
   AND started_at < ({end} + 1) AT TIME ZONE '{zone}'
"""
