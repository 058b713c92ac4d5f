"""What the portal's pages show, read through the facades for one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.arrangements.contracts import AgreementCard
from fairdue.contexts.book import facade as book
from fairdue.contexts.book.contracts import AccountCard, CreditorCard
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.contracts import ContactCard
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.contracts import AccountSummary, TransactionCard
from fairdue.contexts.ledger.facade import Payoff
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.check_genuine import CONTACT, code_of
from fairdue.journeys.identify_borrower import borrower_actor
from fairdue.kernel.actor import system
from fairdue.kernel.clock import HOUSE_ZONE
from fairdue.kernel.money import Money
from fairdue.web.portal.explaining import ToldPart, told
from fairdue.web.portal.words import component_word, kind_word, maker_word, result_word, way_word

RECENT = 8
"""Bookings shown of each debt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """What falls due on one day: all components together."""

    due_ref: str
    due_date: date
    amount: Money
    paid: Money
    unpaid: Money
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One booking with where the money went."""

    word: str
    card: TransactionCard
    parts: tuple[tuple[str, Money], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """One debt as its page shows it."""

    account: AccountCard
    summary: AccountSummary
    components: tuple[tuple[str, Money, str], ...]
    """Word, amount, and the subject under which the amount is explained."""
    payoff: Payoff | None
    payoff_until: date | None
    """The last day on which the pay-off amount stands."""
    dues: tuple[DueLine, ...]
    history: tuple[HistoryLine, ...]


def lenders(person_id: int | None) -> tuple[CreditorCard, ...]:
    """Return the lenders to call: those of the person's debts, or all when nobody is in."""
    cards = book.creditors(system("portal"))
    if person_id is None:
        return cards
    owed = {account.creditor_id for account in book.account_cards(person_id)}
    return tuple(card for card in cards if card.creditor_id in owed)


def situations(person_id: int | None, as_of: date) -> frozenset[str]:
    """Return what fits a visitor, to suggest what to read; only what the ledger and the book say."""
    if person_id is None:
        return frozenset({"before_login"})
    summary = ledger.person_summary(person_id, as_of)
    kinds = {
        "card" if card.product_kind == "credit_card" else "loan" for card in book.account_cards(person_id)
    }
    late = {"overdue"} if summary.days_past_due > 0 else {"current"}
    if summary.days_past_due > 60:
        late.add("late")
    if summary.accounts and all(account.balance.minor == 0 for account in summary.accounts):
        late = {"settled"}
    return frozenset(kinds | late)


def agreed_hours(person_id: int) -> tuple[str, ...]:
    """Return the hours at which the person said that they may be contacted, such as `10:00 – 12:00`."""
    said = [each for each in parties.latest_consents(person_id) if each.kind == "agreed_hours"]
    times = said[0].detail.get("times", ()) if said else ()
    return tuple(f"{each['from']} – {each['to']}" for each in times)


def unread_count(person_id: int) -> int:
    """Return how many messages have not been read."""
    return sum(1 for card in outreach.inbox(person_id) if card.read_at is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLine:
    """One contact as the person reads it."""

    card: ContactCard
    at: datetime
    """In the house's zone."""
    way: str
    result: str
    by: str
    code: str


def contacts(person_id: int, limit: int = 100) -> tuple[ContactLine, ...]:
    """Return the contacts that were made or tried, newest first; what was only reserved did not happen."""
    cards = [card for card in law.contacts(person_id, limit) if card.result not in ("reserved", "failed")]
    return tuple(
        ContactLine(
            card=card, at=card.occurred_at.astimezone(HOUSE_ZONE), way=way_word(card.channel, card.direction),
            result=result_word(card.result),
            by=maker_word(card.made_by), code=code_of(CONTACT, card.contact_id),
        )
        for card in cards
    )  # fmt: skip


def agreements(person_id: int) -> tuple[AgreementCard, ...]:
    """Return the person's agreements, newest first."""
    return arrangements.agreements_of(person_id, actor=borrower_actor(person_id))


def debts(person_id: int, as_of: date, *, with_history: bool = True) -> tuple[Debt, ...]:
    """Return the person's debts, what is overdue first."""
    accounts = {card.account_id: card for card in book.account_cards(person_id)}
    found = [
        _debt(accounts[summary.account_id], summary, as_of, with_history)
        for summary in ledger.person_summary(person_id, as_of).accounts
        if summary.account_id in accounts
    ]
    return tuple(sorted(found, key=lambda debt: (-debt.summary.overdue.minor, debt.account.account_id)))


EXAMPLES = 4


def interest_examples(person_id: int, as_of: date) -> tuple[tuple[AccountCard, ToldPart], ...]:
    """Return amounts of interest and charges on the person's own accounts that carry their arithmetic, a few."""
    found: list[tuple[AccountCard, ToldPart]] = []
    accounts = {card.account_id: card for card in book.account_cards(person_id)}
    for summary in ledger.person_summary(person_id, as_of).accounts:
        for code, owed in summary.by_component.items():
            if code == "principal" or not owed.minor or len(found) >= EXAMPLES:
                continue
            root = ledger.explain(summary.account_id, as_of, f"component:{code}").root
            part = next((each for each in root.walk() if each.arithmetic_zh), root)
            found.append((accounts[summary.account_id], told(part)))
    return tuple(found)


def own_account(person_id: int, account_id: int) -> AccountCard | None:
    """Return one account if it is the person's, else None: an unknown and a foreign one are alike."""
    return next((card for card in book.account_cards(person_id) if card.account_id == account_id), None)


def _debt(account: AccountCard, summary: AccountSummary, as_of: date, with_history: bool) -> Debt:
    components = [
        (component_word(code), amount, f"component:{code}") for code, amount in summary.by_component.items()
    ]
    payoff = ledger.payoff(account.account_id, as_of) if with_history and summary.balance.minor else None
    return Debt(
        account=account,
        summary=summary,
        components=tuple(each for each in components if each[1].minor),
        payoff=payoff,
        payoff_until=ledger.payoff_validity(payoff).until_date if payoff else None,
        dues=_open_dues(account.account_id, as_of) if with_history else (),
        history=_history(account.account_id) if with_history else (),
    )


def _open_dues(account_id: int, as_of: date) -> tuple[DueLine, ...]:
    lines: dict[tuple[date, str], DueLine] = {}
    for card in ledger.account_dues(account_id, as_of):
        if card.unpaid.minor == 0:
            continue
        key, zero = (card.due_date, card.due_ref), Money(0, card.amount.currency)
        line = lines.get(key)
        lines[key] = DueLine(
            due_ref=card.due_ref,
            due_date=card.due_date,
            amount=(line.amount if line else zero) + card.amount,
            paid=(line.paid if line else zero) + card.paid,
            unpaid=(line.unpaid if line else zero) + card.unpaid,
            is_overdue=card.is_overdue or bool(line and line.is_overdue),
        )
    return tuple(lines[key] for key in sorted(lines))


def _history(account_id: int) -> tuple[HistoryLine, ...]:
    return tuple(
        HistoryLine(
            word=kind_word(card.kind),
            card=card,
            parts=tuple((component_word(part.component), part.amount) for part in card.parts),
        )
        for card in ledger.account_transactions(account_id, RECENT)
    )


@cache
def rights() -> dict[str, Any]:
    """Return rights and complaint lines in both languages, from packs/reference/borrower_rights.yaml."""
    path = Path(settings.PACKS_DIR) / "reference" / "borrower_rights.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"rights": document["rights"], "hotlines": document["hotlines"]}
