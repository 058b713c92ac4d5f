"""Offers to take an internal change back: made once, taken once, by whoever made the change."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from fairdue.contexts.identity.models import UndoOffer

KEPT_DAYS = 1


class UndoRefused(ValueError):
    """The change cannot be taken back here; nothing was changed. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoCard:
    """An offer: which kind of change, its facts in numbers, and until when it may be taken back."""

    token: str
    kind: str
    facts: Mapping[str, Any]
    expires_at: datetime


@transaction.atomic
def offer_undo(
    *, staff_id: int, kind: str, facts: Mapping[str, Any], seconds: int, now: datetime
) -> UndoCard:
    """This function will note that somebody may take a change back within so many seconds."""
    UndoOffer.objects.filter(expires_at__lt=now - timedelta(days=KEPT_DAYS)).delete()
    row = UndoOffer.objects.create(
        token=uuid.uuid4(), staff_id=staff_id, kind=kind, facts=dict(facts), offered_at=now,
        expires_at=now + timedelta(seconds=seconds),
    )  # fmt: skip
    return _card(row)


def take_offer(*, staff_id: int, token: str, now: datetime) -> UndoCard:
    """This function will mark an offer as taken and return it; call it inside the transaction of the way back.

    1. Two requests at once: one takes it, the other is refused.

    :raises UndoRefused: `undo.unknown`, `undo.taken` or `undo.expired`
    """
    try:
        wanted = uuid.UUID(token)
    except ValueError:
        raise UndoRefused("undo.unknown") from None
    row = UndoOffer.objects.select_for_update().filter(token=wanted, staff_id=staff_id).first()
    if row is None:
        raise UndoRefused("undo.unknown")
    if row.taken_at is not None:
        raise UndoRefused("undo.taken")
    if now > row.expires_at:
        raise UndoRefused("undo.expired")
    row.taken_at = now
    row.save(update_fields=["taken_at"])
    return _card(row)


def _card(row: UndoOffer) -> UndoCard:
    return UndoCard(token=str(row.token), kind=row.kind, facts=row.facts, expires_at=row.expires_at)
