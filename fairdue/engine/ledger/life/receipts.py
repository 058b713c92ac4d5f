"""Allocating money: which items a payment settles, and what becomes of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from fairdue.engine.ledger.allocation.rules import DueClass, InAdvance, Way
from fairdue.engine.ledger.allocation.statements import asked_date_of
from fairdue.engine.ledger.life import entries
from fairdue.engine.ledger.life.delinquency import days_late
from fairdue.engine.ledger.life.events import FallsDue, GoodwillCredit, Payment
from fairdue.engine.ledger.life.position import Item, Position, Row, Settled

Place = tuple[Row | None, Item]


def receive(position: Position, event: Payment) -> None:
    """Allocate a receipt or goodwill credit on the day it counts for.

    1. Items are settled in the order of the debt's allocation rule; what is left when nothing is
       outstanding is held as overpayment.
    2. A credit may say itself whether it goes to the next or the last row in advance.
    3. The order is the one that holds on the day the money counts for, so no later event changes it.
    """
    in_advance = event.in_advance if isinstance(event, GoodwillCredit) else None
    hold(position, event.id, event.amount)
    settle(position, event.id, event.counts_on, in_advance)
    position.entries[event.id] = entries.payment(
        entries.GOODWILL_EXPENSE if isinstance(event, GoodwillCredit) else entries.CASH,
        position.splits[event.id],
        position.overpaid[event.id],
        is_charged_off=position.charged_off_date is not None,
    )


def hold(position: Position, event_id: str, amount: int) -> None:
    """Take in money that has settled nothing yet."""
    position.splits.setdefault(event_id, {})
    position.overpaid[event_id] = amount
    position.holders.append(event_id)


def use_held(position: Position, on: date) -> None:
    """Settle what is outstanding from the overpayment, in the split of the payments that brought it."""
    for holder in position.holders:
        if position.overpaid[holder]:
            settle(position, holder, on)


def fall_due(position: Position, event: FallsDue) -> None:
    """Let money held pay what is owed from this day on."""
    use_held(position, event.counts_on)


def settle(position: Position, event_id: str, on: date, in_advance: InAdvance | None = None) -> None:
    """Settle items from the money that an event still holds."""
    split, left = position.splits[event_id], position.overpaid[event_id]
    way = way_on(position, on)
    if in_advance is not None:
        way = replace(way, in_advance=in_advance)
    for row, item in in_order(position, on, way):
        if not left:
            break
        part = min(item.payable, left)
        if part:
            item.paid += part
            left -= part
            split[item.component] = split.get(item.component, 0) + part
            position.settled.append(Settled(event_id, row, item, part, on))
    position.overpaid[event_id] = left


def way_on(position: Position, on: date) -> Way:
    """Return the order of payment that holds on a day, before the money of that day is applied."""
    terms = position.terms
    days = days_late(position, on) if terms.allocation.needs_days_past_due else 0
    is_judged = position.judgment_date is not None and position.judgment_date <= on
    return terms.allocation.way_on(days, is_judged=is_judged)


def class_of(due_date: date, on: date) -> DueClass:
    """Return whether an item is past due, due or in advance on the day a payment counts for."""
    if due_date < on:
        return "past_due"
    return "due" if due_date == on else "in_advance"


def in_order(position: Position, on: date, way: Way) -> Iterator[Place]:
    """Yield rows and items in the order in which money on this day settles them.

    1. Items of statements made later are left out (`allocation.statements`): such money lowers the balance.
       Items due within reach of the day, then the balance that no item asks for, then items beyond reach; of
       these not what is owed from its due date only (`FallsDue`).
    2. Each step of the way in turn: a class of items, row by row the components of the step.
    3. Rows go by due date; those in advance from the latest if so ruled. Charges of one row and component
       go by their own due date.
    """
    rows = [row for row in position.rows if row.unpaid and _is_asked(row, on)]
    final_day = date.max if way.reach_days is None else on + timedelta(days=way.reach_days)
    yield from (place for place in _scheduled(rows, on, way) if _due(place) <= final_day)
    yield from ((None, item) for item in _unscheduled(position, way))
    beyond = (place for place in _scheduled(rows, on, way) if _due(place) > final_day)
    yield from (place for place in beyond if not place[1].is_charged)


def _is_asked(row: Row, on: date) -> bool:
    asked_date = asked_date_of(row.ref)
    return asked_date is None or asked_date <= on


def _due(place: Place) -> date:
    return place[1].due_date or date.max


def _scheduled(rows: list[Row], on: date, way: Way) -> Iterator[Place]:
    for due_class, components in way.steps:
        is_backward = due_class == "in_advance" and way.in_advance == "last"
        for row in reversed(rows) if is_backward else rows:
            for component in components:
                for item in row.items:
                    if item.component == component and class_of(_due((row, item)), on) == due_class:
                        yield row, item


def _unscheduled(position: Position, way: Way) -> list[Item]:
    order, rates = way.unscheduled_order, position.terms.annual_rates

    def rank(item: Item) -> tuple[object, int]:
        rate = rates.get(item.component, 0) if way.is_highest_rate_first else 0
        return (-rate, order.index(item.component))

    return sorted(position.unscheduled, key=rank)
