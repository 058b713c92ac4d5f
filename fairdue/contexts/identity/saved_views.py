"""Lists as somebody wants to find them again: their own views and those of their team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from fairdue.contexts.identity.models import SavedView, Staff

VIEW_LIMIT = 30
"""So many views of one list may one person keep."""
NAME_LENGTH, QUERY_LENGTH = 60, 400


class ViewRefused(ValueError):
    """The view cannot be saved or removed; nothing was changed. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewCard:
    """One saved view."""

    view_id: int
    name: str
    query: str
    columns: tuple[str, ...]
    is_own: bool
    is_shared: bool
    owner_name: str


@transaction.atomic
def save_view(
    *,
    staff_id: int,
    list_name: str,
    name: str,
    query: str,
    columns: Sequence[str],
    is_shared: bool,
    now: datetime,
) -> ViewCard:
    """This function will keep a view under a name; the same name of the same person is replaced.

    1. Shared means: the whole team of its owner sees it; only the owner changes or removes it.

    :raises ViewRefused: `view.name` without a name, `view.long` if the filters are too long, `view.many`
    """
    name = name.strip()[:NAME_LENGTH]
    if not name:
        raise ViewRefused("view.name")
    if len(query) > QUERY_LENGTH:
        raise ViewRefused("view.long")
    owner = Staff.objects.select_for_update().get(pk=staff_id)
    mine = SavedView.objects.filter(owner=owner, list_name=list_name)
    if not mine.filter(name=name).exists() and mine.count() >= VIEW_LIMIT:
        raise ViewRefused("view.many")
    row, _is_new = SavedView.objects.update_or_create(
        owner=owner, list_name=list_name, name=name,
        defaults={
            "query": query, "columns": list(columns), "saved_at": now, "team_id": owner.team_id if is_shared else None,
        },
    )  # fmt: skip
    return _card(row, staff_id)


@transaction.atomic
def delete_view(*, staff_id: int, view_id: int) -> ViewCard:
    """This function will remove one's own view.

    :raises ViewRefused: `view.unknown` if there is none of this person's under that number
    """
    row = SavedView.objects.select_for_update(of=("self",)).filter(pk=view_id, owner_id=staff_id).first()
    if row is None:
        raise ViewRefused("view.unknown")
    card = _card(row, staff_id)
    row.delete()
    return card


def views_of(*, staff_id: int, team_id: int | None, list_name: str) -> tuple[ViewCard, ...]:
    """Return the views of a list that somebody may open: their own, then those shared in their team."""
    mine = Q(owner_id=staff_id) | (Q(team_id=team_id) if team_id is not None else Q(pk__in=[]))
    rows = SavedView.objects.filter(mine, list_name=list_name).select_related("owner").order_by("name", "id")
    cards = [_card(row, staff_id) for row in rows]
    return tuple(sorted(cards, key=lambda card: not card.is_own))


def _card(row: SavedView, staff_id: int) -> ViewCard:
    return ViewCard(
        view_id=row.pk, name=row.name, query=row.query, columns=tuple(row.columns), is_own=row.owner_id == staff_id,
        is_shared=row.team_id is not None, owner_name=row.owner.get_full_name(),
    )  # fmt: skip
