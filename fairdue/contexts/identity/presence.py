"""Who looks at which record now: a borrower must not be contacted by two people at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from fairdue.contexts.identity.models import Presence

PRESENT_SECONDS = 60
"""Who has not been heard of for so long has gone; pages are heard of every twenty seconds."""
DOINGS = ("viewing", "writing", "calling")


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentCard:
    """One colleague who has the record open."""

    staff_id: int
    name: str
    doing: str
    since_at: datetime


@transaction.atomic
def note_presence(*, subject: str, staff_id: int, doing: str = "viewing", now: datetime) -> None:
    """This function will note that somebody has a record open; the first time after a break counts as coming."""
    gone = now - timedelta(seconds=PRESENT_SECONDS)
    Presence.objects.filter(subject=subject, seen_at__lt=gone).delete()
    row, is_new = Presence.objects.get_or_create(
        subject=subject, staff_id=staff_id, defaults={"since_at": now, "seen_at": now, "doing": _known(doing)}
    )
    if not is_new:
        Presence.objects.filter(pk=row.pk).update(seen_at=now, doing=_known(doing))


def _known(doing: str) -> str:
    return doing if doing in DOINGS else DOINGS[0]


def leave(*, subject: str, staff_id: int) -> None:
    """This function will note that somebody has left a record."""
    Presence.objects.filter(subject=subject, staff_id=staff_id).delete()


def others_present(*, subject: str, staff_id: int, now: datetime) -> tuple[PresentCard, ...]:
    """Return the colleagues who have the record open now, whoever came first first."""
    since = now - timedelta(seconds=PRESENT_SECONDS)
    rows = Presence.objects.filter(subject=subject, seen_at__gte=since).exclude(staff_id=staff_id)
    return tuple(
        PresentCard(
            staff_id=row.staff_id, name=row.staff.get_full_name(), doing=row.doing, since_at=row.since_at
        )
        for row in rows.select_related("staff").order_by("since_at", "id")
    )
