"""Pages of a sorted list that continue by key: no row is seen twice or skipped while others change the list.

SORTS = {"overdue": SortKey("overdue_minor", int), "not_before": SortKey("not_before", datetime.fromisoformat)}
rows, cursor = sorted_page(items, SORTS, sort="-overdue", after=after, limit=50)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import F, Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


class CursorInvalid(ValueError):
    """The marker of a page is none that this order gave out."""


@dataclass(frozen=True, slots=True)
class SortKey:
    """What a list may be sorted by; `read` turns the text of a marker back into a value.

    The value stands in the marker and the marker in an address: never sort by personal data.
    """

    field: str
    read: Callable[[str], Any]


def known_sort(sorts: Mapping[str, SortKey], asked: str) -> str:
    """Return the order that an address asks for, `-name` downwards, or nothing if the list has no such order."""
    return asked if asked.removeprefix("-") in sorts else ""


def sorted_page(
    rows: QuerySet[Row], sorts: Mapping[str, SortKey], *, sort: str, after: str | None, limit: int
) -> tuple[list[Row], str | None]:
    """Return one page in the asked order and the marker of the next one, None on the latest page.

    1. Rows of the same value follow each other by id; rows without a value stand last, upwards and downwards.
    2. A row whose value changes while somebody turns pages is found again by its new value.

    :raises CursorInvalid: if `after` is no marker of this order
    """
    key, is_down = sorts[sort.removeprefix("-")], sort.startswith("-")
    order = F(key.field).desc(nulls_last=True) if is_down else F(key.field).asc(nulls_last=True)
    ahead = rows.filter(_ahead(key, is_down, after)) if after else rows
    found = list(ahead.order_by(order, "pk")[: limit + 1])
    page = found[:limit]
    return page, _marker(page[-1], key) if len(found) > limit else None


def _marker(row: Any, key: SortKey) -> str:
    value = getattr(row, key.field)
    text = value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
    return f"{text}~{row.pk}"


def _ahead(key: SortKey, is_down: bool, after: str) -> Q:
    text, _sign, number = after.rpartition("~")
    try:
        value, pk = (key.read(text) if text else None), int(number)
    except ValueError as error:
        raise CursorInvalid(f"{after!r} marks no page of this order") from error
    empty = Q(**{f"{key.field}__isnull": True})
    if value is None:
        return empty & Q(pk__gt=pk)
    further = Q(**{f"{key.field}__{'lt' if is_down else 'gt'}": value})
    return further | Q(**{key.field: value}, pk__gt=pk) | empty
