"""Show one personal value to one person for a stated reason, and write down that it was shown."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.kernel.actor import Actor

from .. import sealing
from ..contracts import RevealField
from ..models import ContactPoint, Person


class RevealRefused(ValueError):
    """The value cannot be revealed as asked; nothing was shown."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def reveal(
    *,
    person_id: int,
    field: RevealField,
    reason: str,
    actor: Actor,
    now: datetime,
    contact_point_id: int | None = None,
) -> str:
    """Return one personal value in clear and record who saw it, of whom, and why.

    The audit record names the field, never the value.

    :raises PermissionRefused: if the actor may not reveal
    :raises RevealRefused: without a reason, or if there is no such value
    """
    actor.require("parties.reveal")
    if field == "id_number":
        actor.require("parties.reveal_id_number")
    if not reason.strip():
        raise RevealRefused("parties.reveal.reason_missing", "say why the value is needed")
    with transaction.atomic():
        value = _open(person_id, field, contact_point_id)
        audit.record(
            code="parties.person.revealed",
            actor=actor,
            subject_type="person" if contact_point_id is None else "contact_point",
            subject_id=person_id if contact_point_id is None else contact_point_id,
            person_id=person_id,
            now=now,
            reason=reason.strip(),
            after={"field": field},
        )
    return value


def _open(person_id: int, field: RevealField, contact_point_id: int | None) -> str:
    if field == "contact":
        if contact_point_id is None:
            raise RevealRefused("parties.reveal.nothing_there", "say which contact point")
        points = ContactPoint.objects.filter(id=contact_point_id, person_id=person_id)
        sealed, purpose = points.values_list("value_sealed", flat=True).first(), sealing.CONTACT_PURPOSE
    elif field in {"name", "id_number"}:
        column, purpose = {
            "name": ("name_sealed", sealing.NAME_PURPOSE),
            "id_number": ("id_sealed", sealing.ID_PURPOSE),
        }[field]
        sealed = Person.objects.filter(id=person_id).values_list(column, flat=True).first()
    else:
        raise RevealRefused("parties.reveal.field_unknown", f"there is no field {field!r}")
    if sealed is None:
        raise RevealRefused("parties.reveal.nothing_there", "there is no such value")
    return settings.FIELD_KEYS.open(bytes(sealed), purpose)
