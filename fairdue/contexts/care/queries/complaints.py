"""When people complained, for who weighs whether loudness pays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from fairdue.contexts.care.models import Matter
from fairdue.kernel.actor import Actor


def complaint_instants(person_ids: Iterable[int], *, actor: Actor) -> dict[int, tuple[datetime, ...]]:
    """Return when each of some people complained, the earliest first; whoever never did is left out.

    :raises PermissionRefused: without `audit.view`
    """
    actor.require("audit.view")
    found: dict[int, list[datetime]] = defaultdict(list)
    rows = Matter.objects.filter(person_id__in=set(person_ids), kind="complaint").order_by("opened_at")
    for person_id, opened_at in rows.values_list("person_id", "opened_at"):
        found[person_id].append(opened_at)
    return {person_id: tuple(instants) for person_id, instants in found.items()}
