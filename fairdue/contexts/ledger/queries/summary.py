"""What an account or a person owes as of a day, as a fold over postings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from fairdue.contexts.ledger.contracts import AccountSummary, DueCard, PersonSummary
from fairdue.contexts.ledger.errors import AccountUnknown
from fairdue.contexts.ledger.models import AccountState
from fairdue.contexts.ledger.queries.contracts import accrued_minor
from fairdue.contexts.ledger.queries.history import due_cards
from fairdue.engine.ledger.ageing import bucket, days_past_due
from fairdue.engine.ledger.allocation import CREDIT_BALANCE
from fairdue.kernel.money import Money

BALANCES_SQL = """
SELECT account_id, code, sum(amount)::bigint
  FROM (SELECT account_id, replace(debit, 'receivable:', '') AS code,
               CASE debit WHEN 'credit_balance' THEN -amount_minor ELSE amount_minor END AS amount
          FROM ledger_posting WHERE account_id = ANY(%s) AND effective_date <= %s
           AND (debit LIKE 'receivable:%%' OR debit = 'credit_balance')
         UNION ALL
        SELECT account_id, replace(credit, 'receivable:', ''),
               CASE credit WHEN 'credit_balance' THEN amount_minor ELSE -amount_minor END
          FROM ledger_posting WHERE account_id = ANY(%s) AND effective_date <= %s
           AND (credit LIKE 'receivable:%%' OR credit = 'credit_balance')) p
 GROUP BY 1, 2 ORDER BY 1, 2
"""
STATE_FIELDS = (
    "account_id",
    "currency",
    "latest_payment_date",
    "latest_payment_minor",
    "account__product__dpd_origin",
    "account__product__bucket_edges",
)


def account_summary(account_id: int, as_of: date) -> AccountSummary:
    """Return what an account owes as of a day.

    1. A component that was paid before it was charged counts as credit balance until its charge's day.
    2. Overdue is what due items ask unpaid after their due date; by the origin `due_date` already on it.

    :raises AccountUnknown: if the account is not open
    """
    states = list(AccountState.objects.filter(account_id=account_id).values(*STATE_FIELDS))
    if not states:
        raise AccountUnknown(f"account {account_id} is not open")
    return _summaries(states, as_of)[0]


def person_summary(person_id: int, as_of: date) -> PersonSummary:
    """Return what a person owes as of a day over all accounts; days past due are the worst account's."""
    states = list(
        AccountState.objects.filter(account__person_id=person_id).order_by("account_id").values(*STATE_FIELDS)
    )
    accounts = tuple(_summaries(states, as_of)) if states else ()
    worst = max(accounts, key=lambda account: account.days_past_due, default=None)
    balance: dict[str, Money] = {}
    overdue: dict[str, Money] = {}
    for account in accounts:
        zero = Money(0, account.currency)
        balance[account.currency] = balance.get(account.currency, zero) + account.balance
        overdue[account.currency] = overdue.get(account.currency, zero) + account.overdue
    return PersonSummary(
        person_id=person_id,
        balance=balance,
        overdue=overdue,
        days_past_due=worst.days_past_due if worst else 0,
        bucket=worst.bucket if worst else "M0",
        accounts=accounts,
    )


def _summaries(states: list[dict[str, Any]], as_of: date) -> list[AccountSummary]:
    ids = [state["account_id"] for state in states]
    balances = _balances(ids, as_of)
    dues: dict[int, list[DueCard]] = defaultdict(list)
    origins = {state["account_id"]: state["account__product__dpd_origin"] for state in states}
    for card in due_cards(ids, as_of, origins):
        dues[card.account_id].append(card)
    accrued = accrued_minor(ids, as_of)
    return [
        _summary(state, balances[state["account_id"]], dues[state["account_id"]], as_of, accrued)
        for state in states
    ]


def _balances(account_ids: Sequence[int], as_of: date) -> dict[int, dict[str, int]]:
    ids = list(account_ids)
    balances: dict[int, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(BALANCES_SQL, [ids, as_of, ids, as_of])
        for account_id, code, amount in cursor.fetchall():
            balances[account_id][code] = amount
    return balances


def _summary(
    state: dict[str, Any],
    codes: dict[str, int],
    dues: list[DueCard],
    as_of: date,
    accrued: dict[int, int],
) -> AccountSummary:
    currency = state["currency"]
    owed = {code: amount for code, amount in codes.items() if code != CREDIT_BALANCE}
    prepaid = -sum(amount for amount in owed.values() if amount < 0)
    unpaid = [card for card in dues if card.unpaid.minor > 0]
    overdue = [card for card in unpaid if card.is_overdue]
    ahead = [card for card in unpaid if not card.is_overdue]
    oldest = min((card.due_date for card in unpaid), default=None)
    next_date = min((card.due_date for card in ahead), default=None)
    days = days_past_due(oldest, as_of, state["account__product__dpd_origin"])
    latest = state["latest_payment_minor"]
    return AccountSummary(
        account_id=state["account_id"],
        currency=currency,
        balance=Money(sum(max(amount, 0) for amount in owed.values()), currency),
        by_component={code: Money(amount, currency) for code, amount in owed.items() if amount > 0},
        overdue=_sum(overdue, currency),
        days_past_due=days,
        bucket=bucket(days, state["account__product__bucket_edges"]),
        oldest_unpaid_due_date=oldest,
        next_due_date=next_date,
        next_due=_sum([card for card in ahead if card.due_date == next_date], currency),
        credit_balance=Money(codes.get(CREDIT_BALANCE, 0) + prepaid, currency),
        accrued=Money(accrued.get(state["account_id"], 0), currency),
        latest_payment_date=state["latest_payment_date"],
        latest_payment=None if latest is None else Money(latest, currency),
    )


def _sum(cards: list[DueCard], currency: str) -> Money:
    return Money(sum(card.unpaid.minor for card in cards), currency)
