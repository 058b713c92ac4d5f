"""What a person can pay, how much each choice comes to, and what it would settle: shown before anything is paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.book import facade as book
from fairdue.contexts.book.contracts import AccountCard
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.contracts import AccountSummary
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.facade import Choice
from fairdue.kernel.actor import system
from fairdue.kernel.money import Money

CLOSED = ("assigned", "written_off", "settled")
CHOICES: tuple[Choice, ...] = ("instalment", "overdue", "minimum", "full", "other")


class QuoteRefused(ValueError):
    """The choice comes to nothing that can be paid; `code` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class PayableDebt:
    """One debt that can be paid, with what each choice would come to."""

    account: AccountCard
    summary: AccountSummary
    full: Money
    """What settles it today."""
    overdue: Money
    minimum: Money
    """What is overdue and what falls due next."""
    instalment: Money
    """What the running plan asks for next, and what of it is late."""
    instalment_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePreview:
    """What one debt gets of a payment, why in this order, and what becomes of it."""

    account: AccountCard
    amount: Money
    rule: str
    zh: str
    en: str
    parts: tuple[tuple[str, Money], ...]
    """(component or `credit_balance`, amount): what the money settles."""
    balance_before: Money
    balance_after: Money
    days_before: int
    days_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PayQuote:
    """A payment as it would be: its shares sum to the amount."""

    creditor_id: int
    amount: Money
    choice: Choice
    shares: tuple[SharePreview, ...]


def payable_debts(*, person_id: int, as_of: date, account_ids: Sequence[int] = ()) -> tuple[PayableDebt, ...]:
    """Return the debts of a person that can be paid here, what is overdue first; only some if they are named."""
    cards = {card.account_id: card for card in book.account_cards(person_id)}
    instalments = _next_instalments(person_id)
    found = [
        _payable(cards[summary.account_id], summary, as_of, instalments)
        for summary in ledger.person_summary(person_id, as_of).accounts
        if summary.account_id in cards
        and summary.standing not in CLOSED
        and (not account_ids or summary.account_id in account_ids)
    ]
    owed = [debt for debt in found if debt.full.minor > 0]
    return tuple(sorted(owed, key=lambda debt: (-debt.overdue.minor, debt.account.account_id)))


def _payable(
    account: AccountCard,
    summary: AccountSummary,
    as_of: date,
    instalments: dict[int, tuple[Money, date]],
) -> PayableDebt:
    full = ledger.payoff(account.account_id, as_of).amount if summary.balance.minor else summary.balance
    asked = summary.overdue + summary.next_due
    amount, due_date = instalments.get(account.account_id, (Money(0, account.currency), None))
    return PayableDebt(
        account=account,
        summary=summary,
        full=full,
        overdue=_at_most(summary.overdue, full),
        minimum=_at_most(asked, full),
        instalment=_at_most(amount, full),
        instalment_date=due_date,
    )


def _next_instalments(person_id: int) -> dict[int, tuple[Money, date]]:
    """Return what running plans ask for next of each debt: all that is late of it, or else the next instalment."""
    found: dict[int, tuple[Money, date]] = {}
    for plan in arrangements.plans_of(person_id):
        if plan.state != "running":
            continue
        for account_id in plan.account_ids:
            open_ones = [
                one for one in plan.instalments if one.account_id == account_id and one.paid < one.amount
            ]
            if not open_ones:
                continue
            late = [one for one in open_ones if one.state in ("late", "missed")] or open_ones[:1]
            total = sum((one.amount - one.paid for one in late), Money(0, plan.currency))
            found[account_id] = (total, late[0].due_date)
    return found


def _at_most(amount: Money, most: Money) -> Money:
    return amount if amount <= most else most


def choice_amount(debts: Sequence[PayableDebt], choice: Choice) -> Money | None:
    """Return what a choice comes to over debts of one currency; None where it comes to nothing or has no amount."""
    if choice == "other" or not debts:
        return None
    total = sum((getattr(debt, choice) for debt in debts), Money(0, debts[0].account.currency))
    return total if total.minor else None


