"""What each row of a strategy did in a period: persons, contacts, money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import connection

from fairdue.contexts.decisions.contracts_life import RowFigures
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger

PAID_WITHIN_DAYS = 7
"""The day of the decision and the six after it."""

_FIGURES = f"""
WITH fired AS MATERIALIZED (
  SELECT unnest(string_to_array(decision.rows_fired, ',')) AS row_id, decision.person_id, cycle.cycle_date,
         decision.overdue_minor
    FROM decisions_decision AS decision
    JOIN decisions_cycle AS cycle ON cycle.id = decision.cycle_id
    JOIN decisions_strategyversion AS version ON version.id = coalesce(decision.strategy_id, cycle.strategy_id)
   WHERE version.code = %(code)s AND cycle.cycle_date BETWEEN %(since)s AND %(until)s
), hits AS (
  SELECT row_id, count(*) AS hits, count(DISTINCT person_id) AS persons FROM fired GROUP BY row_id
), overdue AS (
  SELECT row_id, sum(overdue_minor)::bigint AS overdue_minor
    FROM (SELECT DISTINCT ON (row_id, person_id) row_id, overdue_minor
            FROM fired ORDER BY row_id, person_id, cycle_date) AS first_time
   GROUP BY row_id
), contacts AS (
  SELECT row_id, count(DISTINCT contact.contact_id) AS contacts
    FROM fired JOIN ({law.MADE_CONTACTS_SQL}) AS contact
      ON contact.person_id = fired.person_id AND contact.business_date = fired.cycle_date
   WHERE contact.business_date BETWEEN %(since)s AND %(until)s
   GROUP BY row_id
), paid AS (
  SELECT row_id, sum(amount_minor)::bigint AS paid_minor
    FROM (SELECT DISTINCT row_id, payment.transaction_id, payment.amount_minor
            FROM fired JOIN ({ledger.PERSON_PAYMENTS_SQL}) AS payment
              ON payment.person_id = fired.person_id
             AND payment.effective_date BETWEEN fired.cycle_date AND fired.cycle_date + {PAID_WITHIN_DAYS - 1}
           WHERE payment.effective_date BETWEEN %(since)s AND %(until)s::date + {PAID_WITHIN_DAYS - 1}) AS once
   GROUP BY row_id
)
SELECT row_id, hits, persons, coalesce(contacts, 0), overdue_minor, coalesce(paid_minor, 0)
  FROM hits JOIN overdue USING (row_id) LEFT JOIN contacts USING (row_id) LEFT JOIN paid USING (row_id)
 WHERE row_id <> ''
"""


def row_figures(code: str, since: date, until: date) -> Mapping[str, RowFigures]:
    """Return the figures of every row of a strategy that fired on a night from `since` to `until`, by row id.

    Ids are the same in every version, so the figures of a row go on from one version to the next. Rows of every table
    of the graph are counted, those of experiments' arms too.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"code": code, "since": since, "until": until})
        return {
            row_id: RowFigures(
                row_id=row_id,
                hits=hits,
                persons=persons,
                contacts=contacts,
                overdue_minor=overdue,
                paid_minor=paid,
            )
            for row_id, hits, persons, contacts, overdue, paid in cursor.fetchall()
        }
