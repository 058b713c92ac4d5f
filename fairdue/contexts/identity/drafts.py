"""Texts that somebody has begun to write: kept on the server, sealed, for their writer alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from fairdue.contexts.identity.models import Draft
from fairdue.storage.resealing import SealedColumn

DRAFT_PURPOSE = "identity.draft"
DRAFT_DAYS = 14
"""A draft that nobody touched for so long is deleted when its writer saves the next one."""
DRAFT_LIMIT = 20_000
"""The characters that a draft holds at most, over all fields."""

SEALED_COLUMNS = (SealedColumn("identity_draft", "body_sealed", DRAFT_PURPOSE),)


class DraftTooLong(ValueError):
    """The draft is longer than `DRAFT_LIMIT`; the one kept before stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCard:
    """What was written, field by field, and when it was kept."""

    key: str
    fields: Mapping[str, str]
    saved_at: datetime


@transaction.atomic
def save_draft(*, staff_id: int, key: str, fields: Mapping[str, str], now: datetime) -> DraftCard | None:
    """This function will keep what somebody has written so far in one form, in place of what was kept before.

    1. A draft without any text is no draft: the kept one goes.
    2. Drafts of the same writer older than `DRAFT_DAYS` go too.

    :raises DraftTooLong: if the fields together exceed `DRAFT_LIMIT` characters
    """
    said = {name: text for name, text in fields.items() if text.strip()}
    if sum(map(len, said.values())) > DRAFT_LIMIT:
        raise DraftTooLong(f"a draft holds at most {DRAFT_LIMIT} characters")
    Draft.objects.filter(staff_id=staff_id, saved_at__lt=now - timedelta(days=DRAFT_DAYS)).delete()
    if not said:
        clear_draft(staff_id=staff_id, key=key)
        return None
    sealed = settings.FIELD_KEYS.seal(json.dumps(said, ensure_ascii=False), DRAFT_PURPOSE)
    Draft.objects.update_or_create(
        staff_id=staff_id, key=key, defaults={"body_sealed": sealed, "saved_at": now}
    )
    return DraftCard(key=key, fields=said, saved_at=now)


def clear_draft(*, staff_id: int, key: str) -> None:
    """This function will forget a draft, because its text was saved for good or thrown away."""
    Draft.objects.filter(staff_id=staff_id, key=key).delete()


def draft_of(*, staff_id: int, key: str, now: datetime) -> DraftCard | None:
    """Return what this person has begun to write there, or None."""
    kept = Draft.objects.filter(staff_id=staff_id, key=key, saved_at__gte=now - timedelta(days=DRAFT_DAYS))
    row = kept.first()
    if row is None:
        return None
    fields = json.loads(settings.FIELD_KEYS.open(bytes(row.body_sealed), DRAFT_PURPOSE))
    return DraftCard(key=key, fields=fields, saved_at=row.saved_at)
