"""The dues and transactions of one account, with the parts that receipts went to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection
from django.db.models import Exists, OuterRef, Q, Subquery

from fairdue.contexts.ledger.contracts import DueCard, PartCard, TransactionCard
from fairdue.contexts.ledger.models import AccountState, Transaction
from fairdue.contexts.ledger.queries.account_facts import AccountFacts
from fairdue.contexts.ledger.queries.facts_loading import load_facts
from fairdue.engine.ledger.event_kinds import PLAIN_KINDS, REVERSAL
from fairdue.engine.ledger.life.replaying import position_on
from fairdue.engine.ledger.projection import DueState, dues_of
from fairdue.kernel.money import Money

SPECIAL = Exists(
    Transaction.objects.filter(account_id=OuterRef("account_id")).filter(
        ~Q(kind__in=[*PLAIN_KINDS, REVERSAL]) | Q(details__has_key="due_date")
    )
)
"""Whether an account has events beyond payments, charges without a due date, credits and their reversals."""
DUES_SQL = """
SELECT d.id, d.account_id, d.due_ref, d.due_date, d.component, d.amount_minor, d.asked_minor, d.currency,
       coalesce(p.paid, 0), d.settled_date
  FROM ledger_dueitem d
  LEFT JOIN (SELECT due_item_id, sum(CASE WHEN credit LIKE 'receivable:%%' THEN amount_minor
                                          ELSE -amount_minor END)::bigint AS paid
               FROM ledger_posting
              WHERE account_id = ANY(%s) AND due_item_id IS NOT NULL AND effective_date <= %s
                AND (debit IN ('cash', 'suspense', 'adjustment', 'credit_balance')
                     OR credit IN ('cash', 'suspense', 'adjustment', 'credit_balance'))
              GROUP BY due_item_id) p ON p.due_item_id = d.id
 WHERE d.account_id = ANY(%s) ORDER BY d.account_id, d.due_date, d.id
"""
PARTS_SQL = """
SELECT origin, code, due_ref, due_date, sum(amount)::bigint
  FROM (SELECT coalesce(t.reverses_id, t.id) AS origin, replace(side.code, 'receivable:', '') AS code,
               CASE WHEN side.code LIKE 'receivable:%%' THEN coalesce(d.due_ref, '') ELSE '' END AS due_ref,
               CASE WHEN side.code LIKE 'receivable:%%' THEN d.due_date END AS due_date,
               side.sign * p.amount_minor AS amount
          FROM ledger_posting p JOIN ledger_transaction t ON t.id = p.transaction_id
          JOIN ledger_transaction o ON o.id = coalesce(t.reverses_id, t.id)
          LEFT JOIN ledger_dueitem d ON d.id = p.due_item_id
         CROSS JOIN LATERAL (VALUES (p.credit, 1), (p.debit, -1)) AS side (code, sign)
         WHERE p.account_id IN (SELECT account_id FROM ledger_transaction WHERE id = ANY(%s))
           AND coalesce(t.reverses_id, t.id) = ANY(%s)
           AND o.kind IN ('payment', 'credit', 'recovery', 'waiver', 'plan', 'settlement')
           AND p.debit NOT LIKE 'allowance:%%' AND p.credit NOT LIKE 'allowance:%%'
           AND (side.code LIKE 'receivable:%%' OR side.code IN ('credit_balance', 'recovery'))) moved
 GROUP BY 1, 2, 3, 4 HAVING sum(amount) <> 0
 ORDER BY 1, 4 NULLS LAST, 2
"""
"""Where the money of receipts, and what was waived, stands now: by component and due item."""


def account_dues(account_id: int, as_of: date, known_at: datetime | None = None) -> tuple[DueCard, ...]:
    """Return the due items of an account with what was paid for each as of a day, oldest first.

    1. As known at an instant: what was recorded later is as if it had never come.
    2. Where events moved what is due, the items are those that stood on that day.
    """
    if known_at is not None or is_special(account_id):
        facts = load_facts(account_id, known_at=known_at)
        return tuple(replayed_cards(facts, as_of)) if facts is not None else ()
    origin = (
        AccountState.objects.filter(account_id=account_id)
        .values_list("account__product__dpd_origin", flat=True)
        .first()
    )
    return tuple(due_cards([account_id], as_of, {account_id: origin or "due_plus_1"}))


def is_special(account_id: int) -> bool:
    """Tell whether an account has events that move what is due: its past follows from its replayed life."""
    return bool(AccountState.objects.filter(account_id=account_id).filter(SPECIAL).exists())


def replayed_cards(facts: AccountFacts, as_of: date) -> list[DueCard]:
    """Return the due items that an account's life comes to on a day, oldest first."""
    ids = {item.key: item.id for item in facts.items}
    amounts = {item.key: item.amount_minor for item in facts.given_items}
    moved = {
        item.key: DueState(item.due_ref, item.component, item.due_date, item.amount_minor, 0, 0, None, None)
        for item in facts.given_items
    }
    cards = []
    for key, due in (moved | dues_of(position_on(facts.history, as_of))).items():
        amount, currency = amounts.get(key, due.amount), facts.currency
        cards.append(
            DueCard(
                due_item_id=ids.get(key, 0),
                account_id=facts.account_id,
                due_ref=due.ref,
                due_date=due.due_date,
                component=due.component,
                amount=Money(amount, currency),
                paid=Money(due.paid, currency),
                unpaid=Money(due.unpaid, currency),
                is_overdue=has_passed(due.due_date, as_of, facts.dpd_origin) and due.unpaid > 0,
                settled_date=due.settled_date,
            )
        )
    return sorted(cards, key=lambda card: (card.due_date, card.due_item_id))


def has_passed(due_date: date, as_of: date, origin: str) -> bool:
    """Tell whether a due date has passed on a day, by the product's origin of days past due."""
    return due_date < as_of or (due_date == as_of and origin == "due_date")


def due_cards(account_ids: Sequence[int], as_of: date, origins: dict[int, str]) -> list[DueCard]:
    """Return the due items of several accounts as of a day, for accounts without events that move them."""
    ids = list(account_ids)
    with connection.cursor() as cursor:
        cursor.execute(DUES_SQL, [ids, as_of, ids])
        found = cursor.fetchall()
    cards = []
    for (
        due_id,
        account_id,
        due_ref,
        due_date,
        component,
        amount,
        asked,
        currency,
        paid,
        settled_date,
    ) in found:
        unpaid = max(asked - paid, 0)
        is_overdue = has_passed(due_date, as_of, origins[account_id]) and unpaid > 0
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
                is_overdue=is_overdue,
                settled_date=settled_date if settled_date and settled_date <= as_of else None,
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
