"""What a waiver or a dispute names: a charge, or a component of one due item or of all."""

from __future__ import annotations

from datetime import date

from fairdue.engine.ledger.life import entries
from fairdue.engine.ledger.life.events import Claim, Dispute, Waiver
from fairdue.engine.ledger.life.position import Item, Position, Row, Settled

Place = tuple[Row | None, Item]


def claimed(position: Position, event: Claim) -> list[Place]:
    """Return the items that a waiver or dispute means, the oldest first, unscheduled balance at the end."""
    if event.of is not None:
        row, item = position.charges.get(event.of, (None, None))
        return [] if item is None else [(row, item)]
    places: list[Place] = [(row, item) for row in position.rows for item in row.items]
    places += [(None, item) for item in position.unscheduled]
    named = [
        (row, item)
        for row, item in places
        if item.component == event.component and event.ref in ("", item.ref)
    ]
    return sorted(named, key=lambda place: place[1].due_date or date.max)


def claimable(position: Position, event: Claim) -> int:
    """Return how much a waiver or dispute can take at most of what it names."""
    is_dispute = isinstance(event, Dispute)
    return sum(item.payable if is_dispute else item.unpaid for _, item in claimed(position, event))


def waive(position: Position, event: Waiver) -> None:
    """Give up what is unpaid of a charge or component, or part of it; it stays in the total of its row.

    A waiver takes no more than is unpaid at its place: a payment entered later but counting for an
    earlier day leaves it less, and a charge that was reversed leaves it nothing.
    """
    left = claimable(position, event) if event.amount is None else event.amount
    parts: dict[str, int] = {}
    for row, item in claimed(position, event):
        part = min(item.unpaid, left)
        if part:
            left -= part
            give_up(position, event.id, (row, item), part, event.counts_on)
            parts[item.component] = parts.get(item.component, 0) + part
    position.splits[event.id] = parts
    position.entries[event.id] = entries.waiver(parts)


def give_up(position: Position, event_id: str, place: Place, amount: int, day: date) -> None:
    """Waive an amount of one item by an event, for a day."""
    row, item = place
    item.waived += amount
    position.settled.append(Settled(event_id, row, item, amount, day, is_waived=True))


def dispute(position: Position, event: Dispute) -> None:
    """Leave an amount out: no money settles it and it is not late, until the dispute is taken back."""
    left = claimable(position, event) if event.amount is None else event.amount
    for _, item in claimed(position, event):
        part = min(item.payable, left)
        item.disputed += part
        left -= part
