"""Reads about many persons at once, for work that goes through a period or a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.conf import settings

from fairdue.engine.intake.identifiers import judge_email, judge_phone

from .. import sealing
from ..contracts import ConsentCard, ContactPointCard
from ..models import Consent, ContactPoint
from .cards import _consent_card, _contact_point_card


def contact_points_of(person_ids: Iterable[int]) -> dict[int, tuple[ContactPointCard, ...]]:
    """Return the contact points of some persons, masked, in the order in which `contact_points` gives them."""
    rows = ContactPoint.objects.filter(person_id__in=list(person_ids))
    found: dict[int, list[ContactPointCard]] = {}
    for row in rows.order_by("person_id", "-status", "owner", "rank", "id").defer(
        "value_sealed", "value_hash"
    ):
        found.setdefault(row.person_id, []).append(_contact_point_card(row))
    return {person: tuple(points) for person, points in found.items()}


def consents_of(person_ids: Iterable[int]) -> dict[int, tuple[ConsentCard, ...]]:
    """Return everything that some persons ever said about being contacted, newest first."""
    found: dict[int, list[ConsentCard]] = {}
    for row in Consent.objects.filter(person_id__in=list(person_ids)).order_by("-occurred_at", "-id"):
        found.setdefault(row.person_id, []).append(_consent_card(row))
    return {person: tuple(said) for person, said in found.items()}


def contact_points_by_value(
    values: Iterable[tuple[int, str]],
) -> Mapping[tuple[int, str], ContactPointCard]:
    """Return the contact points of persons by their value as somebody wrote it: a phone number or an e-mail address.

    Values go through their keyed hash; nothing is decrypted. What is unknown of a person is left out.
    """
    hashes: dict[tuple[int, bytes], tuple[int, str]] = {}
    for person_id, written in values:
        for value in readings(written):
            digest = settings.FIELD_KEYS.search_hash(value, sealing.CONTACT_PURPOSE)
            hashes[person_id, digest] = (person_id, written)
    persons, digests = {key[0] for key in hashes}, {key[1] for key in hashes}
    rows = ContactPoint.objects.filter(person_id__in=persons, value_hash__in=digests).defer("value_sealed")
    return {
        hashes[row.person_id, bytes(row.value_hash)]: _contact_point_card(row)
        for row in rows.order_by("person_id", "status", "-id")
        if (row.person_id, bytes(row.value_hash)) in hashes
    }


def readings(written: str) -> set[str]:
    """Return the values that a written number or address may stand for, three at most."""
    text = written.strip()
    answers = (judge_phone(text, mobile=True), judge_phone(text, mobile=False), judge_email(text))
    return {value for value, _ in answers if value is not None}
