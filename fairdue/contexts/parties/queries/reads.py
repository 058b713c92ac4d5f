"""Reads of one person for the gate, which sends them off together with those of other rooms."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from fairdue.storage.reads import Read

from ..contracts import ConsentCard, ContactPointCard, PersonCard
from .cards import PersonUnknown, latest_of

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


def person_read(person_id: int) -> Read[PersonCard]:
    """Return the read of one person's masked card, as `person_card` returns it.

    :raises PersonUnknown: once it is read, if there is no such person
    """

    def build(rows: list[list[Any]]) -> PersonCard:
        if not rows:
            raise PersonUnknown(f"person {person_id} is not known")
        known, name, id_masked, zone, locale, channel, is_deceased, birth_date, sex, residence = rows[0]
        return PersonCard(
            person_id=known, name_masked=name, id_masked=id_masked, home_zone=zone, locale=locale,
            preferred_channel=channel, is_deceased=is_deceased, birth_year=date.fromisoformat(birth_date).year if birth_date else None,
            sex=sex, residence=residence, birth_date=date.fromisoformat(birth_date) if birth_date else None,
        )  # fmt: skip

    return Read(_PERSON_SQL, (person_id,), build)


def contact_points_read(person_id: int) -> Read[tuple[ContactPointCard, ...]]:
    """Return the read of a person's contact points, as `contact_points` returns them."""
    return Read(_POINTS_SQL, (person_id,), lambda rows: tuple(_point(*row) for row in rows))


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
