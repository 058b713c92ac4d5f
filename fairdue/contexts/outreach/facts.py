"""What the night asks of outreach, as SQL for ADBC: no personal data, one row a person."""

from __future__ import annotations

from datetime import date

SENT = "('planned', 'sending', 'sent', 'delivered', 'read')"
"""Planned ones count too: a night must not plan again what still waits for its hour."""


def reminder_facts_sql(as_of: date) -> str:
    """Return the SELECT of each person's reminders as known on a date.

    1. Columns: person_id, sent_count_30d (of the 30 days before the date), latest_sent_at, latest_round,
       latest_template.
    2. Refused, expired and failed messages are left out.
    """
    return _SQL.format(sent=SENT, as_of=f"date '{as_of.isoformat()}'")


_SQL = """
select distinct on (m.person_id)
       m.person_id,
       count(*) filter (where m.not_before >= {as_of} - interval '30 days') over whole as sent_count_30d,
       coalesce(d.reserved_at, m.not_before) as latest_sent_at,
       m.round as latest_round,
       m.template_code as latest_template
from outreach_message m
left join outreach_dispatch d on d.message_id = m.id
where m.status in {sent} and m.template_code like 'reminder.%'
window whole as (partition by m.person_id)
order by m.person_id, coalesce(d.reserved_at, m.not_before) desc, m.id desc
"""


def unsaid_facts_sql(as_of: date) -> str:
    """Return the SELECT of reminders that were planned in the 60 days before a date and never said.

    Columns: person_id, unsaid_count (refused, expired or failed). A night plans such a reminder anew.
    """
    return f"""
select person_id, count(*) as unsaid_count
from outreach_message
where status in ('refused', 'expired', 'failed') and template_code like 'reminder.%'
  and not_before >= date '{as_of.isoformat()}' - interval '60 days'
group by person_id
"""
