"""Whether a borrower comes for the first time: then the portal says what it is and what one may do here."""

from __future__ import annotations

from fairdue.contexts.audit import facade as audit

CAME = ("parties.portal_link.redeemed", "parties.code.used")


def has_come_before(person_id: int) -> bool:
    """Tell whether the person came in before the visit that just began."""
    return sum(len(audit.events(person_id=person_id, code=code, limit=2)) for code in CAME) > 1
