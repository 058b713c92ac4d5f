"""Charges and their waivers."""

from __future__ import annotations

from fairdue.engine.ledger.life import entries
from fairdue.engine.ledger.life.events import Charge, Waiver
from fairdue.engine.ledger.life.position import Item, Position, Settled
from fairdue.engine.ledger.life.receipts import use_held


def charge(position: Position, event: Charge) -> None:
    """Add a charge to its row; an overpayment held pays it at once."""
    row = position.row_of_charge(event.due_date)
    item = Item(event.component, event.due_date, event.amount, charge_id=event.id)
    row.add_charge(item)
    position.charges[event.id] = (row, item)
    use_held(position, event.counts_on)


def waive(position: Position, event: Waiver) -> None:
    """Give up what is unpaid of a charge, or part of it; it stays in the total of its row.

    A waiver takes no more than is unpaid at its place: a payment entered later but counting for an
    earlier day leaves it less, and a charge that was reversed leaves it nothing.
    """
    row, item = position.charges.get(event.of, (None, None))
    if row is None or item is None:
        return
    amount = item.unpaid if event.amount is None else min(event.amount, item.unpaid)
    item.waived += amount
    position.splits[event.id] = {item.component: amount}
    position.settled.append(Settled(event.id, row, item, amount, is_waived=True))
    position.entries[event.id] = entries.waiver(item.component, amount)
