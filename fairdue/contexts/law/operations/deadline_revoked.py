"""Start the clocks that begin when a consent is revoked, however the person said so and whoever heard it."""

from __future__ import annotations

from datetime import datetime

from fairdue.contexts.book import facade as book
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import Actor

from ..rules import in_force
from .deadline_untimed import Untimed, start_untimed

OCCASION = "consent.revoked"
CHANNELS = ("", "call", "sms")
"""What 47 CFR 64.1200 speaks of: calls and texts; a statement about every channel is about these too."""

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
    """
    untimed = Untimed(
        occasion=OCCASION,
        subject_type="consent",
        sql=_UNTIMED_SQL,
        parameters=lambda timed, kinds: [list(CHANNELS), now, in_force()["default"], timed, kinds],
    )
    return start_untimed(untimed, now=now, actor=actor)
