"""What an erasure asks of persons: since when they are known, and that nobody adds to them meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

from ..models import Person

RECORDED_SQL = "SELECT id AS person_id, recorded_at AS at FROM parties_person"
"""Since when each person is known here."""


def lock_persons(person_ids: Iterable[int]) -> None:
    """Lock persons, in order, until the transaction ends: who adds a hold, an account or a consent waits."""
    list(Person.objects.select_for_update().filter(id__in=set(person_ids)).order_by("id").values_list("id"))
