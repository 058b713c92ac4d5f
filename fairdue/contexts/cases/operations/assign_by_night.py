"""Give the night's cases to collectors: as sets, with the reason of each change."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
from django.db import connection, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.kernel.actor import Actor
from fairdue.storage.bulk import copy_in, read_columns

FACTS_SCHEMA = {
    "person_id": pl.Int64,
    "holder_id": pl.Int64,
    "because": pl.String,
    "promise_to_id": pl.Int64,
    "spoke_id": pl.Int64,
    "team_id": pl.Int64,
}

_FACTS = """
SELECT c.person_id, c.assigned_to_id, c.assigned_because,
       (SELECT p.recorded_by_id FROM cases_promisetopay p WHERE p.case_id = c.id AND p.status = 'open'),
       (SELECT o.recorded_by_id FROM cases_outcome o
         WHERE o.case_id = c.id AND o.code = ANY(%s) AND o.recorded_by_id IS NOT NULL
         ORDER BY o.id DESC LIMIT 1), c.team_id
  FROM cases_case c WHERE c.status = 'open' ORDER BY c.person_id
"""


def assignment_facts() -> pl.DataFrame:
    """Return of every open case who has it, who took its open promise, and who spoke with the debtor latest, and its team."""
    from fairdue.contexts.cases.reference import outcome_codes

    spoken = [code.code for code in outcome_codes() if code.is_right_party]
    return read_columns(_FACTS, FACTS_SCHEMA, [spoken])


_STAGE = """
CREATE TEMPORARY TABLE cases_giving (
  person_id bigint NOT NULL, staff_id bigint, team_id bigint, reason varchar(20) NOT NULL
) ON COMMIT DROP
"""

_HISTORY = """
INSERT INTO cases_caseassignment (case_id, cycle_date, staff_id, before_staff_id, reason, recorded_at)
SELECT c.id, %s, g.staff_id, c.assigned_to_id, g.reason, %s
  FROM cases_giving g JOIN cases_case c ON c.person_id = g.person_id AND c.status = 'open'
 WHERE c.assigned_to_id IS DISTINCT FROM g.staff_id
 ORDER BY c.id
ON CONFLICT (case_id, cycle_date) DO NOTHING
"""

_GIVE = """
UPDATE cases_case c
   SET assigned_to_id = g.staff_id, assigned_because = g.reason, team_id = coalesce(g.team_id, c.team_id)
  FROM cases_giving g
 WHERE c.person_id = g.person_id AND c.status = 'open'
   AND (c.assigned_to_id IS DISTINCT FROM g.staff_id OR c.assigned_because <> g.reason)
"""


@transaction.atomic
def land_assignments(frame: pl.DataFrame, *, cycle_date: date, actor: Actor, now: datetime) -> int:
    """Give the open cases of persons to collectors and return how many changed hands.

    Columns: person_id, staff_id (null: to nobody), team_id of the collector, reason.

    1. A case that stays where it is keeps its history; only a change is a line of it.
    2. A case that goes to nobody stays with its team, whose next free collector opens it.
    3. The same night again changes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cases.landing'))")
        cursor.execute("DROP TABLE IF EXISTS cases_giving")
        cursor.execute(_STAGE)
        copy_in(frame.select("person_id", "staff_id", "team_id", "reason"), "cases_giving")
        cursor.execute("ANALYZE cases_giving")
        cursor.execute(_HISTORY, [cycle_date, now])
        changed = cursor.rowcount
        cursor.execute(_GIVE)
        cursor.execute("DROP TABLE cases_giving")
    if changed:
        audit.record(
            code="cases.night.assigned", actor=actor, subject_type="cycle", subject_id=cycle_date.isoformat(),
            now=now, after={"cases": frame.height, "changed": changed},
        )  # fmt: skip
    return changed
