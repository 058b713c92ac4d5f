"""What was done with persons and what they complained of, as SELECTs that figures of strategies are counted from."""

from __future__ import annotations

from ..counting import PENDING, UNCOUNTED

_ZONE = "Asia/Shanghai"
_NOT_MADE = ", ".join(f"'{result}'" for result in (PENDING, *UNCOUNTED))

MADE_CONTACTS_SQL = f"""
SELECT id AS contact_id, person_id, channel, (occurred_at AT TIME ZONE '{_ZONE}')::date AS business_date
  FROM law_contact WHERE direction = 'outbound' AND result NOT IN ({_NOT_MADE})
"""
"""Contacts that were made with a person, the lender's and its agencies', by business day."""

COMPLAINTS_SQL = f"""
SELECT id AS hold_id, person_id, (started_at AT TIME ZONE '{_ZONE}')::date AS business_date
  FROM law_hold WHERE kind = 'complaint'
"""
"""Complaints of persons, each of which holds contact, by business day."""
