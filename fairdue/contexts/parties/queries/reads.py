"""Reads of one person for the gate, which sends them off together with those of other rooms."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings

from fairdue.storage.reads import Read

from .. import sealing
from ..contracts import ConsentCard, ContactPointCard, PersonCard
from .cards import PersonUnknown, latest_of
from .many import readings

_PERSON_SQL = """
SELECT json_build_array(id, name_masked, id_masked, home_zone, locale, preferred_channel, is_deceased, birth_date, sex,
                        residence)
FROM parties_person WHERE id = $1
"""
_POINTS_SQL = """
SELECT json_build_array(id, person_id, medium, owner, relation, value_masked, zone, rank, status, is_opted_out,
                        verified_at, place, jurisdiction)
FROM parties_contactpoint WHERE person_id = $1 ORDER BY status DESC, owner, rank, id
"""
_CONSENTS_SQL = """
SELECT json_build_array(id, contact_point_id, channel, kind, detail, source, occurred_at)
FROM parties_consent WHERE person_id = $1 ORDER BY occurred_at DESC, id DESC
"""


_PERSONS_SQL = _PERSON_SQL.replace("id = $1", "id = ANY($1::bigint[])")
_POINTS_OF_SQL = _POINTS_SQL.replace("person_id = $1", "person_id = ANY($1::bigint[])")
_POINTS_BY_HASH_SQL = """
SELECT json_build_array(id, person_id, medium, owner, relation, value_masked, zone, rank, status, is_opted_out,
                        verified_at, place, jurisdiction)
FROM parties_contactpoint WHERE value_hash IN ($1, $2, $3) ORDER BY person_id, status, id DESC
"""
_NOTHING_SQL = "SELECT json_build_array() WHERE false"
_CONSENTS_OF_SQL = """
SELECT json_build_array(person_id, id, contact_point_id, channel, kind, detail, source, occurred_at)
FROM parties_consent WHERE person_id = ANY($1::bigint[]) ORDER BY occurred_at DESC, id DESC
"""


def person_read(person_id: int) -> Read[PersonCard]:
    """Return the read of one person's masked card, as `person_card` returns it.

    :raises PersonUnknown: once it is read, if there is no such person
    """

    def build(rows: list[list[Any]]) -> PersonCard:
        if not rows:
            raise PersonUnknown(f"person {person_id} is not known")
        return _person(*rows[0])

    return Read(_PERSON_SQL, (person_id,), build)


def persons_read(person_ids: Iterable[int]) -> Read[dict[int, PersonCard]]:
    """Return the read of masked cards by person id, as `person_cards` returns them."""
    return Read(_PERSONS_SQL, (list(person_ids),), lambda rows: {row[0]: _person(*row) for row in rows})


def _person(
    person_id: int, name: str, id_masked: str, zone: str, locale: str, channel: str, is_deceased: bool, birth: str | None,
    sex: str, residence: str,
) -> PersonCard:  # fmt: skip
    birth_date = date.fromisoformat(birth) if birth else None
    return PersonCard(
        person_id=person_id, name_masked=name, id_masked=id_masked, home_zone=zone, locale=locale,
        preferred_channel=channel, is_deceased=is_deceased, birth_year=birth_date.year if birth_date else None, sex=sex,
        residence=residence, birth_date=birth_date,
    )  # fmt: skip


def contact_points_read(person_id: int) -> Read[tuple[ContactPointCard, ...]]:
    """Return the read of a person's contact points, as `contact_points` returns them."""
    return Read(_POINTS_SQL, (person_id,), lambda rows: tuple(_point(*row) for row in rows))


def contact_points_of_read(person_ids: Iterable[int]) -> Read[dict[int, tuple[ContactPointCard, ...]]]:
    """Return the read of the contact points of some persons, as `contact_points_of` returns them."""

    def build(rows: list[list[Any]]) -> dict[int, tuple[ContactPointCard, ...]]:
        found: dict[int, list[ContactPointCard]] = {}
        for row in rows:
            found.setdefault(row[1], []).append(_point(*row))
        return {person: tuple(points) for person, points in found.items()}

    return Read(_POINTS_OF_SQL, (list(person_ids),), build)


def contact_points_by_value_read(written: str) -> Read[dict[int, ContactPointCard]]:
    """Return the read of the contact point that each person has under a value, as `contact_points_by_value` finds it."""
    hashes = [
        settings.FIELD_KEYS.search_hash(value, sealing.CONTACT_PURPOSE) for value in sorted(readings(written))
    ]
    if not hashes:
        return Read(_NOTHING_SQL, (), lambda rows: {})
    asked = (*hashes, hashes[-1], hashes[-1])[:3]

    def build(rows: list[list[Any]]) -> dict[int, ContactPointCard]:
        return {row[1]: _point(*row) for row in rows}

    return Read(_POINTS_BY_HASH_SQL, asked, build)


def consents_of_read(person_ids: Iterable[int]) -> Read[dict[int, tuple[ConsentCard, ...]]]:
    """Return the read of everything that some persons ever said, as `consents_of` returns it."""

    def build(rows: list[list[Any]]) -> dict[int, tuple[ConsentCard, ...]]:
        found: dict[int, list[ConsentCard]] = {}
        for person_id, *said in rows:
            found.setdefault(person_id, []).append(_consent(*said))
        return {person: tuple(said) for person, said in found.items()}

    return Read(_CONSENTS_OF_SQL, (list(person_ids),), build)


def _point(
    point_id: int, person_id: int, medium: str, owner: str, relation: str, masked: str, zone: str, *state: Any
) -> ContactPointCard:
    rank, status, is_opted_out, verified_at, place, jurisdiction = state
    return ContactPointCard(
        contact_point_id=point_id, person_id=person_id, medium=medium, owner=owner, relation=relation,
        value_masked=masked, zone=zone, rank=rank, status=status, is_opted_out=is_opted_out,
        verified_at=datetime.fromisoformat(verified_at) if verified_at else None,
        place=place, jurisdiction=jurisdiction,
    )  # fmt: skip


def latest_consents_read(person_id: int) -> Read[tuple[ConsentCard, ...]]:
    """Return the read of what a person said about being contacted, as `latest_consents` returns it."""
    return Read(_CONSENTS_SQL, (person_id,), lambda rows: latest_of(_consent(*row) for row in rows))


def _consent(
    consent_id: int,
    point_id: int | None,
    channel: str,
    kind: str,
    detail: dict[str, Any],
    source: str,
    occurred_at: str,
) -> ConsentCard:
    return ConsentCard(
        consent_id=consent_id, contact_point_id=point_id, channel=channel, kind=kind, detail=detail,
        source=source, occurred_at=datetime.fromisoformat(occurred_at),
    )  # fmt: skip
