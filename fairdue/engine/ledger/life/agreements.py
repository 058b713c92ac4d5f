"""What creditor and debtor agree on: deferral (延期), a plan in place of what is due (协商方案), settlement (减免结清)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from fairdue.engine.ledger.life.claims import Place, give_up
from fairdue.engine.ledger.life.events import Chargeback, Deferral, Plan, Receipt, Settlement
from fairdue.engine.ledger.life.position import Agreement, Item, Position, Row
from fairdue.engine.ledger.life.receipts import use_held
from fairdue.engine.ledger.life.terms import INTEREST, PRINCIPAL
from fairdue.kernel.day_counts import add_months


def deferred_rows(position: Position, event: Deferral) -> list[Row]:
    """Return the rows that a deferral moves: due on or after its day, with anything unpaid."""
    return [row for row in position.rows if row.due_date >= event.from_date and row.unpaid]


def defer(position: Position, event: Deferral) -> None:
    """Put what is unpaid on rows that fall due later; interest agreed for it falls due with the first of them.

    Without anything to move nothing changes, interest included.
    """
    rows = deferred_rows(position, event)
    for number, row in enumerate(rows, start=1):
        _move(position, row, event, f"{event.id}:{number}")
    if rows and event.amount:
        first = position.row_of_charge(_later(rows[0].due_date, event))
        item = Item(INTEREST, first.due_date, event.amount, charge_id=event.id, ref=f"{event.id}:0")
        first.add_charge(item)
        position.charges[event.id] = (first, item)
        use_held(position, event.counts_on)


def _move(position: Position, row: Row, event: Deferral, ref: str) -> None:
    new = position.add_row(Row.due(_later(row.due_date, event), is_regular=row.is_regular, ref=ref))
    for item in [one for one in row.items if one.unpaid]:
        if item is row.principal:
            target = new.principal
        elif item is row.interest:
            target = new.interest
        else:
            tail = f":{item.charge_id}" if item.charge_id else ""
            target = Item(item.component, new.due_date, 0, charge_id=item.charge_id, ref=ref + tail)
            new.add_charge(target)
        if item.charge_id in position.charges:
            position.charges[item.charge_id] = (new, target)
        target.amount, target.disputed = item.unpaid, min(item.disputed, item.unpaid)
        item.amount -= target.amount
        item.disputed = 0


def _later(day: date, event: Deferral) -> date:
    return add_months(day, event.months) + timedelta(days=event.days)


def replaceable(position: Position, event: Plan, component: str) -> list[Place]:
    """Return the items that a plan replaces of a component, the oldest first, unscheduled balance at the end.

    What is charged only on a later day, such as a coming month's interest, is not owed yet: nothing replaces it.
    """
    places: list[Place] = [(row, item) for row in position.rows for item in row.items]
    if event.until is None:
        places += [(None, item) for item in position.unscheduled]
    found = [
        (row, item)
        for row, item in places
        if item.component == component
        and item.payable
        and (event.until is None or (item.due_date is not None and item.due_date <= event.until))
        and not (item.is_charged and item.due_date is not None and item.due_date > event.counts_on)
    ]
    return sorted(found, key=lambda place: place[1].due_date or date.max)


def plan(position: Position, event: Plan) -> None:
    """Put what is unpaid on the plan's rows and waive its discount.

    1. If less is unpaid than the plan says, the discount falls away first, then the latest rows.
    2. If more is unpaid, the excess stays on the oldest of the original items.
    """
    discounts = dict(event.discount)
    given: dict[str, int] = {}
    for component, planned in event.by_component.items():
        given[component] = _replace(position, event, component, planned, discounts.get(component, 0))
    _ask(position, event, given)


def _replace(position: Position, event: Plan, component: str, planned: int, discount: int) -> int:
    """Take what the rows will ask for off the latest items, waive the discount; return what was taken."""
    places = replaceable(position, event, component)
    taken = left = min(sum(item.payable for _, item in places), planned - discount)
    for _, item in reversed(places):
        part = min(item.payable, left)
        item.amount -= part
        left -= part
    for place in reversed(places):
        part = min(place[1].payable, discount)
        if part:
            discount -= part
            give_up(position, event.id, place, part, event.counts_on)
            split = position.splits.setdefault(event.id, {})
            split[component] = split.get(component, 0) + part
    return taken


def _ask(position: Position, event: Plan, given: dict[str, int]) -> None:
    """Add the plan's rows, one for each due date, as far as what was taken reaches."""
    days: dict[date, dict[str, int]] = {}
    for one in sorted(event.rows, key=lambda row: row.due_date):
        part = min(one.amount, given[one.component])
        given[one.component] -= part
        amounts = days.setdefault(one.due_date, {})
        amounts[one.component] = amounts.get(one.component, 0) + part
    for number, (day, amounts) in enumerate(days.items(), start=1):
        others = tuple((name, part) for name, part in amounts.items() if name not in (PRINCIPAL, INTEREST))
        position.add_row(
            Row.due(
                day,
                is_regular=True,
                ref=f"{event.id}:{number}",
                principal=amounts.get(PRINCIPAL, 0),
                interest=amounts.get(INTEREST, 0),
                others=others,
            )
        )


def settlement(position: Position, event: Settlement) -> None:
    """Remember what was accepted; nothing is waived before it was received."""
    position.agreements.append(Agreement(event.id, event.amount, event.counts_on, event.by_date))


def count_towards(position: Position, event: Receipt) -> None:
    """Count a receipt towards open settlements; the one that it fulfils waives all that is left, that day."""
    day = event.counts_on
    for agreement in position.agreements:
        if agreement.is_met or not agreement.from_date <= day <= agreement.by_date:
            continue
        agreement.received += event.amount
        agreement.receipts.add(event.id)
        if agreement.received >= agreement.amount:
            agreement.is_met = True
            _discharge(position, agreement.event_id, day)


def _discharge(position: Position, event_id: str, day: date) -> None:
    parts: dict[str, int] = {}
    places: list[Place] = [(row, item) for row in position.rows for item in row.items]
    for place in [*places, *((None, item) for item in position.unscheduled)]:
        item = place[1]
        if item.unpaid:
            parts[item.component] = parts.get(item.component, 0) + item.unpaid
            give_up(position, event_id, place, item.unpaid, day)
    position.splits[event_id] = parts
    position.discharged_date = day


def take_return(position: Position, event: Chargeback) -> None:
    """Take a returned receipt out of the settlements it counted towards.

    1. A settlement that was fulfilled and is not any more waives nothing from this day on: what it gave up is owed
       again as it was, and money received by its day can fulfil it again.
    2. A return that names no receipt leaves settlements as they are.
    """
    for agreement in position.agreements:
        if event.of not in agreement.receipts:
            continue
        agreement.received -= event.amount
        if agreement.is_met and agreement.received < agreement.amount:
            agreement.is_met = False
            _owe_again(position, agreement.event_id, event.counts_on)


def _owe_again(position: Position, event_id: str, day: date) -> None:
    """Take back what a settlement gave up, then let what is held settle it."""
    given_up = [one for one in position.settled if one.event_id == event_id]
    for one in given_up:
        one.item.waived -= one.amount
        position.settled.append(replace(one, amount=-one.amount, effective_date=day))
    position.splits[event_id] = {}
    position.discharged_date = None
    use_held(position, day)


def open_settlement(position: Position, day: date) -> Agreement | None:
    """Return the settlement that still waits for money on a day."""
    return next((one for one in position.agreements if not one.is_met and day <= one.by_date), None)
