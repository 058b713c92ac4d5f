"""Open a case: at most one open case a person, whoever asks first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

_ENSURE = """
INSERT INTO cases_case (person_id, creditor_ids, opened_at)
VALUES (%s, %s::bigint[], %s)
ON CONFLICT (person_id) WHERE status = 'open' DO UPDATE
   SET creditor_ids = ARRAY(SELECT DISTINCT unnest(cases_case.creditor_ids || excluded.creditor_ids)
                             ORDER BY 1)
RETURNING id
"""


@transaction.atomic
def ensure_case(*, person_id: int, creditor_ids: Iterable[int], now: datetime) -> int:
    """Return the id of the person's open case, opening it if there is none.

    1. Two callers at once get the same case: the partial unique index decides.
    2. Creditors are added to an open case, never taken away.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ENSURE, [person_id, sorted(set(creditor_ids)), now])
        return cursor.fetchone()[0]
