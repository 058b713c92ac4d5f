"""What an account looks like on a day, as one set of facts tells it; two of them give what changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from fairdue.contexts.ledger.contracts import Changes, DueChange, ReceiptChange
from fairdue.contexts.ledger.queries.account_facts import AccountFacts
from fairdue.engine.ledger.accounts import CREDIT_BALANCE, INCOME, RECEIVABLE, component_of
from fairdue.engine.ledger.ageing import bucket
from fairdue.engine.ledger.life import events as life
from fairdue.engine.ledger.life.delinquency import delinquency
from fairdue.engine.ledger.life.replaying import position_on, standing_on
from fairdue.engine.ledger.life.terms import INTEREST, PRINCIPAL
from fairdue.engine.ledger.projection import DueState, Key, Line, dues_of, lines_of, standing_of
from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One account on one day: amounts in minor units."""

    balance: Mapping[str, int]
    credit_balance: int
    days: int
    bucket: str
    standing: str
    dues: Mapping[Key, DueState]
    receipts: Mapping[str, tuple[date, Mapping[str, int]]]
    charged: Mapping[str, int]


def snapshot(facts: AccountFacts, as_of: date) -> Snapshot:
    """Return what an account looks like on a day, as some facts tell it."""
    position, events = position_on(facts.history, as_of), standing_on(facts.history, as_of)
    lines = [
        *facts.base_lines(),
        *facts.charge_lines(),
        *lines_of(position, events, facts.books()),
    ]
    balance, credit_balance = balances(lines, as_of)
    days = delinquency(position, as_of).delinquent_days
    return Snapshot(
        balance=balance,
        credit_balance=credit_balance,
        days=days,
        bucket=bucket(days, facts.bucket_edges),
        standing=standing_of(position),
        dues=dues_of(position),
        receipts=_splits(events, lines),
        charged=_charged(lines),
    )


def balances(lines: Iterable[Line], as_of: date) -> tuple[dict[str, int], int]:
    """Return what is owed per component on a day, and the credit balance.

    A component that was paid before it was charged counts as credit balance until its charge's day.
    """
    codes: dict[str, int] = defaultdict(int)
    for line in lines:
        if line.effective_date <= as_of:
            codes[line.debit] += line.amount
            codes[line.credit] -= line.amount
    owed = {component_of(code): amount for code, amount in codes.items() if code.startswith(RECEIVABLE)}
    prepaid = -sum(amount for amount in owed.values() if amount < 0)
    return {name: amount for name, amount in owed.items() if amount > 0}, prepaid - codes[CREDIT_BALANCE]


def split_of(lines: Iterable[Line], event_id: str) -> dict[tuple[str, Key | None], int]:
    """Return where the money of one event stands: by component and due item, and what is held of it."""
    found: dict[tuple[str, Key | None], int] = defaultdict(int)
    for line in lines:
        if line.event_id != event_id or line.kind not in ("allocation", "recovery"):
            continue
        if line.credit.startswith(RECEIVABLE):
            found[component_of(line.credit), line.key] += line.amount
            if line.debit == CREDIT_BALANCE:
                found[CREDIT_BALANCE, None] -= line.amount
        elif not component_of(line.debit):
            found[line.credit, None] += line.amount
    return {place: amount for place, amount in found.items() if amount}


def _splits(events: Iterable[life.Event], lines: Iterable[Line]) -> dict[str, tuple[date, Mapping[str, int]]]:
    by_event: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_event[line.event_id].append(line)
    found: dict[str, tuple[date, Mapping[str, int]]] = {}
    for event in events:
        if isinstance(event, life.Payment | life.Credit | life.Recovery):
            parts: dict[str, int] = defaultdict(int)
            for (component, _), amount in split_of(by_event[event.id], event.id).items():
                parts[component] += amount
            found[event.id] = (event.counts_on, dict(parts))
    return found


def _charged(lines: Iterable[Line]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for line in lines:
        if line.credit.startswith(INCOME):
            found[component_of(line.credit)] += line.amount
    return found


def changes_between(facts: AccountFacts, before: Snapshot, after: Snapshot, as_of: date) -> Changes:
    """Return what is different between two snapshots of one account on a day."""
    currency = facts.currency
    fees, interest = _fees(before, after, currency)
    return Changes(
        account_id=facts.account_id,
        as_of=as_of,
        balance_before=_money(before.balance, currency),
        balance_after=_money(after.balance, currency),
        credit_balance_before=Money(before.credit_balance, currency),
        credit_balance_after=Money(after.credit_balance, currency),
        dpd_before=before.days,
        dpd_after=after.days,
        bucket_before=before.bucket,
        bucket_after=after.bucket,
        standing_before=before.standing,
        standing_after=after.standing,
        dues=_due_changes(before.dues, after.dues, currency),
        receipts=_receipt_changes(before, after, currency),
        fees=fees,
        interest=interest,
    )


def _money(amounts: Mapping[str, int], currency: str) -> dict[str, Money]:
    return {component: Money(amount, currency) for component, amount in amounts.items()}


def _fees(
    before: Snapshot, after: Snapshot, currency: str
) -> tuple[tuple[tuple[str, Money], ...], Money | None]:
    names = dict.fromkeys((*before.charged, *after.charged))
    differences = {name: after.charged.get(name, 0) - before.charged.get(name, 0) for name in names}
    fees = tuple(
        (name, Money(amount, currency))
        for name, amount in differences.items()
        if amount and name not in (PRINCIPAL, INTEREST)
    )
    interest = differences.get(INTEREST, 0)
    return fees, Money(interest, currency) if interest else None


def _due_changes(
    before: Mapping[Key, DueState], after: Mapping[Key, DueState], currency: str
) -> tuple[DueChange, ...]:
    found = []
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        if _face(old) != _face(new):
            found.append(_due_change(key, old, new, currency))
    return tuple(sorted(found, key=lambda one: one.due_date_after or one.due_date_before or date.max))


def _face(due: DueState | None) -> tuple[date, int, int] | None:
    """Return what of a due item is worth telling; one that asks for nothing is as good as none."""
    return (due.due_date, due.asked, due.paid) if due is not None and due.asked else None


def _due_change(key: Key, old: DueState | None, new: DueState | None, currency: str) -> DueChange:
    return DueChange(
        due_ref=key[0],
        component=key[1],
        due_date_before=old.due_date if old else None,
        due_date_after=new.due_date if new else None,
        asked_before=Money(old.asked, currency) if old else None,
        asked_after=Money(new.asked, currency) if new else None,
        paid_before=Money(old.paid, currency) if old else None,
        paid_after=Money(new.paid, currency) if new else None,
    )


def _receipt_changes(before: Snapshot, after: Snapshot, currency: str) -> tuple[ReceiptChange, ...]:
    found = []
    for event_id in dict.fromkeys((*before.receipts, *after.receipts)):
        old, new = before.receipts.get(event_id), after.receipts.get(event_id)
        if old != new:
            day, _ = new or old or (date.max, {})
            found.append(
                ReceiptChange(
                    transaction_id=int(event_id),
                    effective_date=day,
                    before=_money(old[1] if old else {}, currency),
                    after=_money(new[1] if new else {}, currency),
                )
            )
    return tuple(sorted(found, key=lambda one: (one.effective_date, one.transaction_id)))
