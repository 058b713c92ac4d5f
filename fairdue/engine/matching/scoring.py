"""Grounds for a match and their weights: the score of a candidate is their sum, each named.

1. A certain ground may match alone, without a person looking: it names the account itself.
2. All others only rank; however many of them come together, they never match by themselves.
3. Two certain grounds that name different accounts are no certainty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

NEAR_DAYS = 3
"""A payment within so many days of a due or promised date is called near it."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A kind of ground: its weight and words."""

    code: str
    weight: int
    zh: str
    en: str
    is_certain: bool = False


GROUNDS: Mapping[str, Ground] = {
    ground.code: ground
    for ground in (
        Ground("code", 100, "附言含该账户的还款码", "The text holds the account's repayment code", True),
        Ground("structured", 100, "结构化参考号即该账户编号", "The structured reference is the account's", True),
        Ground("designated", 100, "付款人在支付页面指定了该账户", "The payer chose this account when paying", True),
        Ground("code_retired", 70, "附言含该账户已停用的还款码", "The text holds a retired code of the account"),
        Ground("code_near", 60, "与该账户还款码仅差一处笔误", "One slip away from the account's repayment code"),
        Ground("reference", 50, "附言含该账户编号", "The text names the account's reference"),
        Ground("payer_account", 40, "该付款账号此前为此人还过款", "This payer account has paid for the person before"),
        Ground("payer_name", 35, "付款人姓名与债务人相同", "The payer's name is the debtor's"),
        Ground("mobile", 30, "附言含债务人手机号", "The text holds the debtor's mobile number"),
        Ground("promised", 30, "与承诺还款金额一致", "Exactly the amount that was promised"),
        Ground("overdue", 25, "与逾期金额一致", "Exactly the overdue amount"),
        Ground("overdue_all", 25, "与此人名下各账户逾期合计一致", "Exactly what all accounts of the person have overdue"),
        Ground("next_due", 20, "与下期应还金额一致", "Exactly the next amount due"),
        Ground("balance", 20, "与全部欠款一致", "Exactly the whole balance"),
        Ground("promised_date", 10, "接近承诺还款日", "Near the promised day"),
        Ground("due_date", 5, "接近到期日", "Near a due date"),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What an account owes, as far as matching asks; amounts in minor units of its currency."""

    account_id: int
    person_id: int
    currency: str
    balance: int
    overdue: int
    next_due: int
    next_due_date: date | None = None
    oldest_due_date: date | None = None
    person_overdue: int = 0
    """Over all accounts of the person with this creditor in this currency."""
    promises: tuple[tuple[int, date], ...] = ()
    """(amount, promised day) of open promises on this account or on the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """An account with the grounds that speak for it."""

    account_id: int
    score: int
    grounds: tuple[Ground, ...]
    is_certain: bool


def amount_grounds(owed: Owed, amount_minor: int, paid_date: date) -> list[str]:
    """Return the codes of grounds that amount and date give."""
    found = []
    if amount_minor == owed.overdue:
        found.append("overdue")
    elif amount_minor == owed.person_overdue:
        found.append("overdue_all")
    if amount_minor == owed.next_due and owed.next_due:
        found.append("next_due")
    if amount_minor == owed.balance and owed.balance != owed.overdue:
        found.append("balance")
    if any(amount == amount_minor for amount, _ in owed.promises):
        found.append("promised")
    if any(abs((day - paid_date).days) <= NEAR_DAYS for _, day in owed.promises):
        found.append("promised_date")
    dues = [day for day in (owed.next_due_date, owed.oldest_due_date) if day is not None]
    if any(abs((day - paid_date).days) <= NEAR_DAYS for day in dues):
        found.append("due_date")
    return found


def rank(
    accounts: Sequence[Owed],
    named: Mapping[int, Iterable[str]],
    *,
    amount_minor: int,
    currency: str,
    paid_date: date,
) -> tuple[Ranked, ...]:
    """Return the accounts of the payment's currency, best first.

    1. `named` gives, per account, the grounds other than amount and date.
    2. Amount and date speak only for an account for which another ground speaks, or a promised amount.
    3. A structured reference is certain only when the amount is no more than the account owes.
    4. Ties are broken by what is overdue, then by the account's number.
    """
    found = []
    for owed in accounts:
        codes = list(dict.fromkeys(named.get(owed.account_id, ())))
        amounts = amount_grounds(owed, amount_minor, paid_date)
        if owed.currency != currency or not (codes or "promised" in amounts):
            continue
        grounds = sorted((GROUNDS[code] for code in [*codes, *amounts]), key=lambda ground: -ground.weight)
        is_certain = any(
            ground.is_certain and (ground.code != "structured" or amount_minor <= owed.balance)
            for ground in grounds
        )
        score = sum(ground.weight for ground in grounds)
        ranked = Ranked(
            account_id=owed.account_id, score=score, grounds=tuple(grounds), is_certain=is_certain
        )
        found.append((not is_certain, -score, -owed.overdue, owed.account_id, ranked))
    return tuple(entry[-1] for entry in sorted(found, key=lambda entry: entry[:4]))


def certain_account(ranked: Sequence[Ranked]) -> int | None:
    """Return the one account that is certain, or None if there is none or more than one."""
    certain = [each.account_id for each in ranked if each.is_certain]
    return certain[0] if len(certain) == 1 else None
