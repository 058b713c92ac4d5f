"""Which contacts count toward which cap: one definition for a click and for the night."""

from __future__ import annotations

from datetime import date, datetime

from fairdue.kernel.clock import HOUSE_ZONE

OUTBOUND_MESSAGES = ("sms", "email", "inapp", "push", "im")

PENDING = "reserved"
"""A permit was issued and nobody knows yet what came of it: it counts as whatever it may become."""

CONNECTED = ("conversation", "announcement_connected")
UNANSWERED = ("no_answer", "busy", "dropped", "voicemail", "voicemail_full")
UNCOUNTED = ("failed", "wrong_number")
"""Never left, or reached somebody who has nothing to do with it: neither counts toward any cap."""
THIRD_REFUSED, THIRD_OFFERED = "third_party_refused", "third_party_offered"

RESULTS: dict[str, int] = {
    PENDING: 0, "sent": 1, "delivered": 2, "read": 3, "undelivered": 2, "bounced": 3, "failed": 3,
    "not_in_service": 3, "third_party": 3, THIRD_REFUSED: 4, THIRD_OFFERED: 4, "wrong_number": 5, "received": 3,
    **dict.fromkeys(UNANSWERED, 3), **dict.fromkeys(CONNECTED, 4),
}  # fmt: skip
"""Result → how final it is; a result gives way only to one that is more final."""


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


_COUNTED = {
    "announcements": f"channel = 'call' AND mode = 'announcement' AND result IN ('announcement_connected', '{PENDING}')",
    "conversations": f"channel = 'call' AND mode <> 'announcement' AND result IN ('conversation', '{PENDING}')",
    "messages": f"channel IN ({_listed(OUTBOUND_MESSAGES)})",
}
_UNANSWERED_SQL = f"channel = 'call' AND result IN ({_listed(UNANSWERED)}, '{PENDING}')"
_OUTBOUND_SQL = f"direction = 'outbound' AND result NOT IN ({_listed(UNCOUNTED)})"


def counted_column(*, channel: str, mode: str, result: str) -> str | None:
    """Return the candidate column in which an outbound contact with the debtor counts, if any does."""
    if result in UNCOUNTED:
        return None
    if channel in OUTBOUND_MESSAGES:
        return "messages"
    if channel != "call":
        return None
    if mode == "announcement":
        return "announcements" if result in ("announcement_connected", PENDING) else None
    return "conversations" if result in ("conversation", PENDING) else None


def is_unanswered(*, channel: str, result: str) -> bool:
    """Tell whether an outbound contact counts as an attempt that did not reach the debtor."""
    return channel == "call" and result in (*UNANSWERED, PENDING)


def contact_facts_sql(*, since: datetime | None = None) -> str:
    """This function will return the SELECT of a person's counted contacts for the night.

    Columns: person_id and, as lists of moments, announcements, conversations, messages. Shape: one row a person.
    """
    columns = ", ".join(
        f"coalesce(array_agg(occurred_at ORDER BY occurred_at) FILTER (WHERE {test}), '{{}}') AS {name}"
        for name, test in _COUNTED.items()
    )
    return (
        f"SELECT person_id, {columns} FROM law_contact WHERE {_OUTBOUND_SQL}{_from(since)} GROUP BY person_id"
    )


def unanswered_facts_sql(*, since: datetime | None = None) -> str:
    """This function will return the SELECT of unanswered calls: person_id, contact_point_id, unanswered (moments)."""
    return (
        "SELECT person_id, contact_point_id, array_agg(occurred_at ORDER BY occurred_at) AS unanswered "
        f"FROM law_contact WHERE {_OUTBOUND_SQL} AND {_UNANSWERED_SQL}{_from(since)} "
        "GROUP BY person_id, contact_point_id"
    )


def call_facts_sql(as_of: date) -> str:
    """This function will return the SELECT of calls: person_id, latest_conversation_at, unanswered_calls_30.

    1. A conversation with the debtor counts, whoever called; an announcement does not.
    2. Unanswered are outbound calls of the 30 days before the date that did not reach the debtor.
    """
    begin = f"date '{as_of.isoformat()}' AT TIME ZONE '{HOUSE_ZONE.key}'"
    return (
        "SELECT person_id, max(occurred_at) FILTER (WHERE result = 'conversation') AS latest_conversation_at,"
        f" count(*) FILTER (WHERE direction = 'outbound' AND result IN ({_listed(UNANSWERED)})"
        f" AND occurred_at >= {begin} - interval '30 days') AS unanswered_calls_30"
        f" FROM law_contact WHERE channel = 'call' AND occurred_at < {begin} + interval '1 day'"
        f" AND (result = 'conversation' OR result IN ({_listed(UNANSWERED)})) GROUP BY person_id"
    )


def _from(since: datetime | None) -> str:
    return f" AND occurred_at >= '{since.isoformat()}'" if since else ""


HOLD_FACTS_SQL = """
SELECT person_id, array_agg(kind || ':' || permitted ORDER BY id) AS holds
FROM (
    SELECT id, person_id, kind,
           coalesce((SELECT string_agg(purpose, ',') FROM jsonb_array_elements_text(permitted_purposes) AS purpose), '')
             AS permitted
    FROM law_hold
    WHERE ended_at IS NULL
) AS open_hold
GROUP BY person_id
"""
"""person_id, holds (as the candidate column): every open hold, also of a single account."""

CONTACT_FACTS_SQL = contact_facts_sql()
UNANSWERED_FACTS_SQL = unanswered_facts_sql()
