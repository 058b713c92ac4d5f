"""What is left of events once the debt has ended: written off, its claim settled, or assigned to another."""

from __future__ import annotations

from fairdue.engine.ledger.life import entries, pausing
from fairdue.engine.ledger.life.events import (
    Assignment,
    Chargeback,
    Event,
    Pause,
    Payment,
    Recovery,
    Refund,
    Resume,
)
from fairdue.engine.ledger.life.position import Position
from fairdue.engine.ledger.life.receipts import hold


def assign(position: Position, event: Assignment) -> None:
    """Pass what is outstanding to another creditor; nothing is outstanding any more."""
    taken = position.unpaid_by_component()
    position.assigned_date = event.counts_on
    position.splits[event.id] = taken


def apply_after_end(position: Position, event: Event) -> None:
    """Apply an event to a debt that has ended; it was accepted before the end was known, or is money.

    1. Money received is a recovery; after an assignment it is held for whom paid it.
    2. Money returned lowers what was recovered, or is taken from what is held.
    3. Pauses stay pauses. Everything else has nothing left to change.
    """
    match event:
        case Payment() | Recovery() if position.assigned_date is not None:
            hold(position, event.id, event.amount)
        case Payment() | Recovery():
            position.recovered += event.amount
            position.recoveries[event.id] = event.amount
            position.is_settled |= isinstance(event, Recovery) and event.is_settling
            position.entries[event.id] = entries.recovery(event.amount)
        case Chargeback() | Refund():
            held = position.take_held(event.amount)
            position.splits.setdefault(event.id, {})
            position.overpaid[event.id] = held
            position.recovered -= event.amount - held
            position.recoveries[event.id] = held - event.amount
        case Pause():
            pausing.pause(position, event)
        case Resume():
            pausing.resume(position, event)