def quote(
    *,
    debts: Sequence[PayableDebt],
    choice: Choice,
    other: Money | None = None,
    designated_account_id: int | None = None,
    as_of: date,
    now: datetime,
) -> PayQuote:
    """This function will return what a payment would settle, debt by debt, in the order that the law gives.

    1. Full, overdue, minimum and instalment give each debt what it asks for; another amount is divided by Civil Code
       of the PRC art. 560: the debt that the payer names, then what is due, the least secured, the heaviest, the
       earliest, in proportion.
    2. Within a debt its own order of payment applies, as the ledger will apply it; nothing is written.

    :raises QuoteRefused: if it comes to nothing, to more than is owed, or the debts have several lenders or currencies
    """
    if not debts or len({(debt.account.creditor_id, debt.account.currency) for debt in debts}) != 1:
        raise QuoteRefused("pay.debts", "choose debts of one lender and currency")
    by_id = {debt.account.account_id: debt for debt in debts}
    shares = [
        _previewed(by_id[account_id], amount, rule, zh, en, as_of, now)
        for account_id, amount, rule, zh, en in _shares(debts, choice, other, designated_account_id, as_of)
    ]
    total = sum((share.amount for share in shares), Money(0, debts[0].account.currency))
    return PayQuote(
        creditor_id=debts[0].account.creditor_id, amount=total, choice=choice, shares=tuple(shares)
    )


def _shares(
    debts: Sequence[PayableDebt],
    choice: Choice,
    other: Money | None,
    designated_account_id: int | None,
    as_of: date,
) -> list[tuple[int, Money, str, str, str]]:
    if choice != "other":
        asked = [(debt.account.account_id, getattr(debt, choice)) for debt in debts]
        found = [(account_id, amount) for account_id, amount in asked if amount.minor]
        if not found:
            raise QuoteRefused("pay.nothing", "this choice comes to nothing")
        return [
            (account_id, amount, "designated", "由您选择", "Chosen by you") for account_id, amount in found
        ]
    most = sum((debt.full for debt in debts), Money(0, debts[0].account.currency))
    if other is None or other.minor <= 0 or other.currency != most.currency:
        raise QuoteRefused("pay.amount", "fill in an amount above zero")
    if other > most:
        raise QuoteRefused("pay.too_much", f"more than the {most} that is owed")
    if len(debts) == 1:
        return [(debts[0].account.account_id, other, "designated", "全部计入该账户", "All to this debt")]
    parts = payments.divide_amount(
        account_ids=[debt.account.account_id for debt in debts], amount=other,
        designated_account_id=designated_account_id, as_of=as_of,
    )  # fmt: skip
    rows = [(part.account_id, part.amount, part.rule, part.zh, part.en) for part in parts]
    left = other - sum((part.amount for part in parts), Money(0, other.currency))
    if left.minor and rows:
        account_id, amount, rule, zh, en = rows[0]
        rows[0] = (account_id, amount + left, rule, zh, en)
    return rows


def _previewed(
    debt: PayableDebt, amount: Money, rule: str, zh: str, en: str, as_of: date, now: datetime
) -> SharePreview:
    """Let the ledger say what the money would settle on this debt; a refusal there shows the plain sums."""
    changes = ledger.preview_event(
        account_id=debt.account.account_id, kind="payment", amount=amount, effective_date=as_of, details={},
        source="webhook:pay", actor=system("pay"), now=now,
    )  # fmt: skip
    receipt = next((one for one in changes.receipts if not one.before), None)
    zero = Money(0, debt.account.currency)
    return SharePreview(
        account=debt.account, amount=amount, rule=rule, zh=zh, en=en,
        parts=tuple((code, sum_) for code, sum_ in (receipt.after if receipt else {}).items() if sum_.minor),
        balance_before=sum(changes.balance_before.values(), zero),
        balance_after=sum(changes.balance_after.values(), zero),
        days_before=changes.dpd_before, days_after=changes.dpd_after,
    )  # fmt: skip
