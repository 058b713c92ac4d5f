"""Allocating money: which items a payment settles, and what becomes of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from fairdue.engine.ledger.life import entries
from fairdue.engine.ledger.life.events import GoodwillCredit, Payment
from fairdue.engine.ledger.life.position import Item, Position, Row, Settled
from fairdue.engine.ledger.life.terms import AllocationRule, DueClass, InAdvance


def receive(position: Position, event: Payment) -> None:
    """Allocate a receipt or goodwill credit on the day it counts for.

    1. Items are settled in the order of the debt's allocation rule; what is left when nothing is
       outstanding is held as overpayment.
    2. A credit may say itself whether it goes to the next or the last row in advance.
    """
    rule = position.terms.allocation
    in_advance = (event.in_advance if isinstance(event, GoodwillCredit) else None) or rule.in_advance
    position.splits[event.id] = {}
    position.overpaid[event.id] = event.amount
    position.holders.append(event.id)
    _settle(position, event.id, event.counts_on, in_advance)
    position.entries[event.id] = entries.payment(
        entries.GOODWILL_EXPENSE if isinstance(event, GoodwillCredit) else entries.CASH,
        position.splits[event.id],
        position.overpaid[event.id],
        is_charged_off=position.charged_off_date is not None,
    )


def use_held(position: Position, on: date) -> None:
    """Settle what is outstanding from the overpayment, in the split of the payments that brought it."""
    for holder in position.holders:
        if position.overpaid[holder]:
            _settle(position, holder, on, position.terms.allocation.in_advance)


def _settle(position: Position, event_id: str, on: date, in_advance: InAdvance) -> None:
    split, left = position.splits[event_id], position.overpaid[event_id]
    for row, item in _in_order(position.rows, on, position.terms.allocation, in_advance):
        if not left:
            break
        part = min(item.unpaid, left)
        if part:
            item.paid += part
            left -= part
            split[item.component] = split.get(item.component, 0) + part
            position.settled.append(Settled(event_id, row, item, part))
    position.overpaid[event_id] = left


def class_of(due_date: date, on: date) -> DueClass:
    """Return whether an item is past due, due or in advance on the day a payment counts for."""
    if due_date < on:
        return "past_due"
    return "due" if due_date == on else "in_advance"


def _in_order(
    rows: list[Row], on: date, rule: AllocationRule, in_advance: InAdvance
) -> Iterator[tuple[Row, Item]]:
    """Yield the items in the order in which money on this day settles them.

    1. Vertical: each class and component of the order in turn, over all rows.
    2. Horizontal: each class in order of first appearance; in each row all of its components in turn.
    3. Rows go by due date; those in advance from the latest if so ruled. Charges of one row and component
       go by their own due date.
    """
    rows = [row for row in rows if row.unpaid]
    for due_class, components in _steps(rule):
        is_backward = due_class == "in_advance" and in_advance == "last"
        for row in reversed(rows) if is_backward else rows:
            for component in components:
                for item in row.items:
                    if item.component == component and class_of(item.due_date, on) == due_class:
                        yield row, item


def _steps(rule: AllocationRule) -> list[tuple[DueClass, tuple[str, ...]]]:
    if rule.style == "vertical":
        return [(slot.due_class, (slot.component,)) for slot in rule.order]
    grouped: dict[DueClass, tuple[str, ...]] = {}
    for slot in rule.order:
        grouped[slot.due_class] = (*grouped.get(slot.due_class, ()), slot.component)
    return list(grouped.items())
