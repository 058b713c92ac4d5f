"""How a payment is divided over several debts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from fairdue.contexts.book import facade as book
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments.cards import waiting_minor
from fairdue.contexts.payments.contracts import SharePart
from fairdue.contexts.payments.errors import MatchInvalid
from fairdue.contexts.payments.models import IncomingPayment
from fairdue.contexts.payments.operations.locking import found
from fairdue.engine.ledger.allocation.debts import DebtsUnordered, OpenDebt, divide
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money

SECURED_KINDS = {"mortgage", "auto_loan", "secured_loan"}
RULES = {
    "only_debt": ("全部计入该账户", "All to this account"),
    "designated": ("债务人指定", "Designated by the debtor"),
    "agreed": ("当事人约定", "Agreed by the parties"),
    "due": ("已到期的债务优先", "Debts that are due come first"),
    "least_secured": ("缺乏担保或担保最少的优先", "The least secured comes first"),
    "heaviest": ("负担较重的优先", "The heaviest burden comes first"),
    "earliest": ("先到期的优先", "The earlier due date comes first"),
    "pro_rata": ("按债务比例", "In proportion to the debts"),
    "not_due": ("未到期的债务在后", "Debts that are not due come last"),
    "excess": ("超出全部债务的部分作为溢缴款", "What exceeds all debts is a credit balance"),
}  # fmt: skip


def divide_payment(
    *, payment_id: int, account_ids: Sequence[int], designated_account_id: int | None = None, actor: Actor
) -> tuple[SharePart, ...]:
    """Return how what waits of a payment would be divided over accounts by Civil Code art. 560.

    :raises PermissionRefused: without `payments.view`
    :raises PaymentUnknown, MatchInvalid: as they say
    """
    actor.require("payments.view")
    payment = found(IncomingPayment.objects.filter(pk=payment_id).first(), actor, payment_id)
    return shares_of(payment, account_ids, designated_account_id, actor)


def shares_of(
    payment: IncomingPayment, account_ids: Sequence[int], designated_account_id: int | None, actor: Actor
) -> tuple[SharePart, ...]:
    """Return what each account gets of all that waits; one part an account, accounts that get nothing left out.

    What exceeds all debts goes to the account that comes first, as its credit balance.

    :raises MatchInvalid: without accounts, or if one is not of the payment's creditor or currency
    """
    cards = _cards(payment, account_ids, designated_account_id, actor)
    waiting = Money(waiting_minor(payment), payment.currency)
    if len(cards) == 1:
        return whole_to(payment, next(iter(cards.values())))
    try:
        shares = divide(
            waiting.minor,
            [_debt(card, payment.effective_date) for card in cards.values()],
            designated=str(designated_account_id) if designated_account_id else None,
        )
    except DebtsUnordered as unordered:
        raise MatchInvalid(f"{unordered}: give the shares by hand") from unordered
    amounts: dict[int, int] = {}
    rules: dict[int, str] = {}
    first = int(next((share.debt_id for share in shares if share.debt_id), next(iter(cards))))
    for share in shares:
        account_id = int(share.debt_id) if share.debt_id else first
        amounts[account_id] = amounts.get(account_id, 0) + share.amount_minor
        rules.setdefault(account_id, share.reason)
    if sum(amounts.values()) != waiting.minor:
        raise MatchInvalid("the division does not come to what waits")
    return tuple(
        _part(cards[account_id], Money(minor, payment.currency), rules[account_id])
        for account_id, minor in amounts.items()
        if minor
    )


def whole_to(payment: IncomingPayment, card: book.AccountCard) -> tuple[SharePart, ...]:
    """Return all that waits of a payment as the part of one account of its creditor and currency."""
    return (_part(card, Money(waiting_minor(payment), payment.currency), "only_debt"),)


def _cards(
    payment: IncomingPayment, account_ids: Sequence[int], designated_account_id: int | None, actor: Actor
) -> dict[int, book.AccountCard]:
    wanted = list(dict.fromkeys(account_ids))
    if not wanted:
        raise MatchInvalid("name at least one account")
    if designated_account_id is not None and designated_account_id not in wanted:
        raise MatchInvalid("the designated account is not among the accounts")
    found_cards = book.account_cards_by_id(wanted, actor=actor)
    for account_id in wanted:
        card = found_cards.get(account_id)
        if card is None or card.creditor_id != payment.creditor_id:
            raise MatchInvalid(f"account {account_id} is not one of the creditor that received the money")
        if card.currency != payment.currency:
            raise MatchInvalid(
                f"account {account_id} is kept in {card.currency}, the money is {payment.currency}"
            )
    return {account_id: found_cards[account_id] for account_id in wanted}


def divide_amount(
    *, account_ids: Sequence[int], amount: Money, designated_account_id: int | None = None, as_of: date
) -> tuple[SharePart, ...]:
    """Return how an amount that is not paid yet would be divided over debts of one currency by Civil Code art. 560.

    What exceeds all debts has no part: the parts then sum to less than the amount.

    :raises MatchInvalid: without debts, or if what is known of them does not order them
    """
    cards = {card.account_id: card for card in book.account_cards_by_id(account_ids).values()}
    if not cards or any(card.currency != amount.currency for card in cards.values()):
        raise MatchInvalid("name debts of one currency")
    designated = str(designated_account_id) if designated_account_id else None
    try:
        shares = divide(amount.minor, [_debt(card, as_of) for card in cards.values()], designated=designated)
    except DebtsUnordered as unordered:
        raise MatchInvalid(f"{unordered}: choose one debt") from unordered
    sums: dict[int, int] = {}
    rules: dict[int, str] = {}
    for share in shares:
        if share.debt_id:
            account_id = int(share.debt_id)
            sums[account_id] = sums.get(account_id, 0) + share.amount_minor
            rules.setdefault(account_id, share.reason)
    return tuple(
        _part(cards[account_id], Money(minor, amount.currency), rules[account_id])
        for account_id, minor in sums.items()
    )


def _debt(card: book.AccountCard, as_of: date) -> OpenDebt:
    """Return a debt as the law orders it; without a day on which anything falls due it comes after all that has one."""
    summary = ledger.account_summary(card.account_id, as_of)
    return OpenDebt(
        id=str(card.account_id),
        amount_minor=summary.balance.minor,
        due_minor=summary.overdue.minor,
        due_date=summary.oldest_unpaid_due_date or date.max,
        is_secured=card.product_kind in SECURED_KINDS,
    )


def _part(card: book.AccountCard, amount: Money, rule: str) -> SharePart:
    zh, en = RULES.get(rule, (rule, rule))
    return SharePart(
        account_id=card.account_id, account_ref_masked=card.ref_masked, amount=amount, rule=rule, zh=zh, en=en
    )
