"""The ledger's columns for the night: one row an account, read by ADBC."""

from __future__ import annotations

from datetime import date

from fairdue.contexts.ledger.codes import LENT_SQL, STATEMENT

STATE_FACTS_SQL = """
SELECT s.account_id, s.person_id, s.creditor_id, s.currency,
       s.balance_minor - coalesce(d.ahead_minor, 0) AS balance_minor,
       s.credit_balance_minor + coalesce(h.waiting_minor, 0) AS credit_balance_minor,
       CASE WHEN s.pauses IS NULL THEN s.oldest_unpaid_due_date ELSE s.oldest_unpaid_due_date + (
         SELECT coalesce(sum(greatest(least((pause ->> 1)::date, DATE '{as_of}')
                                      - greatest((pause ->> 0)::date, s.oldest_unpaid_due_date - q.before), 0)), 0)::int
           FROM jsonb_array_elements(s.pauses) AS pause,
                (SELECT (p.dpd_origin = 'due_date')::int AS before
                   FROM book_account a JOIN book_product p ON p.id = a.product_id WHERE a.id = s.account_id) AS q)
       END AS oldest_unpaid_due_date, coalesce(d.overdue_minor, 0) AS overdue_minor,
       coalesce(d.due_today_minor, 0) AS due_today_minor, d.next_due_date,
       coalesce(d.next_due_minor, 0) AS next_due_minor, s.latest_payment_date, s.latest_payment_minor
  FROM ledger_accountstate s
  LEFT JOIN (
    SELECT account_id,
           sum(unpaid) FILTER (WHERE due_date < as_of)::bigint AS overdue_minor,
           sum(unpaid) FILTER (WHERE due_date = as_of)::bigint AS due_today_minor,
           sum(ahead) FILTER (WHERE due_date > as_of)::bigint AS ahead_minor,
           min(due_date) FILTER (WHERE due_date >= as_of) AS next_due_date,
           sum(unpaid) FILTER (WHERE due_date = next_date)::bigint AS next_due_minor
      FROM (SELECT account_id, due_date, asked_minor - paid_minor AS unpaid,
                   CASE WHEN component IN (:lent) OR (starts_with(due_ref, 's:') AND due_ref ~ ':statement') THEN 0
                        ELSE asked_minor - paid_minor END AS ahead,
                   DATE '{as_of}' AS as_of,
                   min(CASE WHEN due_date >= DATE '{as_of}' THEN due_date END) OVER (PARTITION BY account_id) AS next_date
              FROM ledger_dueitem WHERE paid_minor < asked_minor) u
     GROUP BY account_id) d ON d.account_id = s.account_id
  LEFT JOIN (
    SELECT account_id, sum(CASE WHEN debit = 'credit_balance' THEN amount_minor ELSE -amount_minor END)::bigint
                         AS waiting_minor
      FROM ledger_posting WHERE effective_date > DATE '{as_of}' AND (debit = 'credit_balance' OR credit = 'credit_balance')
     GROUP BY account_id) h ON h.account_id = s.account_id
""".replace(":lent", LENT_SQL).replace(":statement", STATEMENT)
"""`{as_of}` is a date; use `state_facts_sql`.

`balance_minor` is what is owed on the day: charges of later days are taken off, and what of the credit balance waits
for them is still part of it. `overdue_minor` is unpaid and
fell due before the day, `due_today_minor` on it; `next_due_date` is the earliest unpaid one from the day on.
Days past due follow from `oldest_unpaid_due_date` by `engine.ledger.ageing` and the product's origin: where days
were paused, it is moved on by as many of them as fall in its own overdue span. Debts that have ended, and amounts in
dispute, ask for nothing.
"""


def state_facts_sql(as_of: date) -> str:
    """Return the query of every account's state as of a day, for ADBC."""
    return STATE_FACTS_SQL.format(as_of=as_of.isoformat())


def payment_facts_sql(as_of: date) -> str:
    """Return the query of what was paid on each account within 90 days up to a day: account_id, person_id, paid_90d_minor.

    Payments that a reversal took back, and chargebacks, are not counted; accounts without any are left out.
    """
    return f"""
SELECT t.account_id, t.person_id,
       greatest(sum(CASE WHEN t.kind = 'payment' THEN t.amount_minor ELSE -t.amount_minor END), 0)::bigint AS paid_90d_minor
  FROM ledger_transaction t
 WHERE t.kind IN ('payment', 'chargeback')
   AND t.effective_date > DATE '{as_of.isoformat()}' - 90 AND t.effective_date <= DATE '{as_of.isoformat()}'
   AND NOT EXISTS (SELECT FROM ledger_transaction r WHERE r.reverses_id = t.id)
 GROUP BY t.account_id, t.person_id
"""
