"""The queue: what to work on, in order, page by page; the same number of queries for each page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import F, QuerySet

from fairdue.contexts.cases.contracts import QueueCard, QueuePage, QueueRow, WorkItemCard
from fairdue.contexts.cases.errors import CaseRefused
from fairdue.contexts.cases.models import WorkItem
from fairdue.contexts.cases.policies import scope_filter, scope_sql
from fairdue.contexts.cases.queries.cards import open_promises, work_item_card
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.parties import facade as parties
from fairdue.engine.ledger.ageing import buckets
from fairdue.kernel.actor import Actor
from fairdue.storage.keyset import CursorInvalid, SortKey, known_sort, sorted_page

COUNT_CAP = 1000
"""Above it a count says "1,000+": counting a million rows helps nobody and costs a page."""


SORTS = {
    "bucket": SortKey("days_past_due", int), "overdue": SortKey("overdue_minor", int),
    "not_before": SortKey("not_before", datetime.fromisoformat),
}  # fmt: skip
"""What a reader may sort the queue by instead of its rank."""


class QueueCursorInvalid(CaseRefused):
    """The cursor is not one that a queue page gave out."""

    code = "cases.queue.cursor"


class BucketUnknown(CaseRefused):
    """There is no such bucket of days past due."""

    code = "cases.queue.bucket"


def open_items(actor: Actor, queue: str | None, mine: bool, bucket: str | None = None) -> QuerySet[WorkItem]:
    """Return the open work of open cases in the actor's scope.

    :raises BucketUnknown: if there is no such bucket
    """
    items = WorkItem.objects.filter(scope_filter(actor, "case__"), status="open", case__status="open")
    if queue is not None:
        items = items.filter(queue=queue)
    if mine:
        items = items.filter(case__assigned_to_id=actor.id)
    return items if bucket is None else _in_bucket(items, bucket)


def _in_bucket(items: QuerySet[WorkItem], bucket: str) -> QuerySet[WorkItem]:
    days = buckets().get(bucket)
    if days is None:
        raise BucketUnknown(f"there is no bucket {bucket!r}; known: {', '.join(buckets())}")
    first, final = days
    items = items.filter(days_past_due__gte=first) if first else items
    return items if final is None else items.filter(days_past_due__lte=final)


def items_after(items: QuerySet[WorkItem], rank: int, item_id: int) -> QuerySet[WorkItem]:
    """Leave what is worked after an item; written so that the index on (rank, id) is entered at the item."""
    return items.filter(rank__gte=rank).exclude(rank=rank, id__lte=item_id)


def _parse(cursor: str) -> tuple[int, int]:
    try:
        rank, item_id = (int(part) for part in cursor.split("."))
    except ValueError as error:
        raise QueueCursorInvalid("the page marker is not valid; open the queue again") from error
    return rank, item_id


def capped(items: QuerySet[WorkItem]) -> tuple[int, bool]:
    """Return how many there are, and whether there are more than the cap.

    In the queue's order, so that the index of open items is read and not the nights before.
    """
    count = items.order_by("rank", "id")[: COUNT_CAP + 1].count()
    return min(count, COUNT_CAP), count > COUNT_CAP


def queue(
    *,
    actor: Actor,
    queue: str | None = None,
    mine: bool = False,
    bucket: str | None = None,
    sort: str = "",
    after: str | None = None,
    limit: int = 50,
) -> QueuePage:
    """Return one page of open work items in the actor's scope.

    1. Order: smaller rank first, then the older item, or by one of `SORTS` (`-overdue`: downwards); pages
       continue by key, so no row is seen twice or skipped when others finish items meanwhile.
    2. Six queries at most, however many rows.
    3. `bucket` such as `M1` leaves the items whose days past due lie in it, as the rows show it.

    :raises QueueCursorInvalid: if `after` is not a cursor of an earlier page
    :raises BucketUnknown: if there is no such bucket
    """
    actor.require("cases.view")
    every = open_items(actor, queue, mine, bucket)
    named = every.annotate(assignee_id=F("case__assigned_to_id"))
    page, cursor = _page(named, known_sort(SORTS, sort), after, limit)
    count, count_is_capped = capped(every)
    return QueuePage(rows=_rows(page), next_cursor=cursor, count=count, count_is_capped=count_is_capped)


def _page(
    items: QuerySet[WorkItem], sort: str, after: str | None, limit: int
) -> tuple[list[WorkItem], str | None]:
    if sort:
        try:
            return sorted_page(items, SORTS, sort=sort, after=after, limit=limit)
        except CursorInvalid as error:
            raise QueueCursorInvalid(str(error)) from error
    ahead = items_after(items, *_parse(after)) if after else items
    found = list(ahead.order_by("rank", "id")[: limit + 1])
    page = found[:limit]
    return page, f"{page[-1].rank}.{page[-1].pk}" if len(found) > limit else None


def _rows(items: Sequence[WorkItem]) -> tuple[QueueRow, ...]:
    if not items:
        return ()
    persons = parties.person_cards([item.person_id for item in items])
    assignees = {item.assignee_id for item in items if item.assignee_id}  # type: ignore[attr-defined]
    names = identity.staff_names(assignees) if assignees else {}
    promises = open_promises({item.case_id for item in items})
    return tuple(_row(work_item_card(item), item.assignee_id, persons, names, promises) for item in items)  # type: ignore[attr-defined]


def _row(card: WorkItemCard, assignee_id: int | None, persons: dict, names: dict, promises: dict) -> QueueRow:  # type: ignore[type-arg]
    person = persons.get(card.person_id)
    return QueueRow(
        work_item_id=card.work_item_id,
        case_id=card.case_id,
        person_id=card.person_id,
        name_masked=person.name_masked if person else "",
        kind=card.kind,
        queue=card.queue,
        rank=card.rank,
        reason=card.reason,
        days_past_due=card.days_past_due,
        bucket=card.bucket,
        overdue=card.overdue,
        not_before=card.not_before,
        assigned_to_id=assignee_id,
        assigned_to=names.get(assignee_id, ""),
        promise=promises.get(card.case_id),
    )


_QUEUES = """
WITH RECURSIVE codes AS (
  (SELECT queue FROM cases_workitem WHERE status = 'open' ORDER BY queue LIMIT 1)
  UNION ALL
  SELECT (SELECT queue FROM cases_workitem
           WHERE status = 'open' AND queue > codes.queue ORDER BY queue LIMIT 1)
    FROM codes WHERE codes.queue IS NOT NULL
)
SELECT codes.queue, (
         SELECT count(*) FROM (
           SELECT 1 FROM cases_workitem AS w
             JOIN cases_case AS c ON c.id = w.case_id
            WHERE w.status = 'open' AND w.queue = codes.queue AND c.status = 'open' AND {scope}
            LIMIT {limit}) AS seen)
  FROM codes WHERE codes.queue IS NOT NULL
"""


def queues(actor: Actor) -> tuple[QueueCard, ...]:
    """Return the queues in which the actor can see something, by code, with capped counts, in one query."""
    actor.require("cases.view")
    scope, parameters = scope_sql(actor, "c")
    with connection.cursor() as cursor:
        cursor.execute(_QUEUES.format(scope=scope, limit=COUNT_CAP + 1), parameters)
        found = cursor.fetchall()
    return tuple(
        QueueCard(code=code, count=min(count, COUNT_CAP), count_is_capped=count > COUNT_CAP)
        for code, count in found
        if count
    )
