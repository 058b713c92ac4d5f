"""What the figures of a night read of the ledger: money that came in, latest due dates, first defaults."""

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
    """Return the SELECT of accounts that were ever more than 30 days past due: account_id, person_id, first_default_date.

    The first day on which an item had been unpaid for 31 days; an item counts until the effective day that settled it.
    """
    end, days = f"DATE '{as_of.isoformat()}'", DEFAULT_DAYS + 1
    return f"""
SELECT account_id, person_id, min(due_date) + {days} AS first_default_date FROM ledger_dueitem
 WHERE asked_minor > 0 AND due_date + {days} <= {end} AND (settled_date IS NULL OR settled_date >= due_date + {days})
 GROUP BY account_id, person_id
"""
