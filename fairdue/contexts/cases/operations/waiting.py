"""Who waits for capacity: written anew by each night, read by the next."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from django.db import connection, transaction

from fairdue.storage.bulk import copy_in, read_columns

REMEMBERED = timedelta(days=30)
"""Who was left out longer ago than this begins anew."""

SCHEMA = {"person_id": pl.Int64, "nights": pl.Int64}


def waiting_before(cycle_date: date) -> pl.DataFrame:
    """Return who was left out for want of capacity before a night, person_id and nights, by person."""
    return read_columns(
        "SELECT person_id, nights FROM cases_capacitywait WHERE latest_date < %s AND latest_date >= %s ORDER BY person_id",
        SCHEMA,
        [cycle_date, cycle_date - REMEMBERED],
    )


@transaction.atomic
def land_waiting(left_out: pl.DataFrame, contacted: pl.DataFrame, *, cycle_date: date) -> int:
    """Write down who waits after a night, and return how many.

    1. `left_out` has one more night each; who was contacted waits no longer (frames with `person_id`).
    2. The same night again counts nobody twice.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE cases_capacitywait IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(
            "CREATE TEMPORARY TABLE cases_waiting (person_id bigint NOT NULL, is_left_out boolean) ON COMMIT DROP"
        )
        copy_in(_marked(left_out, True), "cases_waiting")
        copy_in(_marked(contacted, False), "cases_waiting")
        cursor.execute("ANALYZE cases_waiting")
        cursor.execute(
            "DELETE FROM cases_capacitywait w WHERE latest_date < %s OR EXISTS ("
            "SELECT 1 FROM cases_waiting n WHERE n.person_id = w.person_id AND NOT n.is_left_out)",
            [cycle_date - REMEMBERED],
        )
        cursor.execute(_MORE, [cycle_date])
        cursor.execute("DROP TABLE cases_waiting")
        cursor.execute("SELECT count(*) FROM cases_capacitywait")
        return int(cursor.fetchone()[0])


_MORE = """
INSERT INTO cases_capacitywait AS w (person_id, nights, latest_date)
SELECT person_id, 1, %s FROM cases_waiting WHERE is_left_out
ON CONFLICT (person_id) DO UPDATE
   SET nights = least(w.nights + 1, 1000), latest_date = excluded.latest_date
 WHERE w.latest_date < excluded.latest_date
"""


def _marked(frame: pl.DataFrame, is_left_out: bool) -> pl.DataFrame:
    return frame.select(pl.col("person_id").cast(pl.Int64), pl.lit(is_left_out).alias("is_left_out"))
