"""What the ledger does because of a matter is noted on it: what is in dispute, what correction is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from fairdue.kernel.actor import Actor

from ..scope import locked
from .noting import note


def note_disputed(*, matter_id: int, parts: Sequence[dict[str, int]], actor: Actor, now: datetime) -> None:
    """This function will note what the ledger leaves out: `account_id`, `transaction_id` and `amount_minor` each."""
    with transaction.atomic():
        row = locked(matter_id, actor)
        row.disputed = [*row.disputed, *parts]
        row.save(update_fields=["disputed"])
        note(row, "held_in_ledger", actor=actor, now=now, facts={"parts": list(parts)})


def note_released(*, matter_id: int, actor: Actor, now: datetime) -> tuple[dict[str, int], ...]:
    """This function will clear what the ledger left out and return it; who releases it calls the ledger."""
    with transaction.atomic():
        row = locked(matter_id, actor)
        parts, row.disputed = tuple(row.disputed), []
        if parts:
            row.save(update_fields=["disputed"])
            note(row, "released_in_ledger", actor=actor, now=now, facts={"parts": list(parts)})
    return parts


def note_correction(*, matter_id: int, request_id: int, actor: Actor, now: datetime) -> None:
    """This function will note the request for a correction that a second person decides on."""
    with transaction.atomic():
        row = locked(matter_id, actor)
        row.correction_request_id = request_id
        row.save(update_fields=["correction_request_id"])
        note(row, "correction_asked", actor=actor, now=now, facts={"request": request_id})
