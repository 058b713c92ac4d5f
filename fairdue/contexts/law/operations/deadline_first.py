"""Start the clocks that begin with the first contact about a debt, whoever made it and however it was recorded."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from fairdue.contexts.book import facade as book
from fairdue.kernel.actor import Actor, system

from ..clock_rules import clocks_in, packs_with
from ..counting import PENDING, THIRD_OFFERED, THIRD_REFUSED, UNANSWERED, UNCOUNTED
from ..rules import in_force
from .deadline_start import Start, start_rows

OCCASION = "contact.first"
UNTOLD = (
    *UNCOUNTED, *UNANSWERED, PENDING, THIRD_REFUSED, THIRD_OFFERED, "third_party", "undelivered", "bounced",
    "not_in_service",
)  # fmt: skip
"""Results of contacts by which nobody told the debtor of the debt."""
BATCH = 500

_UNTIMED_SQL = f"""
SELECT fact.account_id, fact.person_id, min(contact.occurred_at)
FROM ({book.ACCOUNT_FACTS_SQL}) fact
JOIN law_contact contact ON contact.person_id = fact.person_id
WHERE coalesce(nullif(fact.jurisdiction, ''), %s) = ANY (%s)
  AND contact.direction = 'outbound' AND contact.purpose = 'collect' AND contact.occurred_at <= %s
  AND NOT contact.result = ANY (%s)
  AND fact.institution_group = ANY (string_to_array(contact.institution_group, ','))
  AND NOT EXISTS (
      SELECT FROM law_deadline timed
      WHERE timed.subject_type = 'account' AND timed.subject_id = fact.account_id AND timed.kind = ANY (%s)
  )
GROUP BY fact.account_id, fact.person_id
ORDER BY fact.account_id
LIMIT %s
"""


def start_first_contacts(now: datetime, *, actor: Actor | None = None) -> int:
    """This function will start what a first contact starts, for debts that have had one, and return how many debts.

    1. A debt's clock starts once, at the moment of its first contact that told the debtor of it, even if this runs later.
    2. Where no jurisdiction that is listed has such a clock, nothing is read; a contact before the rule was in force
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
    with connection.cursor() as cursor:
        cursor.execute(_UNTIMED_SQL, [in_force()["default"], timed, now, list(UNTOLD), _kinds(), BATCH])
        return cursor.fetchall()


def _kinds() -> list[str]:
    packs = sorted(packs_with(OCCASION))
    return [each.kind for code in packs for each in clocks_in(code) if OCCASION in each.occasions]


@transaction.atomic
def _start(account_id: int, person_id: int, first_at: datetime, *, actor: Actor, now: datetime) -> bool:
    start = Start(
        subject_type="account", subject_id=account_id, person_id=person_id, account_id=account_id,
        started_at=first_at, facts={},
    )  # fmt: skip
    return bool(start_rows(OCCASION, start, actor=actor, now=now))
