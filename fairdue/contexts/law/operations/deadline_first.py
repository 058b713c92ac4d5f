"""Start the clocks that begin with the first contact about a debt, whoever made it and however it was recorded."""

from __future__ import annotations

from datetime import datetime

from fairdue.contexts.book import facade as book
from fairdue.kernel.actor import Actor

from ..counting import PENDING, THIRD_OFFERED, THIRD_REFUSED, UNANSWERED, UNCOUNTED
from ..rules import in_force
from .deadline_untimed import Untimed, start_untimed

OCCASION = "contact.first"
UNTOLD = (
    *UNCOUNTED, *UNANSWERED, PENDING, THIRD_REFUSED, THIRD_OFFERED, "third_party", "undelivered", "bounced",
    "not_in_service",
)  # fmt: skip
"""Results of contacts by which nobody told the debtor of the debt."""

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

    A debt's clock starts once, at the moment of its first contact that told the debtor of it, even if this runs later.
    """
    untimed = Untimed(
        occasion=OCCASION,
        subject_type="account",
        sql=_UNTIMED_SQL,
        parameters=lambda timed, kinds: [in_force()["default"], timed, now, list(UNTOLD), kinds],
    )
    return start_untimed(untimed, now=now, actor=actor)
