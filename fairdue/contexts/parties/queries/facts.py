"""SELECTs that leave by ADBC for the night: no personal value in clear, nor sealed."""

from __future__ import annotations

from ..models import ContactPoint, Person


def has_places() -> bool:
    """Tell whether any person or contact point names a jurisdiction."""
    return (
        Person.objects.exclude(residence="").exists()
        or ContactPoint.objects.exclude(jurisdiction="").exists()
    )


PERSON_FACTS_SQL = """
SELECT id AS person_id, home_zone, locale, preferred_channel, is_deceased, birth_date, sex, residence
FROM parties_person
"""

CONTACT_POINT_FACTS_SQL = """
SELECT id AS contact_point_id, person_id, medium, owner, relation, zone, rank, status, is_opted_out,
       verified_at IS NOT NULL AS is_verified, place, jurisdiction
FROM parties_contactpoint
"""

CONSENT_FACTS_SQL = """
SELECT DISTINCT ON (person_id, contact_point_id, channel, kind)
       id AS consent_id, person_id, contact_point_id, channel, kind, detail::text AS detail, occurred_at
FROM parties_consent
ORDER BY person_id, contact_point_id, channel, kind, occurred_at DESC, id DESC
"""
"""The latest statement per person, point, channel and kind; `opt_in` and `opt_out` answer each other."""
