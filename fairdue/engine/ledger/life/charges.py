"""Charges, and the creditor's corrections."""

from __future__ import annotations

from datetime import date

from fairdue.engine.ledger.life import entries
from fairdue.engine.ledger.life.events import Charge, Credit
from fairdue.engine.ledger.life.position import Item, Position, Row, Settled
from fairdue.engine.ledger.life.receipts import hold, settle, use_held


def charge(position: Position, event: Charge) -> None:
    """Add a charge to its row; an overpayment held pays it at once.

    Without a due date it joins the balance that no item asks for, once the due items that credits had lowered
    ask for their part of the balance again, the earliest first.
    """
    row: Row | None = None
    if event.due_date is None:
        beyond = event.amount - _ask_again(position, event.component, event.amount)
        item = Item(event.component, None, beyond, charge_id=event.id)
        position.unscheduled.append(item)
    else:
        row = position.row_of_charge(event.due_date)
        item = Item(
            event.component, event.due_date, event.amount, charge_id=event.id, ref=f"charge:{event.id}"
        )
        row.add_charge(item)
    position.charges[event.id] = (row, item)
    use_held(position, event.counts_on)


def credit(position: Position, event: Credit) -> None:
    """Lower what is unpaid of one component by the creditor's own correction.

    1. First the balance that no item asks for, then the items from the latest; they ask for less.
    2. What exceeds the component is money, allocated like a receipt.
    """
    lowered = _lower(position, event.component, event.amount)
    position.splits[event.id] = {event.component: lowered} if lowered else {}
    if lowered:
        position.settled.append(
            Settled(event.id, None, Item(event.component, None, 0), lowered, event.counts_on)
        )
    hold(position, event.id, event.amount - lowered)
    settle(position, event.id, event.counts_on)
    position.entries[event.id] = entries.payment(
        entries.GOODWILL_EXPENSE,
        position.splits[event.id],
        position.overpaid[event.id],
        is_charged_off=position.charged_off_date is not None,
    )


def _ask_again(position: Position, component: str, amount: int) -> int:
    """Let items ask again for up to an amount of what credits had taken; return how much that is."""
    left = amount
    items = [item for item in position.items if item.component == component and item.lowered]
    for item in sorted(items, key=lambda item: item.due_date or date.max):
        part = min(item.lowered, left)
        item.amount += part
        item.lowered -= part
        left -= part
    return amount - left


def _lower(position: Position, component: str, amount: int) -> int:
    """Take up to an amount from the asked amounts of a component; return what was taken."""
    left = amount
    items = sorted(
        (item for item in position.items if item.component == component),
        key=lambda item: item.due_date or date.max,
    )
    for item in reversed(items):
        part = min(item.unpaid, left)
        item.amount -= part
        item.lowered += part if item.due_date else 0
        left -= part
    return amount - left
