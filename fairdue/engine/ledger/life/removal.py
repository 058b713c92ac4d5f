"""Taking a debt off the books: charge-off (核销, 账销案存), write-off, and what is recovered afterwards."""

from __future__ import annotations

from fairdue.engine.ledger.life import entries
from fairdue.engine.ledger.life.events import ChargeOff, Recovery, WriteOff
from fairdue.engine.ledger.life.position import Position


def charge_off(position: Position, event: ChargeOff) -> None:
    """Take what is outstanding off the books; rows stay, payments are still allocated, as recoveries."""
    taken = position.unpaid_by_component()
    position.charged_off_date = event.counts_on
    position.charge_off_mark = len(position.settled)
    position.splits[event.id] = taken
    position.entries[event.id] = entries.charge_off(taken)


def write_off(position: Position, event: WriteOff) -> None:
    """End the debt for the books; nothing is outstanding any more."""
    taken = position.unpaid_by_component()
    position.is_written_off = True
    position.written_off = sum(taken.values())
    position.splits[event.id] = taken
    position.entries[event.id] = entries.write_off(
        taken, is_charged_off=position.charged_off_date is not None
    )


def recover(position: Position, event: Recovery) -> None:
    """Book money received after a write-off; a settling recovery ends the claim."""
    position.recovered += event.amount
    position.recoveries[event.id] = event.amount
    position.is_settled = position.is_settled or event.is_settling
    position.entries[event.id] = entries.recovery(event.amount)
