"""Bring one account in step with what its facts come to, whatever events it has: plain SQL and the debt's life.

`reallocate` does the same for many accounts at once that have only payments, charges and credits.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from fairdue.contexts.ledger.errors import AccountUnknown
from fairdue.contexts.ledger.queries.account_facts import AccountFacts, StoredItem
from fairdue.contexts.ledger.queries.facts_loading import load_facts
from fairdue.engine.ledger.accounts import OPENING, component_of
from fairdue.engine.ledger.life import events as life
from fairdue.engine.ledger.life.history import History
from fairdue.engine.ledger.projection import DueState, Key, Line, dues_of, pauses_of, standing_of

Move = tuple[int, str, str, int | None, date]
"""Transaction, the two accounts in order, due item, effective date: what postings add up by."""

PRESENT_SQL = """
SELECT CASE WHEN p.transaction_id IS NULL THEN 0 ELSE coalesce(t.reverses_id, t.id) END,
       p.debit, p.credit, p.due_item_id, p.effective_date, sum(p.amount_minor)::bigint
  FROM ledger_posting p LEFT JOIN ledger_transaction t ON t.id = p.transaction_id
 WHERE p.account_id = %s AND (p.transaction_id IS NOT NULL OR 'opening' IN (p.debit, p.credit))
 GROUP BY 1, 2, 3, 4, 5
"""
INSERT_ITEMS_SQL = """
INSERT INTO ledger_dueitem (account_id, person_id, due_ref, component, due_date, amount_minor, asked_minor, paid_minor,
                            currency, made_by_id, recorded_at)
SELECT %s, %s, n.due_ref, n.component, n.due_date, n.amount_minor, 0, 0, %s, n.made_by_id, %s
  FROM unnest(%s::text[], %s::text[], %s::date[], %s::bigint[], %s::bigint[])
       AS n (due_ref, component, due_date, amount_minor, made_by_id)
RETURNING id, due_ref, component, due_date, amount_minor, asked_minor, paid_minor, settled_date, made_by_id
"""
UPDATE_ITEMS_SQL = """
UPDATE ledger_dueitem d
   SET due_date = n.due_date, amount_minor = n.amount, asked_minor = n.asked, paid_minor = n.paid,
       settled_date = n.settled
  FROM unnest(%s::bigint[], %s::date[], %s::bigint[], %s::bigint[], %s::bigint[], %s::date[])
       AS n (id, due_date, amount, asked, paid, settled) WHERE d.id = n.id
"""
INSERT_POSTINGS_SQL = """
INSERT INTO ledger_posting (entry, account_id, person_id, transaction_id, kind, debit, credit, due_item_id,
                            amount_minor, currency, effective_date, recorded_at)
SELECT %s, %s, %s, n.transaction_id, n.kind, n.debit, n.credit, n.due_item_id, n.amount, %s, n.effective_date, %s
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::date[])
       AS n (transaction_id, kind, debit, credit, due_item_id, amount, effective_date)
"""
UPDATE_STATE_SQL = """
UPDATE ledger_accountstate
   SET balance_minor = %s, credit_balance_minor = %s, oldest_unpaid_due_date = %s, latest_payment_date = %s,
       latest_payment_minor = %s, standing = %s, pauses = %s, recorded_at = %s
 WHERE account_id = %s
"""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What settling did: the lines that now stand, and how many postings it took."""

    lines: tuple[Line, ...]
    posted_count: int


@transaction.atomic
def settle_account(account_id: int, *, now: datetime) -> Settlement:
    """This function will post what an account's facts come to beyond what is posted, and refresh items and state.

    :raises AccountUnknown: if the account is not open
    """
    facts, present = lock_facts(account_id)
    return settle(facts, present, now=now)


def lock_facts(account_id: int) -> tuple[AccountFacts, dict[Move, int]]:
    """Lock an account; return its facts and what its postings of transactions add up to.

    :raises AccountUnknown: if the account is not open
    """
    facts = load_facts(account_id, is_locked=True, openings=False)
    if facts is None:
        raise AccountUnknown(f"account {account_id} is not open")
    present: dict[Move, int] = {}
    openings: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(PRESENT_SQL, [account_id])
        for origin, debit, credit, item_id, day, amount in cursor.fetchall():
            if not origin:
                code, signed = (debit, amount) if credit == OPENING else (credit, -amount)
                openings[component_of(code)] = openings.get(component_of(code), 0) + signed
                continue
            move, signed = _move(origin, debit, credit, item_id, day, amount)
            present[move] = present.get(move, 0) + signed
    return replace(facts, openings=openings), present


def settle(facts: AccountFacts, present: Mapping[Move, int], *, now: datetime) -> Settlement:
    """Post the difference of what the facts come to and what is posted; the account is locked by the caller.

    1. What no longer stands is posted the other way round on its own effective date, before what is new; the
       posting of a reversed transaction names the reversal.
    2. Due items that events make are added; items that nothing asks for any more ask for nothing.
    """
    history = facts.history
    lines = facts.event_lines()
    dues = dues_of(history.position)
    item_ids = _write_items(facts, dues, now)
    postings = _postings(facts, _moves(lines, item_ids), present)
    _insert_postings(facts, postings, now)
    _write_state(facts, history, dues, now)
    return Settlement(tuple(lines), len(postings))


