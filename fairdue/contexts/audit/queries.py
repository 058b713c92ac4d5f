"""Reading the audit record: the events of a subject, a person or an actor."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fairdue.contexts.audit.contracts import EventCard, StateBefore
from fairdue.contexts.audit.models import Block, Event
from fairdue.storage.reads import Read


def events(
    *,
    subject_type: str | None = None,
    subject_id: int | str | None = None,
    person_id: int | None = None,
    code: str | None = None,
    actor_id: int | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> tuple[EventCard, ...]:
    """Return the newest events that match every given argument, newest first.

    `code` ending with a dot matches every code below it. `before_id` continues a page.
    """
    rows = Event.objects.order_by("-id")
    if code is not None:
        rows = rows.filter(code__startswith=code) if code.endswith(".") else rows.filter(code=code)
    wanted = {
        "subject_type": subject_type,
        "subject_id": None if subject_id is None else str(subject_id),
        "person_id": person_id,
        "actor_id": actor_id,
        "id__lt": before_id,
    }
    rows = rows.filter(**{column: value for column, value in wanted.items() if value is not None})
    return tuple(_card(event) for event in rows.defer("digest")[:limit])


def latest_sealed_at() -> datetime | None:
    """Return when the newest block was sealed."""
    return Block.objects.order_by("-number").values_list("sealed_at", flat=True).first()


_BEFORE_SQL = """
SELECT json_build_array(person_id, occurred_at, subject_id, "before")
FROM audit_event WHERE person_id = ANY($1::bigint[]) AND code = $2 ORDER BY id
"""


def states_before_read(person_ids: Iterable[int], code: str) -> Read[tuple[StateBefore, ...]]:
    """Return the read of what stood before every event of one code about some persons, oldest first."""

    def build(rows: list[list[Any]]) -> tuple[StateBefore, ...]:
        return tuple(
            StateBefore(person_id, datetime.fromisoformat(at), subject_id, before or {})
            for person_id, at, subject_id, before in rows
        )

    return Read(_BEFORE_SQL, (list(person_ids), code), build)


def _card(event: Event) -> EventCard:
    return EventCard(
        event_id=event.pk,
        occurred_at=event.occurred_at,
        code=event.code,
        actor_kind=event.actor_kind,
        actor_id=event.actor_id,
        actor_label=event.actor_label,
        gesture=event.gesture,
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        person_id=event.person_id,
        reason=event.reason,
        before=event.before,
        after=event.after,
    )
