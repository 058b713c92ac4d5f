"""Who may be meant by somebody who names a telephone or mailbox: through keyed hashes, one number opened at a time."""

from __future__ import annotations

from django.conf import settings

from .. import sealing
from ..contracts import ContactPointCard
from ..models import ContactPoint, Person
from .cards import _contact_point_card
from .many import readings

AT_ONE_POINT = 20
"""Persons looked at behind one telephone or mailbox; a family shares one, a call centre is nobody's own."""


def own_points_by_value(written: str) -> tuple[ContactPointCard, ...]:
    """Return the contact points in use that persons have as their own under a value as somebody typed it."""
    hashes = [settings.FIELD_KEYS.search_hash(value, sealing.CONTACT_PURPOSE) for value in readings(written)]
    rows = ContactPoint.objects.filter(value_hash__in=hashes, owner="debtor", status="valid")
    rows = rows.filter(medium__in=("mobile", "email"), person__is_deceased=False)
    return tuple(_contact_point_card(row) for row in rows.order_by("person_id", "id")[:AT_ONE_POINT])


def with_id_ending(person_ids: list[int], ending: str) -> frozenset[int]:
    """Return those of a few persons whose identity document's number ends so."""
    wanted = ending.strip().upper()
    rows = Person.objects.filter(id__in=person_ids, id_sealed__isnull=False).values_list("id", "id_sealed")
    opened = (
        (key, settings.FIELD_KEYS.open(bytes(sealed or b""), sealing.ID_PURPOSE)) for key, sealed in rows
    )
    return frozenset(key for key, number in opened if wanted and number.upper().endswith(wanted))
