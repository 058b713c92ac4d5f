"""What a text may say, computed at the moment of sending.

1. Names in `KNOWN` always come from book and ledger as of now; what was planned for them is ignored.
2. Other placeholders (a promised amount, say) come from the planned message's own values.
3. A message about one account speaks of that account; one about no account speaks of the person's worst
   account that owes what the template asks for, and every such account of the same creditor and
   currency, because it names one creditor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings

from fairdue.contexts.book import facade as book
from fairdue.contexts.book.contracts import AccountCard
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.contracts import AccountSummary
from fairdue.contexts.outreach.rendering import ValueExtra
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.check_codes import check_code
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money

KNOWN = frozenset(
    {
        "creditor", "product", "account_ref", "portal_url",
        "overdue_amount", "days_past_due", "oldest_due_date",
        "due_amount", "due_date", "balance",
        "entry_link", "check_code",
    }
)  # fmt: skip
ENTRY_LIFETIME = timedelta(hours=72)


class NothingDue(Exception):
    """What the message would ask for is no longer owed."""

    code = "outreach.nothing_due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The money facts that one message speaks of."""

    overdue: Money
    balance: Money
    next_due: Money
    days_past_due: int
    oldest_due_date: date | None
    next_due_date: date | None
    account: AccountCard
    """The account card of the (worst) account."""


OWED: dict[str, Callable[[AccountSummary], int]] = {
    "overdue": lambda summary: summary.overdue.minor,
    "next_due": lambda summary: summary.next_due.minor,
    "balance": lambda summary: summary.balance.minor,
    "none": lambda summary: 1,
}
"""What a template's `due_condition` asks an account for; it speaks only of accounts that owe it."""


def figures(*, person_id: int, account_id: int | None, condition: str, now: datetime) -> Figures:
    """Return what is owed now on the accounts that a message speaks of.

    :raises NothingDue: if none of them owes what the template's condition names
    """
    summaries = ledger.person_summary(person_id, business_date(now)).accounts
    return figures_of(summaries, book.account_cards(person_id), account_id, condition)


def figures_of(
    summaries: Iterable[AccountSummary],
    accounts: Iterable[AccountCard],
    account_id: int | None,
    condition: str,
) -> Figures:
    """Return what is owed on the accounts that a message speaks of, of what a person's accounts owe.

    :raises NothingDue: if none of them owes what the template's condition names
    """
    cards = {card.account_id: card for card in accounts}
    owing = [
        each
        for each in summaries
        if each.account_id in cards and account_id in (None, each.account_id) and OWED[condition](each) > 0
    ]
    if not owing:
        raise NothingDue(condition)
    lead = max(owing, key=_weight)
    home = cards[lead.account_id]
    spoken_of = [
        each
        for each in owing
        if each.currency == lead.currency and cards[each.account_id].creditor_id == home.creditor_id
    ]
    return _sum(spoken_of, lead, home)


def _weight(summary: AccountSummary) -> tuple[int, int, int, int]:
    """Order accounts by how bad they are; the older account wins a tie."""
    return summary.days_past_due, summary.overdue.minor, summary.balance.minor, -summary.account_id


def _sum(summaries: list[AccountSummary], lead: AccountSummary, account: AccountCard) -> Figures:
    zero = Money(0, lead.currency)
    upcoming = sorted(each.next_due_date for each in summaries if each.next_due_date and each.next_due.minor)
    soonest = upcoming[0] if upcoming else None
    oldest = sorted(each.oldest_unpaid_due_date for each in summaries if each.oldest_unpaid_due_date)
    return Figures(
        overdue=sum((each.overdue for each in summaries), zero),
        balance=sum((each.balance for each in summaries), zero),
        next_due=sum((each.next_due for each in summaries if each.next_due_date == soonest), zero),
        days_past_due=lead.days_past_due,
        oldest_due_date=oldest[0] if oldest else None,
        next_due_date=soonest,
        account=account,
    )


def values_for(
    placeholders: Mapping[str, str],
    planned: Mapping[str, Any],
    found: Figures,
    locale: str,
    made: Mapping[str, Callable[[], str]] | None = None,
) -> dict[str, Any]:
    """Return exactly the values that a template's placeholders need, fresh where we know better.

    `made` are values of this very message, made only if its text asks for them.

    :raises ValueExtra: if a planned value is neither known here nor a placeholder
    """
    if extra := set(planned) - set(placeholders) - KNOWN:
        raise ValueExtra(f"no placeholder for {', '.join(sorted(extra))}")
    fresh = fresh_values(found, locale)
    fresh |= {name: make() for name, make in (made or {}).items() if name in placeholders}
    wanted = {name: fresh.get(name) if name in KNOWN else planned.get(name) for name in placeholders}
    return {name: value for name, value in wanted.items() if value is not None}


def own_values(message_id: int, person_id: int, now: datetime) -> dict[str, Callable[[], str]]:
    """Return how to make what stands in one message alone: a link that lets its person in, a code that proves it.

    The link is issued in the transaction in which the message may leave.
    """

    def link() -> str:
        token = parties.issue_portal_link(person_id=person_id, now=now, lifetime=ENTRY_LIFETIME)
        return f"{settings.PUBLIC_URL.rstrip('/')}/my/{token}"

    return {"entry_link": link, "check_code": lambda: check_code("M", message_id, key=settings.CHAIN_KEY)}


def fresh_values(found: Figures, locale: str) -> dict[str, Any]:
    """Return what is known of the debts that a text speaks of, by placeholder."""
    account, is_chinese = found.account, locale.startswith("zh")
    return {
        "creditor": account.creditor_name_zh if is_chinese else account.creditor_name_en,
        "product": account.product_name_zh if is_chinese else account.product_name_en,
        "account_ref": account.ref_masked,
        "portal_url": f"{settings.PUBLIC_URL}/my/",
        "overdue_amount": found.overdue,
        "days_past_due": found.days_past_due,
        "oldest_due_date": found.oldest_due_date,
        "due_amount": found.next_due,
        "due_date": found.next_due_date,
        "balance": found.balance,
    }
