"""Find persons by a personal value, through its keyed hash; nothing is decrypted."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q

from fairdue.engine.intake.identifiers import judge_email, judge_phone
from fairdue.engine.intake.schema import PARTIES
from fairdue.kernel.actor import Actor

from .. import sealing
from ..models import ContactPoint, Person

LIMIT = 50


def search(*, text: str, actor: Actor) -> tuple[int, ...]:
    """Return ids of persons whose phone, ID number, e-mail or full name is the text, at most 50.

    The caller narrows them to the actor's creditors with `book.facade.visible_persons`.

    :raises PermissionRefused: if the actor may not search
    """
    actor.require("parties.search")
    text = text.strip()
    if not text:
        return ()
    by_person = Q(name_hash=_hash(sealing.normal_name(text), sealing.NAME_PURPOSE)) | Q(
        id_hash__in=_id_hashes(text)
    )
    found = set(Person.objects.filter(by_person).order_by("id").values_list("id", flat=True)[:LIMIT])
    hashes = [_hash(value, sealing.CONTACT_PURPOSE) for value in _contact_values(text)]
    if hashes:
        points = ContactPoint.objects.filter(value_hash__in=hashes).order_by("person_id")
        found.update(points.values_list("person_id", flat=True)[:LIMIT])
    return tuple(sorted(found)[:LIMIT])


def persons_named(name: str, *, among: Iterable[int] | None = None, limit: int = 500) -> tuple[int, ...]:
    """Return ids of persons whose full name is this one, by its keyed hash, all or among some."""
    if not name.strip():
        return ()
    rows = Person.objects.filter(name_hash=_hash(sealing.normal_name(name), sealing.NAME_PURPOSE))
    rows = rows if among is None else rows.filter(id__in=list(among))
    return tuple(rows.order_by("id").values_list("id", flat=True)[:limit])


def _hash(value: str, purpose: str) -> bytes:
    return settings.FIELD_KEYS.search_hash(value, purpose)


def _id_hashes(text: str) -> list[bytes]:
    kinds = PARTIES.column("id_type").choices
    return [_hash(sealing.normal_id_number(kind, text), sealing.ID_PURPOSE) for kind in kinds]


def _contact_values(text: str) -> set[str]:
    answers = (judge_phone(text, mobile=True), judge_phone(text, mobile=False), judge_email(text))
    return {value for value, _ in answers if value is not None}
