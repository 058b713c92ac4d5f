"""What the figures of a night read of the ledger: money that came in, latest due dates, first defaults by cohort."""

from __future__ import annotations

from datetime import date

DEFAULT_DAYS = 30
"""A first default is the first day on which a debt is more than so many days past due."""


def received_facts_sql(as_of: date) -> str:
    """Return the SELECT of money by account and day within 90 days: account_id, person_id, currency, effective_date, amount_minor.

    Payments that a reversal took back are left out; a chargeback is negative.
    """
    end = f"DATE '{as_of.isoformat()}'"
    return f"""
SELECT t.account_id, t.person_id, t.currency, t.effective_date,
       sum(CASE WHEN t.kind = 'payment' THEN t.amount_minor ELSE -t.amount_minor END)::bigint AS amount_minor
  FROM ledger_transaction t
 WHERE t.kind IN ('payment', 'chargeback') AND t.effective_date > {end} - 90 AND t.effective_date <= {end}
   AND NOT EXISTS (SELECT FROM ledger_transaction r WHERE r.reverses_id = t.id)
 GROUP BY 1, 2, 3, 4
"""


def due_dates_sql(as_of: date) -> str:
    """Return the SELECT of each person's latest due date within 90 days: person_id, latest_due_date."""
    end = f"DATE '{as_of.isoformat()}'"
    return f"""
SELECT person_id, max(due_date) AS latest_due_date FROM ledger_dueitem
 WHERE asked_minor > 0 AND due_date > {end} - 90 AND due_date <= {end} GROUP BY person_id
"""


def first_defaults_sql(as_of: date) -> str:
    """Return the SELECT of cohorts: creditor_id, product_id, currency, cohort, mob, accounts.

    1. A cohort is the month of disbursement (`YYYY-MM`); MOB 0 is that month.
    2. `mob` is the month in which an account was first more than 30 days past due, null if it never was; an item counts
       until the effective day that settled it.
    """
    end, days = f"DATE '{as_of.isoformat()}'", DEFAULT_DAYS + 1
    return f"""
SELECT a.creditor_id, a.product_id, a.currency, to_char(a.opened_date, 'YYYY-MM') AS cohort,
       ((extract(year FROM d.day) - extract(year FROM a.opened_date)) * 12
        + extract(month FROM d.day) - extract(month FROM a.opened_date))::int AS mob, count(*) AS accounts
  FROM book_account a
  LEFT JOIN (SELECT account_id, min(due_date) + {days} AS day FROM ledger_dueitem
              WHERE asked_minor > 0 AND due_date + {days} <= {end}
                AND (settled_date IS NULL OR settled_date >= due_date + {days})
              GROUP BY account_id) d ON d.account_id = a.id
 WHERE a.opened_date <= {end}
 GROUP BY 1, 2, 3, 4, 5
"""
