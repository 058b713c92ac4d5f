"""Seal every personal value of every room again under the newest key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.audit import facade as audit
from fairdue.contexts.care import facade as care
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.payments import facade as payments
from fairdue.kernel.actor import Actor
from fairdue.storage import resealing

SEALED_COLUMNS = (
    *identity.SEALED_COLUMNS,
    *parties.SEALED_COLUMNS,
    *payments.SEALED_COLUMNS,
    *outreach.SEALED_COLUMNS,
    *arrangements.SEALED_COLUMNS,
    *care.SEALED_COLUMNS,
)
"""Every column whose values are sealed and may be sealed again; what history keeps stays as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resealed:
    """How many values of each `table.column` were sealed again, under which key."""

    key_id: int
    counts: dict[str, int]


def pending_reseals() -> int:
    """Return how many values an older key than the newest has sealed."""
    return resealing.pending(SEALED_COLUMNS)


def reseal(*, actor: Actor, now: datetime, progress: Callable[[int], None] | None = None) -> Resealed:
    """This function will seal every value that an older key sealed again under the newest key.

    1. Stopped half-way, a second run goes on where the first stopped.
    2. Versions of the past and events of providers keep their seals: old keys stay in the ring as long as history
       is kept.

    :raises PermissionRefused: if the actor may not manage keys
    """
    actor.require("keys.rotate")
    newest = settings.FIELD_KEYS.newest
    counts = resealing.reseal(SEALED_COLUMNS, progress=progress)
    with transaction.atomic():
        audit.record(
            code="keys.rotated",
            actor=actor,
            subject_type="key",
            subject_id=newest,
            now=now,
            after={"key_id": newest, "counts": counts},
        )
    return Resealed(key_id=newest, counts=counts)
