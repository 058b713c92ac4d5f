"""How the open cases are distributed: what nobody has, and what each collector has."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from fairdue.contexts.cases.contracts import CollectorLoad, Workload
from fairdue.contexts.cases.policies import scope_sql
from fairdue.contexts.cases.queries.queue import COUNT_CAP
from fairdue.kernel.actor import Actor

OTHERS = 0
"""No member of staff has this id: the row of those who were not asked for."""
_WORKLOAD = """
SELECT staff.id, (
         SELECT count(*) FROM (
           SELECT 1 FROM cases_case AS c
            WHERE c.status = 'open' AND c.assigned_to_id = staff.id AND {scope}
            LIMIT {limit}) AS seen)
  FROM unnest(%s::bigint[]) AS staff(id)
UNION ALL
SELECT NULL, (
         SELECT count(*) FROM (
           SELECT 1 FROM cases_case AS c
            WHERE c.status = 'open' AND c.assigned_to_id IS NULL AND {scope}
            LIMIT {limit}) AS seen)
UNION ALL
SELECT 0, (
         SELECT count(*) FROM (
           SELECT 1 FROM cases_case AS c
            WHERE c.status = 'open' AND c.assigned_to_id <> ALL(%s::bigint[]) AND {scope}
            LIMIT {limit}) AS seen)
"""


def workload(*, actor: Actor, staff_ids: Iterable[int]) -> Workload:
    """Return the open cases in the actor's scope by who has them, in one query, each count up to the cap.

    The staff asked for come back in the order given, also who has no case.
    """
    actor.require("cases.assign")
    ids = list(dict.fromkeys(staff_ids))
    scope, parameters = scope_sql(actor, "c")
    with connection.cursor() as cursor:
        cursor.execute(
            _WORKLOAD.format(scope=scope, limit=COUNT_CAP + 1),
            [*parameters, ids, *parameters, ids, *parameters],
        )
        counts = dict(cursor.fetchall())
    return Workload(
        unassigned_count=min(counts[None], COUNT_CAP),
        unassigned_count_is_capped=counts[None] > COUNT_CAP,
        others_count=min(counts[OTHERS], COUNT_CAP),
        others_count_is_capped=counts[OTHERS] > COUNT_CAP,
        collectors=tuple(_load(staff_id, counts[staff_id]) for staff_id in ids),
    )


def _load(staff_id: int, count: int) -> CollectorLoad:
    return CollectorLoad(
        staff_id=staff_id, case_count=min(count, COUNT_CAP), case_count_is_capped=count > COUNT_CAP
    )
