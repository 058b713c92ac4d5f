"""Postings as a plain-text journal in the syntax of beancount, for people and for the tools of auditors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from fairdue.kernel.money import Money

PLAIN = {
    "cash": "Assets:Cash",
    "suspense": "Assets:Suspense",
    "opening": "Equity:Opening-Balances",
    "credit_balance": "Liabilities:Credit-Balance",
    "adjustment": "Expenses:Adjustment",
    "recovery": "Income:Recovery",
}
BY_COMPONENT = {
    "receivable": "Assets:Receivable",
    "income": "Income",
    "waiver": "Expenses:Waiver",
    "charge_off": "Expenses:Charge-Off",
    "allowance": "Assets:Allowance",
    "write_off": "Expenses:Write-Off",
    "assigned": "Equity:Assigned",
}
ASSERTED = ("Assets:Receivable:", "Liabilities:Credit-Balance")
"""Beginnings of the accounts whose balances a journal asserts at its end: what the borrower owes and is owed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """One posting of one account."""

    posting_id: int
    account_id: int
    transaction_id: int | None
    kind: str
    event_kind: str
    """Kind of the event that the posting belongs to; empty where there is none."""
    rule: str
    debit: str
    credit: str
    due_ref: str
    amount: Money
    effective_date: date
    recorded_at: datetime

    @property
    def entry(self) -> tuple[date, datetime, int]:
        """What makes one transaction of the journal: an event's postings of one day, recorded together."""
        return self.effective_date, self.recorded_at, self.transaction_id or 0


def account_name(code: str, suffix: str = "") -> str:
    """Return the name under which a journal shows a ledger account: receivable:late_fee → Assets:Receivable:Late-Fee.

    `suffix` names the debt where a journal holds several.
    """
    head, _, component = code.partition(":")
    if component:
        name = f"{BY_COMPONENT.get(head, 'Equity:Other')}:{_titled(component)}"
    else:
        name = PLAIN.get(head, f"Equity:{_titled(head)}")
    return f"{name}:{suffix}" if suffix else name


def _titled(code: str) -> str:
    """Return a code as a beancount name: letters, digits and hyphens, beginning with a capital or a digit."""
    plain = "".join(sign if sign.isalnum() else "-" for sign in code).strip("-") or "X"
    return "-".join(part[:1].upper() + part[1:] for part in plain.split("-") if part)


def header(title: str, currencies: Iterable[str]) -> Iterator[str]:
    """Yield the first lines of a journal."""
    yield f'option "title" "{_quoted(title)}"'
    for currency in sorted(set(currencies)):
        yield f'option "operating_currency" "{currency}"'
    yield ""


def account_journal(
    lines: Iterable[JournalLine], *, label: str, as_of: date | None = None, suffix: str = ""
) -> Iterator[str]:
    """Yield the journal of one debt, line by line; the same postings give the same text.

    1. Every ledger account is opened on its first day.
    2. One transaction for each event and day, in the order of days and recording; its metadata names the event,
       its kind, the rule, and when it was recorded.
    3. The balances of what is owed by component, and of what was paid beyond it, are asserted for the morning
       after the last day.
    """
    ordered = sorted(lines, key=lambda line: (*line.entry, line.posting_id))
    if not ordered:
        yield f"; {label}: no postings"
        return
    yield f"; {label}"
    yield from _opened(ordered, suffix)
    for _, group in groupby(ordered, key=lambda line: line.entry):
        yield ""
        yield from _transaction(list(group), suffix)
    yield ""
    yield from _asserted(ordered, as_of, suffix)


def _opened(lines: list[JournalLine], suffix: str) -> Iterator[str]:
    first: dict[str, tuple[date, str]] = {}
    for line in lines:
        for code in (line.debit, line.credit):
            first.setdefault(account_name(code, suffix), (line.effective_date, line.amount.currency))
    for name, (day, currency) in sorted(first.items()):
        yield f"{day} open {name} {currency}"


def _transaction(lines: list[JournalLine], suffix: str) -> Iterator[str]:
    line = lines[0]
    kind = line.event_kind or line.kind
    number = f" {line.transaction_id}" if line.transaction_id else ""
    yield f'{line.effective_date} * "{_quoted(kind)}{number}"'
    yield f'  recorded_at: "{line.recorded_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"'
    if line.transaction_id:
        yield f'  transaction: "{line.transaction_id}"'
    yield f'  kind: "{_quoted(", ".join(sorted({one.kind for one in lines})))}"'
    if line.rule:
        yield f'  rule: "{_quoted(line.rule)}"'
    legs: dict[tuple[str, str], Money] = {}
    for one in lines:
        for code, amount in ((one.debit, one.amount), (one.credit, -one.amount)):
            key = (account_name(code, suffix), one.due_ref if code.startswith("receivable:") else "")
            legs[key] = legs[key] + amount if key in legs else amount
    for (name, due_ref), amount in legs.items():
        yield f"  {name}  {_amount(amount)}"
        if due_ref:
            yield f'    due: "{_quoted(due_ref)}"'


def _asserted(lines: list[JournalLine], as_of: date | None, suffix: str) -> Iterator[str]:
    balances: dict[str, Money] = {}
    for line in lines:
        for code, amount in ((line.debit, line.amount), (line.credit, -line.amount)):
            name = account_name(code, suffix)
            balances[name] = balances[name] + amount if name in balances else amount
    day = max([line.effective_date for line in lines] + ([as_of] if as_of else [])) + timedelta(days=1)
    for name, balance in sorted(balances.items()):
        if name.startswith(ASSERTED):
            yield f"{day} balance {name}  {_amount(balance, tolerance=True)}"


def _amount(amount: Money, *, tolerance: bool = False) -> str:
    """Return an amount; with a tolerance of nothing, so that an assertion is exact."""
    return f"{amount.amount} ~ 0 {amount.currency}" if tolerance else f"{amount.amount} {amount.currency}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
