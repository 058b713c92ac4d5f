"""Money that goes back: chargebacks of payments and refunds of overpayments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from fairdue.engine.ledger.life import entries
from fairdue.engine.ledger.life.events import Chargeback, Refund
from fairdue.engine.ledger.life.position import Item, Position
from fairdue.engine.ledger.life.terms import INTEREST, PRINCIPAL


def charge_back(position: Position, event: Chargeback) -> None:
    """Make returned money due again.

    1. An overpayment held absorbs it first.
    2. The rest goes to the row that a charge due that day gets: as principal, or, where the rule has a
       chargeback order and the payment is named, by component as far as that payment paid it.
    3. Charges come back as charges due with their row.
    """
    absorbed = position.take_held(event.amount)
    parts = _parts_due_again(position, event, event.amount - absorbed)
    _owe_again(position, event.counts_on, parts, event.id)
    if event.of is not None:
        _add(position.returned.setdefault(event.of, {}), parts)
    _record(position, event.id, parts, absorbed)


def refund(position: Position, event: Refund) -> None:
    """Pay an overpayment out; what is no longer covered by one is owed again as principal."""
    paid = position.take_held(event.amount)
    parts = {PRINCIPAL: event.amount - paid} if event.amount > paid else {}
    _owe_again(position, event.counts_on, parts, event.id)
    _record(position, event.id, parts, paid)


def _parts_due_again(position: Position, event: Chargeback, amount: int) -> dict[str, int]:
    parts: dict[str, int] = {}
    if event.of is not None:
        paid = position.splits.get(event.of, {})
        before = position.returned.get(event.of, {})
        for component in position.terms.allocation.chargeback_order:
            room = max(paid.get(component, 0) - before.get(component, 0), 0)
            part = min(room, amount - sum(parts.values()))
            _add(parts, {component: part})
    _add(parts, {PRINCIPAL: amount - sum(parts.values())})
    return parts


def _add(parts: dict[str, int], more: Mapping[str, int]) -> None:
    for component, amount in more.items():
        if amount:
            parts[component] = parts.get(component, 0) + amount


def _owe_again(position: Position, day: date, parts: Mapping[str, int], event_id: str) -> None:
    if not parts:
        return
    row = position.row_of_charge(day)
    for component, amount in parts.items():
        if component == PRINCIPAL:
            row.principal.ask_more(amount, f"charge:{event_id}")
        elif component == INTEREST:
            row.interest.ask_more(amount, f"charge:{event_id}")
        else:
            row.add_charge(
                Item(component, row.due_date, amount, charge_id=event_id, ref=f"charge:{event_id}")
            )


def _record(position: Position, event_id: str, parts: dict[str, int], absorbed: int) -> None:
    position.splits[event_id] = parts
    position.overpaid[event_id] = absorbed
    position.entries[event_id] = entries.returned(
        parts, absorbed, is_charged_off=position.charged_off_date is not None
    )
