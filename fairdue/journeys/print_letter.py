"""A letter on paper: printed only under its permit, with the address opened for it and nothing else."""

from __future__ import annotations

from datetime import datetime

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.engine.documents.rendering import render_pdf
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import HOUSE_ZONE


def letter_pdf(*, errand_id: int, actor: Actor, now: datetime) -> bytes | None:
    """This function will return a letter as PDF, or None if it has no permit; who printed it is recorded.

    The caller has found the errand's case in the actor's scope.
    """
    actor.require("contacts.make")
    found = outreach.errand(errand_id=errand_id, is_opened=True)
    if found is None or found.channel != "letter" or found.permit_id is None or found.settled_at is None:
        return None
    audit.record(
        code="outreach.letter.printed", actor=actor, subject_type="errand", subject_id=errand_id, now=now,
        person_id=found.person_id, after={"permit_id": found.permit_id},
    )  # fmt: skip
    is_chinese = found.locale.lower().startswith("zh")
    card = next(each for each in book.account_cards(found.person_id) if each.account_id == found.account_id)
    made_at = found.settled_at.astimezone(HOUSE_ZONE)
    data = {
        "title": found.subject,
        "lender": card.creditor_name_zh if is_chinese else card.creditor_name_en,
        "number": f"{'许可证' if is_chinese else 'Permit'} {found.permit_id}",
        "date": made_at.date().isoformat(),
        "to": parties.open_contact_point(found.contact_point_id),
        "paragraphs": [part for part in found.text.split("\n") if part.strip()],
        "issued_at": made_at,
    }
    return render_pdf("letter", data, language=found.locale)
