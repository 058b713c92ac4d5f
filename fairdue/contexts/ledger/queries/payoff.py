"""What settles an account in full on a day (提前结清), and the sum that it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fairdue.contexts.ledger.errors import BeforeOpening
from fairdue.contexts.ledger.models import AccountState, Transaction
from fairdue.contexts.ledger.queries.contracts import contract_card, derived, is_kept
from fairdue.contexts.ledger.queries.history import account_dues
from fairdue.contexts.ledger.queries.summary import account_summary
from fairdue.engine.negotiation.carrying import unearned_minor
from fairdue.kernel.money import Money

ACCRUED, UNEARNED, CREDIT_BALANCE = "accrued", "unearned_interest", "credit_balance"


PLAN_SOURCE = "agreement"
"""The source of events that carry a repayment plan out."""
HORIZON_DAYS = 30
"""How far ahead a change of a pay-off amount is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoffPart:
    """One part of a pay-off amount: a component that is owed, `accrued`, `unearned_interest` or `credit_balance`."""

    code: str
    amount: Money
    """Below zero where it is taken off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payoff:
    """What settles an account on a day; the parts sum to the amount."""

    account_id: int
    as_of: date
    amount: Money
    parts: tuple[PayoffPart, ...]
    is_kept: bool
    """Whether interest is earned here by the day; else only what the creditor has charged by then is in it."""
    citation: Mapping[str, str]
    """The ground on which interest not earned is waived or due; empty where the creditor keeps the account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoffValidity:
    """Until when a pay-off amount stands if nothing else happens, and what it is on the day after."""

    until_date: date
    """The last day on which money that arrives settles the account by that amount."""
    amount_after: Money | None
    """None if nothing that is known changes it within `HORIZON_DAYS`; `until_date` is then the last of these."""


def payoff(account_id: int, as_of: date, known_at: datetime | None = None) -> Payoff:
    """This function will return what settles an account in full on a day.

    1. All principal, what is charged and unpaid by component, and what is earned and not yet posted.
    2. Of a contract kept here, interest not earned is left out, or in where the product says that it is due.
    3. Interest that a repayment plan adds for months that have not begun is left out: who pays early does not owe it.
    4. Less what is held as credit balance; nothing is owed to nobody below zero.

    :raises AccountUnknown: if the account is not open
    :raises BeforeOpening: if the day lies before the opening balances
    """
    summary = account_summary(account_id, as_of, known_at)
    opened = AccountState.objects.only("balance_date").get(account_id=account_id).balance_date
    if as_of < opened:
        raise BeforeOpening(f"account {account_id} has no balances before {opened}")
    currency = summary.balance.currency
    parts = [PayoffPart(code=code, amount=owed) for code, owed in summary.by_component.items() if owed.minor]
    parts.append(PayoffPart(code=ACCRUED, amount=summary.accrued))
    parts.append(PayoffPart(code=CREDIT_BALANCE, amount=-summary.credit_balance))
    kept, citation = is_kept(account_id), {}
    found = sum(part.amount.minor for part in parts)
    if kept:
        told = derived(account_id, as_of, known_at).payoff or 0
        if summary.standing == "active" and told != found:
            parts.append(PayoffPart(code=UNEARNED, amount=Money(told - found, currency)))
            found = told
        rule = contract_card(account_id).terms.prepayment
        citation = {} if rule is None else dict(rule.citation)
    if unearned := min(unearned_minor_of(account_id, as_of, known_at), max(found, 0)):
        parts.append(PayoffPart(code=UNEARNED, amount=Money(-unearned, currency)))
        found -= unearned
    return Payoff(
        account_id=account_id,
        as_of=as_of,
        amount=Money(max(found, 0), currency),
        parts=tuple(part for part in parts if part.amount.minor),
        is_kept=kept,
        citation=citation,
    )


def unearned_minor_of(account_id: int, as_of: date, known_at: datetime | None = None) -> int:
    """Return, in minor units, the interest that standing repayment plans have charged for months that have not begun by a day.

    What was credited for an early payment already is not in it.
    """
    standing = Transaction.objects.filter(
        account_id=account_id, source=PLAN_SOURCE, effective_date__lte=as_of
    )
    gone = Transaction.objects.filter(account_id=account_id, kind="reversal")
    if known_at is not None:
        standing, gone = standing.filter(recorded_at__lte=known_at), gone.filter(recorded_at__lte=known_at)
    rows = standing.filter(kind__in=("charge", "credit")).exclude(pk__in=gone.values("reverses_id"))
    booked = list(rows.values_list("kind", "amount_minor", "details"))
    charged = unearned_minor(
        (details.get("document", {}) for kind, _, details in booked if kind == "charge"), as_of
    )
    credited = sum(minor for kind, minor, _ in booked if kind == "credit")
    return max(charged - credited, 0)


def payoff_validity(found: Payoff, known_at: datetime | None = None) -> PayoffValidity:
    """Return until when a pay-off amount stands by what is known, looking `HORIZON_DAYS` ahead at most."""
    for day in _days_of_change(found, known_at):
        after = payoff(found.account_id, day, known_at).amount
        if after != found.amount:
            return PayoffValidity(until_date=day - timedelta(days=1), amount_after=after)
    return PayoffValidity(until_date=found.as_of + timedelta(days=HORIZON_DAYS), amount_after=None)


def _days_of_change(found: Payoff, known_at: datetime | None) -> Iterator[date]:
    """Yield the days ahead on which the amount may differ: of a kept account any, else those of due items."""
    if not found.amount.minor:
        return
    final = found.as_of + timedelta(days=HORIZON_DAYS)
    if found.is_kept:
        yield from (found.as_of + timedelta(days=ahead) for ahead in range(1, HORIZON_DAYS + 1))
        return
    dues = account_dues(found.account_id, found.as_of, known_at)
    ahead = {due.due_date for due in dues if found.as_of <= due.due_date <= final}
    ahead |= {
        day + timedelta(days=1) for day in ahead
    }  # a month of a plan begins after the due date before it
    yield from sorted(day for day in ahead if found.as_of < day <= final)
