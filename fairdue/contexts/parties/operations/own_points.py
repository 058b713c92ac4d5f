"""A person's own word about how they are reached: a new telephone or mailbox, shown to be theirs, or taken off for good.

A point given here is `pending` until a code that arrived there was typed; one that was taken off is `removed`, and no file
and no member of staff brings it back: only the person does, by giving it again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.engine.intake.identifiers import judge_email, judge_phone
from fairdue.kernel.actor import Actor, system
from fairdue.kernel.masking import mask_contact

from .. import sealing
from ..contracts import ContactPointCard
from ..models import ContactPoint, Person
from ..queries.cards import _contact_point_card

OWN_MEDIA = ("mobile", "email")
MOST_OWN = 8
"""Own telephones and mailboxes in use or waiting for their code."""
RECYCLED_AFTER = timedelta(days=90)
"""A number that nobody showed to be theirs for so long may have been given to somebody else (house rule)."""


class ContactPointRefused(ValueError):
    """It cannot be done so; nothing was changed, `code` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def give_contact_point(*, person_id: int, written: str, actor: Actor, now: datetime) -> ContactPointCard:
    """This function will note a mobile number or mailbox that a person gives as theirs; it is used only once shown so.

    1. One that they gave before, or took off, is the same row, waiting again.
    2. At most `MOST_OWN` at once.

    :raises ContactPointRefused: if it cannot be read, is in use already, is somebody else's, or is one too many
    """
    medium, value = _read(written)
    ring = settings.FIELD_KEYS
    digest = ring.search_hash(value, sealing.CONTACT_PURPOSE)
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person_id)
        row = ContactPoint.objects.filter(person_id=person_id, medium=medium, value_hash=digest).first()
        _require_free(row, person_id)
        if row is None:
            row = ContactPoint(
                person_id=person_id, medium=medium, value_sealed=ring.seal(value, sealing.CONTACT_PURPOSE),
                value_masked=mask_contact(medium, value)[:120], value_hash=digest, source="portal", recorded_at=now,
            )  # fmt: skip
        before, row.status, row.verified_at = row.status if row.pk else "pending", "pending", None
        row.save()
        _note(row, "given by its person", actor, now, before)
    return _contact_point_card(row)


def _read(written: str) -> tuple[str, str]:
    text = written.strip()
    value, _why = judge_email(text) if "@" in text else judge_phone(text, mobile=True)
    if value is None:
        raise ContactPointRefused("parties.contact_point.unreadable", "no mobile number and no mailbox")
    return ("email" if "@" in text else "mobile"), value


def _require_free(row: ContactPoint | None, person_id: int) -> None:
    if row is not None and row.owner != "debtor":
        raise ContactPointRefused("parties.contact_point.of_another", "it is kept as somebody else's")
    if row is not None and row.status == "valid":
        raise ContactPointRefused("parties.contact_point.in_use", "it is in use already")
    own = ContactPoint.objects.filter(
        person_id=person_id, owner="debtor", status__in=("valid", "pending"), medium__in=OWN_MEDIA
    )
    if own.exclude(pk=row.pk if row else 0).count() >= MOST_OWN:
        raise ContactPointRefused("parties.contact_point.too_many", f"{MOST_OWN} are enough")


def take_into_use(*, contact_point_id: int, person_id: int, actor: Actor, now: datetime) -> None:
    """This function will put a given point into use, because a code that arrived there was typed.

    1. Other persons' points of the same value that nobody showed to be theirs within `RECYCLED_AFTER` go out of use: the
       number has a new holder, who must not read of their debts. Those shown since then are shared, as in a family.

    :raises ContactPointRefused: if it is not waiting any more
    """
    with transaction.atomic():
        row = _locked(contact_point_id, person_id)
        if row.status != "pending":
            raise ContactPointRefused("parties.contact_point.not_waiting", f"it is {row.status}")
        row.status, row.verified_at = "valid", now
        row.save(update_fields=["status", "verified_at"])
        _note(row, "its person typed the code", actor, now, "pending")
        elsewhere = ContactPoint.objects.select_for_update().filter(
            value_hash=row.value_hash, owner="debtor", status="valid"
        )
        for other in elsewhere.exclude(person_id=person_id).order_by("id"):
            if other.verified_at is None or now - other.verified_at > RECYCLED_AFTER:
                other.status = "invalid"
                other.save(update_fields=["status"])
                _note(other, "somebody else showed it to be theirs", system("new holder"), now, "valid")


def remove_contact_point(*, contact_point_id: int, person_id: int, actor: Actor, now: datetime) -> None:
    """This function will take a point of the person's own out of use for good; one that still waits may always go.

    :raises ContactPointRefused: if it is not theirs, or the only one in use: then nobody could let them in again
    """
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person_id)
        row = _locked(contact_point_id, person_id)
        before = row.status
        if before == "removed":
            return
        others = ContactPoint.objects.filter(
            person_id=person_id, owner="debtor", status="valid", medium__in=OWN_MEDIA
        ).exclude(pk=row.pk)
        if before == "valid" and not others.exists():
            raise ContactPointRefused("parties.contact_point.only_one", "it is the only one in use")
        row.status = "removed"
        row.save(update_fields=["status"])
        _note(row, "taken off by its person", actor, now, before)


def _locked(contact_point_id: int, person_id: int) -> ContactPoint:
    own = ContactPoint.objects.select_for_update().filter(
        person_id=person_id, owner="debtor", medium__in=OWN_MEDIA
    )
    row = own.filter(pk=contact_point_id).first()
    if row is None:
        raise ContactPointRefused(
            "parties.contact_point.unknown", f"{contact_point_id} is no point of theirs"
        )
    return row


def _note(row: ContactPoint, reason: str, actor: Actor, now: datetime, before: str) -> None:
    """Record a change under the code by which a replay finds how a point stood on a day."""
    audit.record(
        code="parties.contact_point.marked", actor=actor, subject_type="contact_point", subject_id=row.pk, reason=reason,
        person_id=row.person_id, now=now, before={"status": before}, after={"status": row.status, "medium": row.medium},
    )  # fmt: skip
