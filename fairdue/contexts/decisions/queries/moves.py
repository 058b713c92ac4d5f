"""Who moved from which row to which between the last two nights: what the map of stages counts on its arrows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import connection

from fairdue.contexts.decisions.models import Cycle, Decision

MOST_PERSONS = 1_000_000
"""Beyond so many the nights are not joined while a page waits: only where persons stand tonight is counted."""

_MOVES = """
    select coalesce(split_part(a.rows_fired, ',', 1), ''), split_part(b.rows_fired, ',', 1), count(*)
    from {table} b left join {table} a on a.person_id = b.person_id and a.cycle_id = %s
    where b.cycle_id = %s group by 1, 2
"""
_STANDS = """
    select split_part(rows_fired, ',', 1), split_part(rows_fired, ',', 1), count(*)
    from {table} where cycle_id = %s group by 1, 2
"""


def row_moves(code: str) -> tuple[date | None, Mapping[tuple[str, str], int]]:
    """Return the date of the latest finished night of a strategy, and persons by the row before and the row now.

    The row before is empty for who was not decided the night before. In a night of more than `MOST_PERSONS` both are
    the row of tonight.
    """
    nights = Cycle.objects.filter(status="finished", strategy__code=code, creditor_id=None).order_by(
        "-cycle_date"
    )[:2]
    found = list(nights)
    if not found:
        return None, {}
    table = Decision._meta.db_table
    is_large = (
        len(found) < 2 or Decision.objects.filter(cycle=found[0])[MOST_PERSONS : MOST_PERSONS + 1].exists()
    )
    query, arguments = (_STANDS, [found[0].pk]) if is_large else (_MOVES, [found[1].pk, found[0].pk])
    with connection.cursor() as cursor:
        cursor.execute(query.format(table=table), arguments)
        rows = cursor.fetchall()
    return found[0].cycle_date, {(before, now): count for before, now, count in rows}
