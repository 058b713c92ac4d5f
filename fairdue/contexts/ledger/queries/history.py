"""The dues and transactions of one account, with the parts that receipts went to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.db.models import OuterRef, Subquery

from fairdue.contexts.ledger.contracts import DueCard, PartCard, TransactionCard
from fairdue.contexts.ledger.models import AccountState, Transaction
from fairdue.kernel.money import Money

DUES_SQL = """
SELECT d.id, d.account_id, d.due_ref, d.due_date, d.component, d.amount_minor, d.asked_minor, d.currency,
       coalesce(p.paid, 0)
  FROM ledger_dueitem d
  LEFT JOIN (SELECT due_item_id, sum(CASE WHEN debit IN ('cash', 'adjustment') THEN amount_minor
                                          WHEN credit IN ('cash', 'adjustment') THEN -amount_minor
                                          ELSE 0 END)::bigint AS paid
               FROM ledger_posting
              WHERE account_id = ANY(%s) AND due_item_id IS NOT NULL AND effective_date <= %s
              GROUP BY due_item_id) p ON p.due_item_id = d.id
 WHERE d.account_id = ANY(%s) ORDER BY d.account_id, d.due_date, d.id
"""
PARTS_SQL = """
SELECT coalesce(t.reverses_id, t.id),
       replace(CASE WHEN p.debit IN ('cash', 'adjustment') THEN p.credit ELSE p.debit END, 'receivable:', ''),
       coalesce(d.due_ref, ''), d.due_date,
       sum(CASE WHEN p.debit IN ('cash', 'adjustment') THEN p.amount_minor ELSE -p.amount_minor END)::bigint AS amount
  FROM ledger_posting p JOIN ledger_transaction t ON t.id = p.transaction_id
  LEFT JOIN ledger_dueitem d ON d.id = p.due_item_id
 WHERE p.account_id IN (SELECT account_id FROM ledger_transaction WHERE id = ANY(%s))
   AND coalesce(t.reverses_id, t.id) = ANY(%s)
   AND (p.debit IN ('cash', 'adjustment') OR p.credit IN ('cash', 'adjustment'))
 GROUP BY 1, 2, 3, 4 HAVING sum(CASE WHEN p.debit IN ('cash', 'adjustment') THEN p.amount_minor
                                     ELSE -p.amount_minor END) <> 0
 ORDER BY 1, d.due_date NULLS LAST, 2
"""


def account_dues(account_id: int, as_of: date) -> tuple[DueCard, ...]:
    """Return the due items of an account with what was paid for each as of a day, oldest first."""
    origin = (
        AccountState.objects.filter(account_id=account_id)
        .values_list("account__product__dpd_origin", flat=True)
        .first()
    )
    return tuple(due_cards([account_id], as_of, {account_id: origin or "due_plus_1"}))


def due_cards(account_ids: Sequence[int], as_of: date, origins: dict[int, str]) -> list[DueCard]:
    """Return the due items of several accounts as of a day."""
    ids = list(account_ids)
    with connection.cursor() as cursor:
        cursor.execute(DUES_SQL, [ids, as_of, ids])
        found = cursor.fetchall()
    cards = []
    for due_id, account_id, due_ref, due_date, component, amount, asked, currency, paid in found:
        unpaid = max(asked - paid, 0)
        has_passed = due_date < as_of or (due_date == as_of and origins[account_id] == "due_date")
        cards.append(
            DueCard(
                due_item_id=due_id,
                account_id=account_id,
                due_ref=due_ref,
                due_date=due_date,
                component=component,
                amount=Money(amount, currency),
                paid=Money(paid, currency),
                unpaid=Money(unpaid, currency),
                is_overdue=has_passed and unpaid > 0,
            )
        )
    return cards


def account_transactions(account_id: int, limit: int = 100) -> tuple[TransactionCard, ...]:
    """Return the latest transactions of an account, newest first, with the parts of its receipts."""
    return transactions_of([account_id], limit)


def transactions_of(account_ids: Sequence[int], limit: int = 100) -> tuple[TransactionCard, ...]:
    """Return the latest transactions of several accounts together, newest first, with their parts.

    Two queries for any number of accounts of one currency; one more for each further currency.
    """
    reversals = Transaction.objects.filter(reverses_id=OuterRef("pk")).values("id")
    found = Transaction.objects.filter(account_id__in=list(account_ids))
    found = found.annotate(reversed_by_id=Subquery(reversals)).order_by("-effective_date", "-id")
    latest = list(found[:limit].values())
    parts: dict[int, tuple[PartCard, ...]] = {}
    for currency in sorted({row["currency"] for row in latest}):
        parts |= parts_of([row["id"] for row in latest if row["currency"] == currency], currency)
    return tuple(
        TransactionCard(
            transaction_id=row["id"],
            account_id=row["account_id"],
            external_ref=row["external_ref"],
            kind=row["kind"],
            component=row["component"],
            amount=Money(row["amount_minor"], row["currency"]),
            effective_date=row["effective_date"],
            recorded_at=row["recorded_at"],
            source=row["source"],
            reverses_id=row["reverses_id"],
            reversed_by_id=row["reversed_by_id"],
            parts=parts.get(row["id"], ()),
        )
        for row in latest
    )


def parts_of(transaction_ids: Sequence[int], currency: str) -> dict[int, tuple[PartCard, ...]]:
    """Return where each receipt stands now: its parts by due item, then balance and credit balance."""
    ids = list(transaction_ids)
    parts: dict[int, list[PartCard]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(PARTS_SQL, [ids, ids])
        for receipt_id, component, due_ref, due_date, amount in cursor.fetchall():
            parts[receipt_id].append(
                PartCard(
                    component=component, due_ref=due_ref, due_date=due_date, amount=Money(amount, currency)
                )
            )
    return {receipt_id: tuple(found) for receipt_id, found in parts.items()}
