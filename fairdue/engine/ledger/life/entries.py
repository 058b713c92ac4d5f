"""The double entries an event makes at its own place in the replay.

1. A payment debits cash (a credit: goodwill expense) and credits the receivables it settles; the rest is
   overpayment. After a charge-off all that is settled is recovery income.
2. What a charge-off took stands as credit loss (principal) or as the reversal of what had been earned.
3. Entries of interest and charges when they arise belong to their accrual, not to these events.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fairdue.engine.ledger.life.state import Entry
from fairdue.engine.ledger.life.terms import PRINCIPAL

CASH = "cash"
OVERPAYMENT = "overpayment"
GOODWILL_EXPENSE = "goodwill_expense"
WAIVER_EXPENSE = "waiver_expense"
WRITE_OFF_EXPENSE = "write_off_expense"
RECOVERY_INCOME = "recovery_income"
CREDIT_LOSS = "credit_loss"


def receivable(component: str) -> str:
    """Return the account of what is owed of a component."""
    return f"{component}_receivable"


def loss(component: str) -> str:
    """Return the account that bears a component when it leaves the books."""
    return CREDIT_LOSS if component == PRINCIPAL else f"{component}_reversal"


def payment(source: str, parts: Mapping[str, int], held: int, *, is_charged_off: bool) -> tuple[Entry, ...]:
    """Return the entries of a payment or credit."""
    settled = sum(parts.values())
    return _plain(
        Entry(source, debit=settled + held),
        *_settled(parts, is_charged_off=is_charged_off),
        Entry(OVERPAYMENT, credit=held),
    )


def _settled(parts: Mapping[str, int], *, is_charged_off: bool) -> Iterable[Entry]:
    if is_charged_off:
        return (Entry(RECOVERY_INCOME, credit=sum(parts.values())),)
    return _credits(parts)


def waiver(parts: Mapping[str, int]) -> tuple[Entry, ...]:
    """Return the entries of what was waived."""
    return _plain(Entry(WAIVER_EXPENSE, debit=sum(parts.values())), *_credits(parts))


def returned(parts: Mapping[str, int], absorbed: int, *, is_charged_off: bool) -> tuple[Entry, ...]:
    """Return the entries of a chargeback or refund: cash goes out, is owed again or was held."""
    account = loss if is_charged_off else receivable
    return _plain(
        *(Entry(account(component), debit=amount) for component, amount in parts.items()),
        Entry(OVERPAYMENT, debit=absorbed),
        Entry(CASH, credit=sum(parts.values()) + absorbed),
    )


def charge_off(parts: Mapping[str, int]) -> tuple[Entry, ...]:
    """Return the entries of a charge-off."""
    losses = (Entry(loss(component), debit=amount) for component, amount in parts.items())
    return _plain(*losses, *_credits(parts))


def write_off(parts: Mapping[str, int], *, is_charged_off: bool) -> tuple[Entry, ...]:
    """Return the entries of a write-off; none if the debt had left the books before."""
    if is_charged_off:
        return ()
    return _plain(Entry(WRITE_OFF_EXPENSE, debit=sum(parts.values())), *_credits(parts))


def recovery(amount: int) -> tuple[Entry, ...]:
    """Return the entries of money received after a write-off."""
    return _plain(Entry(CASH, debit=amount), Entry(RECOVERY_INCOME, credit=amount))


def _credits(parts: Mapping[str, int]) -> Iterable[Entry]:
    return (Entry(receivable(component), credit=amount) for component, amount in parts.items())


def _plain(*entries: Entry) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.debit or entry.credit)
