"""What settles an account in full on a day (提前结清), and the sum that it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from fairdue.contexts.ledger.errors import BeforeOpening
from fairdue.contexts.ledger.models import AccountState
from fairdue.contexts.ledger.queries.contracts import contract_card, derived, is_kept
from fairdue.contexts.ledger.queries.summary import account_summary
from fairdue.kernel.money import Money

ACCRUED, UNEARNED, CREDIT_BALANCE = "accrued", "unearned_interest", "credit_balance"


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


def payoff(account_id: int, as_of: date, known_at: datetime | None = None) -> Payoff:
    """This function will return what settles an account in full on a day.

    1. All principal, what is charged and unpaid by component, and what is earned and not yet posted.
    2. Of a contract kept here, interest not earned is left out, or in where the product says that it is due.
    3. Less what is held as credit balance; nothing is owed to nobody below zero.

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
    return Payoff(
        account_id=account_id,
        as_of=as_of,
        amount=Money(max(found, 0), currency),
        parts=tuple(part for part in parts if part.amount.minor),
        is_kept=kept,
        citation=citation,
    )
