"""The demonstration's money: a bank file of yesterday, a payment and a refund that wait for a second person."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.payments import facade as payments
from fairdue.journeys.take_bank_statement import StatementTaken, take_bank_statement
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money

FILE_NAME = "bank-transactions.gb18030.csv"
MAPPING = "cn-standard"
ACCOUNT = "1100 0234 5678"
OPENING_MINOR = 12_000_000
DEBTORS = 30
"""So many debtors of the queue paid yesterday."""
STRANGERS = (("城南商贸有限公司", 88_000, "货款"), ("无名氏", 50_000, ""), ("周某", 123_456, "还信用卡"))
"""Payments that name no debt: payer, minor units, purpose."""
OVERPAID_MINOR = 20_000


@dataclass(frozen=True, slots=True)
class _Debtor:
    case_id: int
    account_id: int
    name: str
    overdue: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class _Credit:
    payer: str
    amount_minor: int
    purpose: str


def pay_in_demo(
    *, creditor_code: str, demo_date: date, folder: Path, actor: Actor, now: datetime
) -> StatementTaken:
    """This function will write the bank file of the day before into `folder`, take it, and ask for two approvals.

    1. Two thirds of the debtors name their repayment code; the others leave it to amount and name, or nothing does.
    2. One paid more than is owed, so that a refund can be approved; one paid a collector at the counter.
    3. The file is written once; taken again it books nothing.
    """
    path = folder / FILE_NAME
    is_first, debtors = not path.exists(), list(_debtors(actor, demo_date))
    if is_first:
        draft = path.with_suffix(".draft")
        draft.write_bytes(_file(list(_credits(debtors, actor, now)), demo_date - timedelta(days=1)))
        draft.rename(path)
    taken = take_bank_statement(
        creditor_code=creditor_code, content=path.read_bytes(), file_name=FILE_NAME, mapping=MAPPING, actor=actor,
        now=now,
    )  # fmt: skip
    if is_first and debtors:
        _ask(debtors, demo_date, now)
    return taken


def _debtors(actor: Actor, demo_date: date) -> Iterator[_Debtor]:
    """Yield debtors of the queue who owe something overdue, one account each."""
    for row in cases.queue(actor=actor, limit=DEBTORS * 2).rows[:DEBTORS]:
        for summary in ledger.person_summary(row.person_id, demo_date).accounts:
            if summary.overdue.minor > 0:
                name = parties.name_for_letter(row.person_id)
                yield _Debtor(row.case_id, summary.account_id, name, summary.overdue, summary.balance)
                break


def _credits(debtors: Sequence[_Debtor], actor: Actor, now: datetime) -> Iterator[_Credit]:
    """Yield what the bank received: the first debtor overpays, every third says no code."""
    for number, debtor in enumerate(debtors):
        if number == 0:
            yield _Credit(debtor.name, debtor.balance.minor + OVERPAID_MINOR, _code(debtor, actor, now))
        elif number % 3 == 2:
            yield _Credit(debtor.name, debtor.overdue.minor, "还款")
        elif number % 3 == 1:
            yield _Credit(debtor.name, debtor.overdue.minor, _code(debtor, actor, now))
        else:
            yield _Credit(debtor.name, max(debtor.overdue.minor // 2, 1), _code(debtor, actor, now))
    for payer, amount, purpose in STRANGERS:
        yield _Credit(payer, amount, purpose)


def _code(debtor: _Debtor, actor: Actor, now: datetime) -> str:
    return f"还款码 {payments.issue_code(account_id=debtor.account_id, actor=actor, now=now).code}"


def _file(credits: Sequence[_Credit], booked: date) -> bytes:
    """Return the bank's list of transactions, as Chinese enterprise e-banking exports it."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(["户名:示范银行股份有限公司", *[""] * 8])
    out.writerow([f"账号:{ACCOUNT}", "", "币种:人民币", *[""] * 6])
    out.writerow(
        ["交易日期", "贷方发生额", "借方发生额", "余额", "对方户名", "对方账号", "摘要", "附言", "交易流水号"]
    )
    balances = accumulate((credit.amount_minor for credit in credits), initial=OPENING_MINOR)
    next(balances)
    for number, (credit, balance) in enumerate(zip(credits, balances, strict=True), start=1):
        out.writerow([
            f"{booked:%Y%m%d}", _yuan(credit.amount_minor), "", _yuan(balance), credit.payer,
            f"62220210{number:08d}", "转账", credit.purpose, f"{booked:%Y%m%d}{number:05d}",
        ])  # fmt: skip
    out.writerow(["合计", _yuan(sum(credit.amount_minor for credit in credits)), *[""] * 7])
    return text.getvalue().encode("gb18030")


def _yuan(minor: int) -> str:
    return f"{minor // 100:,}.{minor % 100:02d}"


def _ask(debtors: Sequence[_Debtor], demo_date: date, now: datetime) -> None:
    """Ask, as a supervisor, for a refund of what was overpaid and for a payment made at the counter."""
    asking = identity.actor_by_username("supervisor")
    if asking is None:
        return
    overpaid, at_counter = debtors[0], debtors[-1]
    held = ledger.account_summary(overpaid.account_id, demo_date).credit_balance
    if held.minor:
        payments.request_refund(
            account_id=overpaid.account_id, amount=held, payee_name=overpaid.name, payee_account="6222021000000001",
            reason="Paid more than the whole debt 溢缴款退回", actor=asking, now=now,
        )  # fmt: skip
    payments.request_hand_payment(
        account_id=at_counter.account_id, amount=Money(30_000, at_counter.overdue.currency), effective_date=demo_date,
        reason="Paid in cash at the counter 柜面现金还款", payer_name=at_counter.name, evidence_ref="COUNTER-0001",
        actor=asking, now=now,
    )  # fmt: skip
