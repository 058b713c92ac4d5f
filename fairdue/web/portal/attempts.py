"""Slow down who tries links: so many failures from one address in a window, then a pause."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

WINDOW = timedelta(minutes=15)
LIMIT = 10
"""Failures in a window; a household or an office behind one address makes far fewer."""

_COUNT = """
INSERT INTO portal_failedredemptions AS f (address_hash, window_started_at, count) VALUES (%s, %s, 1)
ON CONFLICT (address_hash) DO UPDATE
   SET count = CASE WHEN f.window_started_at < %s THEN 1 ELSE f.count + 1 END,
       window_started_at = CASE WHEN f.window_started_at < %s THEN excluded.window_started_at
                                ELSE f.window_started_at END
"""


def _hash(address: str) -> bytes:
    return settings.FIELD_KEYS.search_hash(address, "portal.address")


def is_paused(address: str, now: datetime) -> bool:
    """Tell whether an address has failed too often in the current window."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count FROM portal_failedredemptions WHERE address_hash = %s AND window_started_at >= %s",
            [_hash(address), now - WINDOW],
        )
        row = cursor.fetchone()
    return row is not None and row[0] >= LIMIT


def count_failure(address: str, now: datetime) -> None:
    """Count one link that did not open; two at once are both counted."""
    oldest = now - WINDOW
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [_hash(address), now, oldest, oldest])
