"""What an account or a person owes as of a day, as a fold over postings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from fairdue.contexts.ledger.contracts import AccountSummary, DueCard, PersonSummary
from fairdue.contexts.ledger.errors import AccountUnknown
from fairdue.contexts.ledger.models import AccountState, LoanContract
from fairdue.contexts.ledger.queries.account_facts import AccountFacts
from fairdue.contexts.ledger.queries.contracts import accrued_minor
from fairdue.contexts.ledger.queries.facts_loading import load_facts
from fairdue.contexts.ledger.queries.history import SPECIAL, due_cards, replayed_cards
from fairdue.engine.ledger.accounts import CREDIT_BALANCE
from fairdue.engine.ledger.ageing import bucket
from fairdue.engine.ledger.life.pausing import delinquent_days
from fairdue.engine.ledger.life.replaying import position_on
from fairdue.engine.ledger.projection import pauses_of, standing_of
from fairdue.kernel.money import Money

BALANCES_SQL = """
SELECT account_id, code, sum(amount)::bigint
  FROM (SELECT account_id, replace(debit, 'receivable:', '') AS code,
               CASE debit WHEN 'credit_balance' THEN -amount_minor ELSE amount_minor END AS amount
          FROM ledger_posting WHERE account_id = ANY(%(ids)s) AND effective_date <= %(as_of)s
           AND (%(known_at)s::timestamptz IS NULL OR recorded_at <= %(known_at)s)
           AND (debit LIKE 'receivable:%%' OR debit = 'credit_balance')
         UNION ALL
        SELECT account_id, replace(credit, 'receivable:', ''),
               CASE credit WHEN 'credit_balance' THEN amount_minor ELSE -amount_minor END
          FROM ledger_posting WHERE account_id = ANY(%(ids)s) AND effective_date <= %(as_of)s
           AND (%(known_at)s::timestamptz IS NULL OR recorded_at <= %(known_at)s)
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
    "pauses",
    "is_special",
    "is_kept",
)
KEPT = Exists(LoanContract.objects.filter(account_id=OuterRef("account_id")))
"""Whether this installation keeps the account, and can tell what is earned and not posted yet."""


def account_summary(account_id: int, as_of: date, known_at: datetime | None = None) -> AccountSummary:
    """Return what an account owes as of a day, as known at an instant (default: now).

    1. A component that was paid before it was charged counts as credit balance until its charge's day.
    2. Overdue is what due items ask unpaid after their due date; by the origin `due_date` already on it.
    3. Days past due are delinquent days: those of the oldest unpaid item less its paused ones. Nothing is late on a
       debt that has ended, or of an amount in dispute.

    :raises AccountUnknown: if the account is not open
    """
    states = list(_states().filter(account_id=account_id).values(*STATE_FIELDS))
    if not states:
        raise AccountUnknown(f"account {account_id} is not open")
    return _summaries(states, as_of, known_at)[0]


def account_summaries(account_ids: Iterable[int], as_of: date) -> dict[int, AccountSummary]:
    """Return what some accounts owe as of a day, as `account_summary` says; one that is not open is left out.

    A few statements for any number of accounts; a few more for each that has events that move what is due.
    """
    states = list(_states().filter(account_id__in=list(account_ids)).values(*STATE_FIELDS))
    return {each.account_id: each for each in _summaries(states, as_of)} if states else {}


def _states() -> QuerySet[AccountState]:
    return AccountState.objects.annotate(is_special=SPECIAL, is_kept=KEPT)


def person_summary(person_id: int, as_of: date) -> PersonSummary:
    """Return what a person owes as of a day over all accounts; days past due are the worst account's."""
    return person_summaries([person_id], as_of)[person_id]


