"""Record what a person says about being contacted, and what we learn about a contact point."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.kernel.actor import Actor

from ..models import Consent, ContactPoint, Person

KINDS = (
    "opt_in", "opt_out", "agreed_hours", "consented_hours", "direct_hours", "inconvenient_hours", "more_contacts",
    "inconvenient_place", "no_work", "objection", "plan_progress", "private_sender", "entry_agreed", "obtained",
)  # fmt: skip
"""Each with the detail that `contexts/law/statements.py` reads; `is_true: false` takes a plain one back."""
STATUSES = ("valid", "invalid")
"""What others say of a point; what its person says (`pending`, `removed`) stands in `own_points`."""


class ConsentRefused(ValueError):
    """The statement cannot be recorded as given; nothing was changed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def record_consent(
    *,
    person_id: int,
    kind: str,
    channel: str,
    contact_point_id: int | None,
    source: str,
    detail: dict[str, Any] | None,
    actor: Actor,
    occurred_at: datetime,
    now: datetime,
) -> int:
    """Record a statement of the person and return its id; nothing of what was said before is changed.

    1. Without a channel it counts for all channels, without a contact point for all points.
    2. An `opt_out` or `opt_in` on a point shows on the point at once, if no later statement stands.

    :raises ConsentRefused: if the kind, the person or the contact point is unknown
    """
    if kind not in KINDS:
        raise ConsentRefused("parties.consent.kind_unknown", f"{kind!r} is none of {', '.join(KINDS)}")
    if occurred_at > now:
        raise ConsentRefused("parties.consent.in_the_future", "a statement cannot lie in the future")
    with transaction.atomic():
        _lock(person_id)
        point = _point(person_id, contact_point_id)
        consent = Consent.objects.create(
            person_id=person_id,
            contact_point=point,
            channel=channel,
            kind=kind,
            detail=detail or {},
            source=source,
            occurred_at=occurred_at,
            recorded_at=now,
        )
        if point is not None:
            _keep_in_step(point)
        audit.record(
            code="parties.consent.recorded",
            actor=actor,
            subject_type="consent",
            subject_id=consent.pk,
            person_id=person_id,
            now=now,
            after={"kind": kind, "channel": channel, "contact_point_id": contact_point_id, "source": source},
        )
    return consent.pk


def _lock(person_id: int) -> None:
    if not Person.objects.select_for_update(no_key=True).filter(id=person_id).values_list("id", flat=True):
        raise ConsentRefused("parties.person.unknown", f"person {person_id} is not known")


def _point(person_id: int, contact_point_id: int | None) -> ContactPoint | None:
    if contact_point_id is None:
        return None
    point = ContactPoint.objects.select_for_update().filter(id=contact_point_id, person_id=person_id).first()
    if point is None:
        raise ConsentRefused(
            "parties.contact_point.unknown", f"contact point {contact_point_id} is not known"
        )
    return point


def _keep_in_step(point: ContactPoint) -> None:
    """Show on the point what the latest opt-in or opt-out over all its channels says."""
    said = Consent.objects.filter(contact_point=point, kind__in=["opt_in", "opt_out"])
    latest = said.order_by("-occurred_at", "-id").values_list("kind", flat=True).first()
    if latest is not None:
        ContactPoint.objects.filter(id=point.pk).update(is_opted_out=latest == "opt_out")


def mark_contact_point(
    *, contact_point_id: int, status: str, reason: str, actor: Actor, now: datetime
) -> None:
    """Take a contact point out of use (`invalid`), or back into it (`valid`); repeating changes nothing.

    1. One that its person took off stays `removed`.

    :raises ConsentRefused: if the point or the status is unknown, or one that was taken off is to be used again
    """
    if status not in STATUSES:
        raise ConsentRefused(
            "parties.contact_point.status_unknown", f"{status!r} is none of {', '.join(STATUSES)}"
        )
    with transaction.atomic():
        point = ContactPoint.objects.select_for_update().filter(id=contact_point_id).first()
        if point is None:
            raise ConsentRefused(
                "parties.contact_point.unknown", f"contact point {contact_point_id} is not known"
            )
        if point.status == "removed" and status == "valid":
            raise ConsentRefused(
                "parties.contact_point.removed", "its person took it off: only they bring it back"
            )
        if point.status in (status, "removed"):
            return
        before, point.status = point.status, status
        point.save(update_fields=["status"])
        audit.record(
            code="parties.contact_point.marked",
            actor=actor,
            subject_type="contact_point",
            subject_id=contact_point_id,
            person_id=point.person_id,
            now=now,
            reason=reason,
            before={"status": before},
            after={"status": status},
        )
