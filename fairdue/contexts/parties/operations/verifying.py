"""Note that a contact point was shown to be the person's own."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.kernel.actor import Actor

from ..models import ContactPoint

AGAIN_AFTER = timedelta(days=1)


def verify_contact_point(*, contact_point_id: int, how: str, actor: Actor, now: datetime) -> None:
    """This function will note that the person received something at a contact point of theirs: it is verified.

    1. Within a day of the latest time nothing is written again.
    """
    with transaction.atomic():
        point = ContactPoint.objects.select_for_update().get(pk=contact_point_id)
        before = point.verified_at
        if before is not None and now - before < AGAIN_AFTER:
            return
        point.verified_at = now
        point.save(update_fields=["verified_at"])
        audit.record(
            code="parties.contact_point.verified", actor=actor, subject_type="contact_point", subject_id=point.pk,
            person_id=point.person_id, now=now, before={"verified_at": before and before.isoformat()},
            after={"verified_at": now.isoformat(), "how": how},
        )  # fmt: skip
