"""What the ledger does because of a matter is noted on it: what is in dispute, what correction is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from fairdue.kernel.actor import Actor

from ..contracts import DisputedPart, MatterCard
from ..models import Matter
from ..queries.cards import cards_of, parts_in
from ..scope import locked
from .noting import note


def note_disputed(*, matter_id: int, parts: Sequence[DisputedPart], actor: Actor, now: datetime) -> None:
    """This function will note what the ledger leaves out while it is checked."""
    with transaction.atomic():
        row = locked(matter_id, actor)
        row.disputed = [*row.disputed, *map(_as_json, parts)]
        row.save(update_fields=["disputed"])
        note(row, "held_in_ledger", actor=actor, now=now, facts={"parts": [_as_json(part) for part in parts]})


def note_released(*, matter_id: int, actor: Actor, now: datetime) -> tuple[DisputedPart, ...]:
    """This function will clear what the ledger left out and return it; who calls it takes the events back."""
    with transaction.atomic():
        row = locked(matter_id, actor)
        parts, row.disputed = parts_in(row.disputed), []
        if parts:
            row.save(update_fields=["disputed"])
            note(
                row,
                "released_in_ledger",
                actor=actor,
                now=now,
                facts={"parts": [_as_json(part) for part in parts]},
            )
    return parts


def note_corrections(*, matter_id: int, request_ids: Sequence[int], actor: Actor, now: datetime) -> None:
    """This function will note the corrections that were asked for, on which a second person decides."""
    with transaction.atomic():
        row = locked(matter_id, actor)
        row.correction_request_ids = [*row.correction_request_ids, *request_ids]
        row.save(update_fields=["correction_request_ids"])
        note(row, "correction_asked", actor=actor, now=now, facts={"requests": list(request_ids)})


def with_corrections(now: datetime) -> tuple[MatterCard, ...]:
    """Return the answered matters of which the ledger leaves something out still, in order."""
    rows = Matter.objects.exclude(disputed=[]).filter(state__in=["answered", "closed"]).order_by("id")
    return cards_of(rows, now)


def _as_json(part: DisputedPart) -> dict[str, int | str]:
    return {
        "account_id": part.account_id, "transaction_id": part.transaction_id, "component": part.component,
        "amount_minor": part.amount.minor, "currency": part.amount.currency,
    }  # fmt: skip
