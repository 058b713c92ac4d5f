"""Start the clocks that begin when a consent is revoked, however the person said so and whoever heard it."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from fairdue.contexts.book import facade as book
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import Actor, system

from ..clock_rules import clocks_in, packs_with
from ..rules import in_force
from .deadline_start import Start, start_rows

OCCASION = "consent.revoked"
CHANNELS = ("", "call", "sms")
"""What 47 CFR 64.1200 speaks of: calls and texts; a statement about every channel is about these too."""
BATCH = 500

_UNTIMED_SQL = f"""
SELECT said.consent_id, said.person_id, said.occurred_at
FROM ({parties.CONSENT_FACTS_SQL}) said
WHERE said.kind = 'opt_out' AND said.channel = ANY (%s) AND said.occurred_at <= %s
  AND EXISTS (
      SELECT FROM ({book.ACCOUNT_FACTS_SQL}) fact
      WHERE fact.person_id = said.person_id AND coalesce(nullif(fact.jurisdiction, ''), %s) = ANY (%s)
  )
  AND NOT EXISTS (
      SELECT FROM law_deadline timed
      WHERE timed.subject_type = 'consent' AND timed.subject_id = said.consent_id AND timed.kind = ANY (%s)
  )
ORDER BY said.consent_id DESC
LIMIT %s
"""


def start_revocations(now: datetime, *, actor: Actor | None = None) -> int:
    """This function will start what a revoked consent starts, where a law has a time for it, and return how many began.

    1. The gate itself honours a revocation at once (the clock is for whoever else holds a list: diallers, agencies);
       it runs from the moment when the person said so, even if this runs later, once a statement.
    2. Where no jurisdiction that is listed has such a clock, nothing is read; a statement before the rule was in force
       starts nothing.
    """
    actor, started = actor or system("deadline sweep"), 0
    timed = _jurisdictions()
    if not timed:
        return 0
    while rows := _untimed(timed, now):
        fresh = sum(_start(*row, actor=actor, now=now) for row in rows)
        started += fresh
        if fresh < len(rows) or len(rows) < BATCH:
            break
    return started


def _jurisdictions() -> list[str]:
    packs = packs_with(OCCASION)
    return [name for name, codes in in_force()["jurisdictions"].items() if packs.intersection(codes)]


def _untimed(timed: list[str], now: datetime) -> list[tuple[int, int, datetime]]:
    kinds = [
        each.kind
        for code in sorted(packs_with(OCCASION))
        for each in clocks_in(code)
        if OCCASION in each.occasions
    ]
    with connection.cursor() as cursor:
        cursor.execute(_UNTIMED_SQL, [list(CHANNELS), now, in_force()["default"], timed, kinds, BATCH])
        return cursor.fetchall()


@transaction.atomic
def _start(consent_id: int, person_id: int, said_at: datetime, *, actor: Actor, now: datetime) -> bool:
    start = Start(
        subject_type="consent",
        subject_id=consent_id,
        person_id=person_id,
        account_id=None,
        started_at=said_at,
        facts={},
    )
    return bool(start_rows(OCCASION, start, actor=actor, now=now))