def person_summaries(person_ids: Iterable[int], as_of: date) -> dict[int, PersonSummary]:
    """Return what some persons owe as of a day, as `person_summary` says, by few statements for all of them."""
    ids = list(dict.fromkeys(person_ids))
    rows = _states().filter(account__person_id__in=ids).order_by("account_id")
    states = list(rows.values("account__person_id", *STATE_FIELDS))
    accounts: dict[int, list[AccountSummary]] = {person_id: [] for person_id in ids}
    owners = {state["account_id"]: state["account__person_id"] for state in states}
    for summary in _summaries(states, as_of) if states else ():
        accounts[owners[summary.account_id]].append(summary)
    return {person_id: _person_summary(person_id, tuple(accounts[person_id])) for person_id in ids}


def _person_summary(person_id: int, accounts: tuple[AccountSummary, ...]) -> PersonSummary:
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


def _summaries(
    states: list[dict[str, Any]], as_of: date, known_at: datetime | None = None
) -> list[AccountSummary]:
    ids = [state["account_id"] for state in states]
    balances = _balances(ids, as_of, known_at)
    dues: dict[int, list[DueCard]] = defaultdict(list)
    plain = {
        state["account_id"]: state["account__product__dpd_origin"]
        for state in states
        if known_at is None and not state["is_special"]
    }
    for card in due_cards(list(plain), as_of, plain) if plain else ():
        dues[card.account_id].append(card)
    kept = [state["account_id"] for state in states if state["is_kept"]]
    accrued = accrued_minor(kept, as_of, known_at) if kept else {}
    found = []
    for state in states:
        account_id = state["account_id"]
        pauses, standing = _pauses(state["pauses"]), "active"
        if account_id not in plain:
            facts = load_facts(account_id, known_at=known_at)
            if facts is None:
                continue
            dues[account_id] = replayed_cards(facts, as_of)
            position = position_on(facts.history, as_of)
            pauses, standing = pauses_of(position), standing_of(position)
            if known_at is not None:
                state |= _latest_payment(facts)
        state |= {"standing": standing, "accrued": accrued.get(account_id, 0)}
        found.append(_summary(state, balances[account_id], dues[account_id], as_of, pauses))
    return found


def _pauses(stored: list[list[str]] | None) -> list[tuple[date, date]]:
    return [(date.fromisoformat(first), date.fromisoformat(final)) for first, final in stored or ()]


def _latest_payment(facts: AccountFacts) -> dict[str, Any]:
    """Return the latest payment that was known."""
    gone = facts.reversed_by
    paid = [one for one in facts.transactions if one.kind == "payment" and one.id not in gone]
    latest = max(paid, key=lambda one: (one.effective_date, one.id), default=None)
    return {
        "latest_payment_date": None if latest is None else latest.effective_date,
        "latest_payment_minor": None if latest is None else latest.amount_minor,
    }


def _balances(
    account_ids: Sequence[int], as_of: date, known_at: datetime | None
) -> dict[int, dict[str, int]]:
    given: dict[str, Any] = {"ids": list(account_ids), "as_of": as_of, "known_at": known_at}
    balances: dict[int, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(BALANCES_SQL, given)
        for account_id, code, amount in cursor.fetchall():
            balances[account_id][code] = amount
    return balances


def _summary(
    state: dict[str, Any],
    codes: dict[str, int],
    dues: list[DueCard],
    as_of: date,
    pauses: list[tuple[date, date]],
) -> AccountSummary:
    currency = state["currency"]
    owed = {code: amount for code, amount in codes.items() if code != CREDIT_BALANCE}
    prepaid = -sum(amount for amount in owed.values() if amount < 0)
    unpaid = [card for card in dues if card.unpaid.minor > 0]
    overdue = [card for card in unpaid if card.is_overdue]
    ahead = [card for card in unpaid if not card.is_overdue]
    oldest = min((card.due_date for card in unpaid), default=None)
    next_date = min((card.due_date for card in ahead), default=None)
    days = delinquent_days(oldest, as_of, state["account__product__dpd_origin"], pauses)
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
        accrued=Money(state["accrued"], currency),
        latest_payment_date=state["latest_payment_date"],
        latest_payment=None if latest is None else Money(latest, currency),
        standing=state["standing"],
    )


def _sum(cards: list[DueCard], currency: str) -> Money:
    return Money(sum(card.unpaid.minor for card in cards), currency)
