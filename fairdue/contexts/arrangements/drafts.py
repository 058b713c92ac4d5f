"""Answers that a person has given so far: kept on the server, sealed, for that person alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from fairdue.contexts.arrangements.models import SituationDraft
from fairdue.contexts.arrangements.sealing import DRAFT_PURPOSE, open_json, seal_json

DRAFT_DAYS = 7
"""Answers that nobody went on with for so long are forgotten."""
DRAFT_LIMIT = 8_000
"""Characters that the answers of one person hold at most."""


class AnswersTooLong(ValueError):
    """The answers are longer than `DRAFT_LIMIT`; those kept before stay."""


@transaction.atomic
def save_answers(*, person_id: int, answers: Mapping[str, Any], now: datetime) -> None:
    """This function will keep what a person has answered so far, in place of what was kept before.

    1. Old answers of anybody go at the same time, a few at once: nobody is asked to tidy up.

    :raises AnswersTooLong: if the answers together exceed `DRAFT_LIMIT` characters
    """
    if len(repr(answers)) > DRAFT_LIMIT:
        raise AnswersTooLong
    old = SituationDraft.objects.filter(saved_at__lt=now - timedelta(days=DRAFT_DAYS))
    SituationDraft.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:20])).delete()
    sealed = seal_json(answers, DRAFT_PURPOSE)
    SituationDraft.objects.update_or_create(
        person_id=person_id, defaults={"answers_sealed": sealed, "saved_at": now}
    )


def answers_of(*, person_id: int, now: datetime) -> dict[str, Any]:
    """Return what a person has answered so far; nothing if it is too long ago."""
    since = now - timedelta(days=DRAFT_DAYS)
    row = SituationDraft.objects.filter(person_id=person_id, saved_at__gte=since).first()
    return open_json(row.answers_sealed, DRAFT_PURPOSE) if row else {}


def clear_answers(*, person_id: int) -> None:
    """This function will forget a person's answers, because they were agreed on or the person wants it."""
    SituationDraft.objects.filter(person_id=person_id).delete()
