"""Land the charges of kept contracts as transactions, corrections as a reversal and a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from fairdue.contexts.ledger.models import AccountState, Transaction
from fairdue.contexts.ledger.operations.settle import settle_account
from fairdue.contexts.ledger.queries.contracts import KEEPING
from fairdue.contexts.ledger.queries.contracts import KeptCharge as LandedCharge
from fairdue.engine.ledger.keeping.derived import KeptCharge
from fairdue.kernel.clock import business_date


class Owing(Protocol):
    """What must be known of an account to land something on it."""

    account_id: int
    person_id: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeChange:
    """A charge to take back, to make, or both: `number` is the version that a new one gets."""

    account_id: int
    old: Transaction | None
    new: KeptCharge | None
    number: int


def charge_changes(
    account_id: int, wanted: Sequence[KeptCharge], landed: Mapping[str, LandedCharge]
) -> list[ChargeChange]:
    """Return what has to change so that exactly the wanted charges stand.

    1. The same component, day and amount under the same key stays, whatever its arithmetic says in words.
    2. Another amount: the old one is reversed, the new one gets the next number.
    3. A key that is wanted no more is reversed; one that comes back gets the next number.
    """
    found = []
    for charge in wanted:
        known = landed.get(charge.key)
        number = 1 if known is None else known.version + 1
        if known is None or not known.is_standing:
            found.append(ChargeChange(account_id=account_id, old=None, new=charge, number=number))
        elif _said(known.transaction) != (charge.component, charge.effective_date, charge.amount):
            old = known.transaction
            found.append(ChargeChange(account_id=account_id, old=old, new=charge, number=number))
    keys = {charge.key for charge in wanted}
    gone = [known for key, known in landed.items() if key not in keys and known.is_standing]
    return found + [
        ChargeChange(account_id=account_id, old=known.transaction, new=None, number=known.version)
        for known in gone
    ]


def land_charges(
    changes: Sequence[ChargeChange], states: Mapping[int, AccountState], *, now: datetime
) -> None:
    """This function will record the changes, reversals first, and post what the accounts then come to."""
    reversals = [reversal_of(change.old, now) for change in changes if change.old is not None]
    made = [charge_of(change, states[change.account_id], now) for change in changes if change.new]
    Transaction.objects.bulk_create(reversals, batch_size=1000)
    Transaction.objects.bulk_create(made, batch_size=1000)
    for account_id in sorted({change.account_id for change in changes}):
        settle_account(account_id, now=now)


def _said(row: Transaction) -> tuple[object, object, object]:
    return row.component, row.effective_date, row.amount_minor


def reversal_of(old: Transaction, now: datetime) -> Transaction:
    """Return the transaction that will take a charge back, not stored."""
    return Transaction(
        account_id=old.account_id,
        person_id=old.person_id,
        external_ref=f"{old.external_ref}:reversed",
        kind="reversal",
        amount_minor=old.amount_minor,
        currency=old.currency,
        effective_date=max(business_date(now), old.effective_date),
        recorded_at=now,
        reverses=old,
        source=KEEPING,
    )


def charge_of(change: ChargeChange, account: Owing, now: datetime) -> Transaction:
    """Return the transaction that will make a charge, not stored."""
    charge = change.new
    if charge is None:
        raise AssertionError("nothing to make")
    suffix = "" if change.number == 1 else f"~{change.number}"
    return Transaction(
        account_id=change.account_id,
        person_id=account.person_id,
        external_ref=f"{KEEPING}:{charge.key}{suffix}",
        kind="charge",
        component=charge.component,
        amount_minor=charge.amount,
        currency=account.currency,
        effective_date=charge.effective_date,
        recorded_at=now,
        source=KEEPING,
        details=_details(charge),
    )


def _details(charge: KeptCharge) -> dict[str, Any]:
    found = {"component": charge.component, "kept": True, "why": charge.why.as_details()}
    if charge.is_due_at_once:
        found["due_date"] = (charge.due_date or charge.effective_date).isoformat()
    return found
