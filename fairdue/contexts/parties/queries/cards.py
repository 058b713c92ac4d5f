"""Masked cards of persons, contact points and consents; and values in clear for dispatch only."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from .. import sealing
from ..contracts import ConsentCard, ContactPointCard, PersonCard
from ..models import Consent, ContactPoint, Person

_PERSON_FIELDS = (
    "id", "name_masked", "id_masked", "home_zone", "locale", "preferred_channel", "is_deceased", "birth_date", "sex",
    "residence",
)  # fmt: skip


class PersonUnknown(LookupError):
    """There is no such person."""


class ContactPointUnknown(LookupError):
    """There is no such contact point."""


def person_cards(person_ids: Iterable[int]) -> dict[int, PersonCard]:
    """Return masked cards by person id in one query; ids that are unknown are left out."""
    rows = Person.objects.filter(id__in=list(person_ids)).values(*_PERSON_FIELDS)
    return {row["id"]: _person_card(row) for row in rows}


def _person_card(row: dict) -> PersonCard:  # type: ignore[type-arg]
    birth_date = row.pop("birth_date")
    year = birth_date.year if birth_date else None
    return PersonCard(person_id=row.pop("id"), birth_year=year, birth_date=birth_date, **row)


def person_card(person_id: int) -> PersonCard:
    """Return one person's masked card.

    :raises PersonUnknown: if there is no such person
    """
    try:
        return person_cards([person_id])[person_id]
    except KeyError:
        raise PersonUnknown(f"person {person_id} is not known") from None


def contact_points(person_id: int) -> tuple[ContactPointCard, ...]:
    """Return a person's contact points, masked, the ones in use and the debtor's own first."""
    rows = ContactPoint.objects.filter(person_id=person_id).order_by("-status", "owner", "rank", "id")
    return tuple(_contact_point_card(row) for row in rows.defer("value_sealed", "value_hash"))


def _contact_point_card(row: ContactPoint) -> ContactPointCard:
    return ContactPointCard(
        contact_point_id=row.pk,
        person_id=row.person_id,
        medium=row.medium,
        owner=row.owner,
        relation=row.relation,
        value_masked=row.value_masked,
        zone=row.zone,
        rank=row.rank,
        status=row.status,
        is_opted_out=row.is_opted_out,
        verified_at=row.verified_at,
        place=row.place,
        jurisdiction=row.jurisdiction,
    )


def latest_consents(person_id: int) -> tuple[ConsentCard, ...]:
    """Return what counts now: the latest statement per contact point and channel of each matter.

    `opt_in` and `opt_out` are one matter, so the later of them counts.
    """
    said = Consent.objects.filter(person_id=person_id).order_by("-occurred_at", "-id")
    return latest_of(_consent_card(row) for row in said)


def latest_of(cards: Iterable[ConsentCard]) -> tuple[ConsentCard, ...]:
    """Return the statements that count, of all that a person made, newest first."""
    latest: dict[tuple[int | None, str, str], ConsentCard] = {}
    for card in cards:
        matter = "opt" if card.kind in {"opt_in", "opt_out"} else card.kind
        latest.setdefault((card.contact_point_id, card.channel, matter), card)
    return tuple(latest.values())


def _consent_card(row: Consent) -> ConsentCard:
    return ConsentCard(
        consent_id=row.pk,
        contact_point_id=row.contact_point_id,
        channel=row.channel,
        kind=row.kind,
        detail=row.detail,
        source=row.source,
        occurred_at=row.occurred_at,
    )


def name_for_letter(person_id: int) -> str:
    """Return a person's name in clear, for the text of a permitted message only.

    :raises PersonUnknown: if there is no such person
    """
    sealed = Person.objects.filter(id=person_id).values_list("name_sealed", flat=True).first()
    if sealed is None:
        raise PersonUnknown(f"person {person_id} is not known")
    return settings.FIELD_KEYS.open(bytes(sealed), sealing.NAME_PURPOSE)


def open_contact_point(contact_point_id: int) -> str:
    """Return a contact point's value in clear, for the dispatch of a permitted message only.

    :raises ContactPointUnknown: if there is no such contact point
    """
    sealed = ContactPoint.objects.filter(id=contact_point_id).values_list("value_sealed", flat=True).first()
    if sealed is None:
        raise ContactPointUnknown(f"contact point {contact_point_id} is not known")
    return settings.FIELD_KEYS.open(bytes(sealed), sealing.CONTACT_PURPOSE)
