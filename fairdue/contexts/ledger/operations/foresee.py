"""What keeping will make of a kept account, worked out in memory: nothing is landed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import count
from typing import Any

from fairdue.contexts.ledger.models import LoanContract, Transaction
from fairdue.contexts.ledger.operations.keep import item_rows
from fairdue.contexts.ledger.operations.keep_charges import (
    ChargeChange,
    charge_changes,
    charge_of,
    reversal_of,
)
from fairdue.contexts.ledger.queries.account_facts import (
    AccountFacts,
    StoredItem,
    StoredTransaction,
    record_of,
)
from fairdue.contexts.ledger.queries.contracts import KEEPING, KeptCharge, contract_of, stories
from fairdue.engine.ledger.event_codec import event_of
from fairdue.engine.ledger.keeping.derive import derive

FIRST_ID = 2**62
"""Numbers from here on stand for rows that are only foreseen."""


def foresee(
    facts: AccountFacts, *, until: date, now: datetime, tried: StoredTransaction | None = None
) -> AccountFacts:
    """Return the facts as keeping by a day will have them, with an event that is only tried out or without one.

    1. An account that its creditor keeps stays as it is, but for the event.
    2. The facts may be foreseen themselves: what was foreseen before stands as if it were landed.
    """
    known = facts if tried is None else facts.with_transaction(tried)
    row = LoanContract.objects.filter(account_id=facts.account_id, disbursed_date__lte=until).first()
    if row is None:
        return known
    landed = _landed_charges(facts)
    names = {str(one.id): _key(one)[0] for one in facts.transactions if _is_kept(one)}
    events = stories([facts.account_id])[facts.account_id].events
    if tried is not None:
        events = [*events, event_of(record_of(tried))]
    derived = derive(contract_of(row), events, until, names=names)
    items = {item.key: (item.due_date, item.amount_minor) for item in facts.given_items}
    taken = [FIRST_ID, *(one.id for one in facts.transactions), *(item.id for item in facts.items)]
    numbers = count(max(taken) + 1)
    changes = charge_changes(facts.account_id, derived.charges, landed)
    return replace(
        known,
        items=_items(facts, item_rows(facts, derived.items, items), numbers),
        transactions=[*known.transactions, *_charges(changes, facts, now, numbers)],
        _history=None,
    )


def _is_kept(stored: StoredTransaction) -> bool:
    return stored.source == KEEPING and stored.kind == "charge"


def _key(stored: StoredTransaction) -> tuple[str, int]:
    """Return the key under which keeping made a charge, and its version."""
    key, _, number = stored.external_ref.removeprefix(f"{KEEPING}:").partition("~")
    return key, int(number or 1)


def _landed_charges(facts: AccountFacts) -> dict[str, KeptCharge]:
    """Return the latest version of each charge that keeping made."""
    gone, found = facts.reversed_by, {}
    for stored in filter(_is_kept, facts.transactions):
        key, version = _key(stored)
        found[key] = KeptCharge(
            transaction=_row(stored, facts), key=key, version=version, is_standing=stored.id not in gone
        )
    return found


def _row(stored: StoredTransaction, facts: AccountFacts) -> Transaction:
    return Transaction(
        id=stored.id,
        account_id=facts.account_id,
        person_id=facts.person_id,
        external_ref=stored.external_ref,
        kind=stored.kind,
        component=stored.component,
        amount_minor=stored.amount_minor,
        currency=stored.currency,
        effective_date=stored.effective_date,
        recorded_at=stored.recorded_at,
        source=stored.source,
        details=dict(stored.details),
    )


def _items(
    facts: AccountFacts, rows: Iterable[Mapping[str, Any]], numbers: Iterator[int]
) -> list[StoredItem]:
    items = {item.key: item for item in facts.items}
    for row in rows:
        key = (row["due_ref"], row["component"])
        said = {"due_date": row["due_date"], "amount_minor": row["amount_minor"]}
        if key in items:
            items[key] = replace(items[key], **said)
        elif row["amount_minor"]:
            items[key] = StoredItem(
                id=next(numbers), due_ref=key[0], component=key[1], **said, asked_minor=0, paid_minor=0,
                settled_date=None, made_by_id=None,
            )  # fmt: skip
    return list(items.values())


def _charges(
    changes: Iterable[ChargeChange], facts: AccountFacts, now: datetime, numbers: Iterator[int]
) -> list[StoredTransaction]:
    changes = list(changes)
    rows = [reversal_of(change.old, now) for change in changes if change.old is not None]
    rows += [charge_of(change, facts, now) for change in changes if change.new is not None]
    return [_stored(row, next(numbers)) for row in rows]


def _stored(row: Transaction, number: int) -> StoredTransaction:
    return StoredTransaction(
        id=number,
        external_ref=row.external_ref,
        kind=row.kind,
        component=row.component,
        amount_minor=row.amount_minor,
        currency=row.currency,
        effective_date=row.effective_date,
        recorded_at=row.recorded_at,
        reverses_id=None if row.reverses is None else row.reverses.pk,
        fund=row.fund,
        details=row.details,
        source=row.source,
        approval_ref=row.approval_ref,
    )
