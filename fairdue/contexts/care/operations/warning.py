"""Write down who was told that an answer is due soon or late, and that its day was moved: each once for each last day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from fairdue.kernel.actor import Actor

from ..models import Entry, Matter
from ..queries.pressing import EXTENDED, WARNED
from .noting import note


def note_warned(
    *, matter_id: int, what: str, due_date: date, told: Mapping[str, list[int]], actor: Actor, now: datetime
) -> bool:
    """This function will note that staff were told of a `near` or `late` end; false if it was noted already."""
    return _once(
        matter_id, WARNED, {"what": what, "due": due_date.isoformat(), **told}, actor, now, is_shared=False
    )


def note_extended(*, matter_id: int, due_date: date, actor: Actor, now: datetime) -> bool:
    """This function will note that the person is told of a new last day; false if it was noted already."""
    return _once(matter_id, EXTENDED, {"due": due_date.isoformat()}, actor, now, is_shared=True)


def _once(
    matter_id: int, kind: str, facts: dict[str, object], actor: Actor, now: datetime, *, is_shared: bool
) -> bool:
    with transaction.atomic():
        row = Matter.objects.select_for_update().get(pk=matter_id)
        about = {f"facts__{name}": facts[name] for name in ("what", "due") if name in facts}
        if Entry.objects.filter(matter=row, kind=kind, **about).exists():
            return False
        note(row, kind, actor=actor, now=now, is_shared=is_shared, facts=facts)
    return True
