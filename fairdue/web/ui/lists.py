"""What a reader has made of a list: the columns that they chose and the views that they and their team saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from fairdue.contexts.identity import facade as identity
from fairdue.contexts.identity.facade import ViewCard
from fairdue.web.ui.tables import Table

TRANSIENT = ("after", "export", "list", "view")
"""Parts of an address that belong to one look at a list, not to a view of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTools:
    """The tools of a list: views, the one now open, and which columns may be chosen."""

    views: tuple[ViewCard, ...]
    current: ViewCard | None
    query: str
    columns: list[tuple[str, str, bool]]
    """Name, label, whether it is shown."""


def prepare(table: Table, request: HttpRequest) -> ListTools | None:
    """Apply what the reader chose to a list and return its tools; a plain table has none.

    1. The columns of an open view win over the reader's own choice.
    2. A list that is read whole is sorted here.
    """
    user: Any = getattr(request, "user", None)
    if table.sorts_here:
        table.sort_by(request.GET.get("sort", ""))
    if not table.key or user is None or not user.is_authenticated:
        return None
    views = identity.views_of(staff_id=user.pk, team_id=user.team_id, list_name=table.key)
    current = next((view for view in views if str(view.view_id) == request.GET.get("view")), None)
    table.choose_columns(_chosen(user, table.key, current))
    shown = {column.name for column in table.shown}
    return ListTools(
        views=views, current=current, query=view_query(request),
        columns=[(each.name, each.label, each.name in shown) for each in table.offered if not each.is_fixed],
    )  # fmt: skip


def _chosen(user: Any, key: str, current: ViewCard | None) -> tuple[str, ...]:
    if current is not None and current.columns:
        return current.columns
    return tuple(user.preferences.get("columns", {}).get(key, ()))


def view_query(request: HttpRequest) -> str:
    """Return the part of the address that a view keeps: its filters and its sorting."""
    kept = request.GET.copy()
    for name in TRANSIENT:
        kept.pop(name, None)
    return "&".join(part for part in kept.urlencode().split("&") if part and not part.endswith("="))
