"""Slow down who tries too much: so many tries in a window, then a pause; by address, by contact point, overall."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may be tried in a window by one key."""

    kind: str
    most: int


LINKS = Limit("address", 10)
"""Links that did not open, by address; a household or an office behind one address makes far fewer."""
LIMIT = LINKS.most
CODES_ASKED_BY_ADDRESS = Limit("code.address", 20)
CODES_ASKED_FOR_POINT = Limit("code.point", 4)
"""By telephone or mailbox as it was typed, whether we know it or not."""
CODES_ASKED_OVERALL = Limit("code.overall", 3_000)
CODES_TRIED_BY_ADDRESS = Limit("code.try.address", 40)
CHECKS_BY_ADDRESS = Limit("check.address", 30)
"""Questions whether a message or document is genuine, by address."""
CHECKS_OVERALL = Limit("check.overall", 6_000)

_COUNT = """
INSERT INTO portal_attempts AS f (key_hash, window_started_at, count) VALUES (%s, %s, 1)
ON CONFLICT (key_hash) DO UPDATE
   SET count = CASE WHEN f.window_started_at < %s THEN 1 ELSE f.count + 1 END,
       window_started_at = CASE WHEN f.window_started_at < %s THEN excluded.window_started_at
                                ELSE f.window_started_at END
RETURNING count
"""


def _hash(limit: Limit, key: str) -> bytes:
    return settings.FIELD_KEYS.search_hash(key, f"portal.{limit.kind}")


def is_over(limit: Limit, key: str, now: datetime) -> bool:
    """Tell whether a key has tried too often in the current window."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count FROM portal_attempts WHERE key_hash = %s AND window_started_at >= %s",
            [_hash(limit, key), now - WINDOW],
        )
        row = cursor.fetchone()
    return row is not None and row[0] >= limit.most


def count(limit: Limit, key: str, now: datetime) -> bool:
    """Count one try and tell whether it is still within the limit; two at once are both counted."""
    oldest = now - WINDOW
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [_hash(limit, key), now, oldest, oldest])
        return cursor.fetchone()[0] <= limit.most


def count_all(limits: Iterable[tuple[Limit, str]], now: datetime) -> bool:
    """Count one try under several limits, each of them, and tell whether it is within all."""
    within = [count(limit, key, now) for limit, key in limits]
    return all(within)


def is_paused(address: str, now: datetime) -> bool:
    """Tell whether an address has opened too many links that did not open."""
    return is_over(LINKS, address, now)


def count_failure(address: str, now: datetime) -> None:
    """Count one link that did not open."""
    count(LINKS, address, now)
