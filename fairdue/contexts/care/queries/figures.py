"""What an auditor asks: how long answers took, how many were upheld, by kind and cause."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import connection

from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import HOUSE_ZONE

from ..contracts import MatterFigures
from ..reference import kind_terms

_SQL = """
SELECT m.kind, m.cause, count(*),
       count(*) FILTER (WHERE m.answered_at IS NOT NULL),
       count(*) FILTER (WHERE d.due_at IS NOT NULL AND coalesce(m.answered_at, m.closed_at, %(now)s) >= d.due_at),
       count(*) FILTER (WHERE m.kind || '/' || m.outcome = ANY (%(upheld)s)),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM m.answered_at - m.opened_at))
         FILTER (WHERE m.answered_at IS NOT NULL),
       max(extract(epoch FROM m.answered_at - m.opened_at))
FROM care_matter m LEFT JOIN law_deadline d ON d.id = m.deadline_id
WHERE m.opened_at >= %(start)s AND m.opened_at < %(end)s AND m.state <> 'withdrawn'
  AND (%(creditors)s::bigint[] IS NULL OR m.creditor_ids && %(creditors)s::bigint[])
GROUP BY m.kind, m.cause ORDER BY m.kind, m.cause
"""


def matter_figures(
    *, from_date: date, to_date: date, actor: Actor, now: datetime
) -> tuple[MatterFigures, ...]:
    """Return, by kind and cause, what was opened on some days and what became of it; withdrawn ones are left out.

    1. Days are those of the house; both ends count. 2. Times run from receipt to the answer, whoever approved it.

    :raises PermissionRefused: without `care.view`
    """
    actor.require("care.view")
    upheld = [f"{terms.code}/{code}" for terms in kind_terms().values() for code in sorted(terms.upheld)]
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL,
            {
                "start": datetime.combine(from_date, time.min, HOUSE_ZONE),
                "end": datetime.combine(to_date + timedelta(days=1), time.min, HOUSE_ZONE),
                "now": now, "upheld": upheld,
                "creditors": None if actor.creditor_ids is None else sorted(actor.creditor_ids),
            },
        )  # fmt: skip
        return tuple(
            MatterFigures(
                kind=kind, cause=cause, opened_count=opened, answered_count=answered, late_count=late,
                upheld_count=upheld_count, median_days=_days(median), slowest_days=_days(slowest),
            )
            for kind, cause, opened, answered, late, upheld_count, median, slowest in cursor.fetchall()
        )  # fmt: skip


def _days(seconds: float | None) -> float | None:
    return None if seconds is None else round(float(seconds) / 86_400, 1)