def _move(
    origin: int, debit: str, credit: str, item_id: int | None, day: date, amount: int
) -> tuple[Move, int]:
    """Return the two sides in one order, and the amount with a sign: positive when the first is debited."""
    if debit < credit:
        return (origin, debit, credit, item_id, day), amount
    return (origin, credit, debit, item_id, day), -amount


def _moves(lines: Iterable[Line], item_ids: Mapping[Key, int]) -> dict[Move, tuple[int, str]]:
    found: dict[Move, tuple[int, str]] = {}
    for line in lines:
        item_id = None if line.key is None else item_ids.get(line.key)
        move, signed = _move(
            int(line.event_id), line.debit, line.credit, item_id, line.effective_date, line.amount
        )
        before, _ = found.get(move, (0, ""))
        found[move] = (before + signed, line.kind)
    return found


Row = tuple[int, str, str, str, int | None, int, date]
"""Transaction, kind, debit, credit, due item, amount, effective date."""


def _postings(
    facts: AccountFacts, target: Mapping[Move, tuple[int, str]], present: Mapping[Move, int]
) -> list[Row]:
    """Return what is to be posted: first what is taken back."""
    reversed_by = facts.reversed_by
    taken_back: list[Row] = []
    new: list[Row] = []
    for move in dict.fromkeys((*present, *target)):
        amount, kind = target.get(move, (0, ""))
        before = present.get(move, 0)
        delta = amount - before
        if not delta:
            continue
        origin, first, second, item_id, day = move
        debit, credit = (first, second) if delta > 0 else (second, first)
        is_back = before != 0 and (before > 0) != (delta > 0)
        owner = reversed_by.get(origin, origin)
        row = (owner, "reversal" if is_back else kind, debit, credit, item_id, abs(delta), day)
        (taken_back if is_back else new).append(row)
    return sorted(taken_back, key=lambda row: row[0]) + sorted(new, key=lambda row: row[0])


def _insert_postings(facts: AccountFacts, postings: list[Row], now: datetime) -> None:
    if not postings:
        return
    columns: list[Any] = [list(column) for column in zip(*postings, strict=True)]
    head: list[Any] = [str(uuid.uuid4()), facts.account_id, facts.person_id, facts.currency, now]
    with connection.cursor() as cursor:
        cursor.execute(INSERT_POSTINGS_SQL, [*head, *columns])


def _write_items(facts: AccountFacts, dues: Mapping[Key, DueState], now: datetime) -> dict[Key, int]:
    """Bring due items in step; return their numbers by reference and component."""
    items = {item.key: item for item in facts.items}
    missing = [due for key, due in dues.items() if key not in items]
    if missing:
        for item in _insert_items(facts, missing, now):
            items[item.key] = item
    _update_items([_changed(item, dues.get(key)) for key, item in items.items()])
    return {key: item.id for key, item in items.items()}


def _changed(item: StoredItem, due: DueState | None) -> StoredItem | None:
    """Return an item as it must become, or None if it is right."""
    if due is None:
        after = replace(item, asked_minor=0, paid_minor=0, settled_date=None)
    else:
        after = replace(item, asked_minor=due.asked, paid_minor=due.paid, settled_date=due.settled_date)
        if item.made_by_id is not None:
            after = replace(after, due_date=due.due_date, amount_minor=due.amount)
    return None if after == item else after


def _update_items(changed: Iterable[StoredItem | None]) -> None:
    rows = [
        (one.id, one.due_date, one.amount_minor, one.asked_minor, one.paid_minor, one.settled_date)
        for one in changed
        if one is not None
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(UPDATE_ITEMS_SQL, [list(column) for column in zip(*rows, strict=True)])


def _insert_items(facts: AccountFacts, missing: Iterable[DueState], now: datetime) -> list[StoredItem]:
    rows = [(due.ref, due.component, due.due_date, due.amount, maker_of(facts, due)) for due in missing]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(INSERT_ITEMS_SQL, [facts.account_id, facts.person_id, facts.currency, now, *columns])
        return [StoredItem(*row) for row in cursor.fetchall()]


def maker_of(facts: AccountFacts, due: DueState) -> int:
    """Return the transaction that made a due item: the one its reference names, or the return of money that day."""
    first, _, second = due.ref.partition(":")
    if first == "charge":
        return int(second)
    if first != "extra":
        return int(first)
    returns = (life.Chargeback, life.Refund)
    return next(
        int(event.id)
        for event in facts.history.standing()
        if isinstance(event, returns) and event.counts_on <= due.due_date
    )


def _write_state(facts: AccountFacts, history: History, dues: Mapping[Key, DueState], now: datetime) -> None:
    position = history.position
    latest = max(
        (event for event in history.standing() if isinstance(event, life.Receipt)),
        key=lambda event: (event.counts_on, int(event.id)),
        default=None,
    )
    pauses = [[str(first), str(final)] for first, final in pauses_of(position)]
    values = [
        0 if position.is_ended else position.outstanding,
        position.held,
        min((due.due_date for due in dues.values() if due.unpaid > 0), default=None),
        None if latest is None else latest.counts_on,
        None if latest is None else latest.amount,
        standing_of(position),
        json.dumps(pauses) if pauses else None,
        now,
        facts.account_id,
    ]
    with connection.cursor() as cursor:
        cursor.execute(UPDATE_STATE_SQL, values)
