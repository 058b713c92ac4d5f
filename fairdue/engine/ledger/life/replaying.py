"""From terms and events to the state of a debt on any day, as known on any day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from fairdue.engine.ledger.life.accrual import accrued_interest
from fairdue.engine.ledger.life.delinquency import delinquency
from fairdue.engine.ledger.life.events import Event
from fairdue.engine.ledger.life.history import History
from fairdue.engine.ledger.life.position import Position, Row
from fairdue.engine.ledger.life.refusals import refusal
from fairdue.engine.ledger.life.state import LoanState, Part, RowState, Split, Totals
from fairdue.engine.ledger.life.terms import DebtTerms


def replay(
    terms: DebtTerms, events: Iterable[Event], as_of: date, *, known_date: date | None = None
) -> LoanState:
    """Return the state of a debt on `as_of`, as far as it was known on `known_date` (default: that day).

    1. Of `events`, in the order of entry, those entered after `known_date` are left out.
    2. Each is accepted or refused on the state after all accepted ones before it (`refusals.py`).
    3. Of the accepted ones, reversals and what they name are dropped; the rest is sorted by the day each
       counts for, on one day in the order of entry, and applied to the original schedule. So an event
       entered late changes how later ones were split.
    4. Those that count for a day after `as_of` are left out of the state; a pause stays, whenever it was
       entered, for it says itself which days it stops.

    :raises EventInvalid: if an id is entered twice or an entry goes back in time
    """
    known = as_of if known_date is None else known_date
    return state_on(enter(terms, (event for event in events if event.entered_date <= known)), as_of)


def standing_on(history: History, as_of: date) -> list[Event]:
    """Return the events that bear on a day, in the order in which they are applied."""
    return history.standing_on(as_of)


def position_on(history: History, as_of: date) -> Position:
    """Return the position on a day that a history comes to."""
    return history.position_on(as_of)


def state_on(history: History, as_of: date) -> LoanState:
    """Return the state on a day that a history comes to, by rules 3 and 4 of `replay`."""
    standing = standing_on(history, as_of)
    return _state(position_on(history, as_of), tuple(standing), history.refusals, as_of)


def enter(terms: DebtTerms, events: Iterable[Event]) -> History:
    """Return the history that results from entering the events one by one."""
    history = History(terms)
    for event in events:
        reason = refusal(history, event)
        if reason is None:
            history.accept(event)
        else:
            history.refuse(event, reason)
    return history


def _state(
    position: Position, standing: tuple[Event, ...], refusals: dict[str, str], as_of: date
) -> LoanState:
    return LoanState(
        as_of=as_of,
        status=position.status,
        charged_off_date=position.charged_off_date,
        rows=_rows(position),
        totals=_totals(position),
        delinquency=delinquency(position, as_of),
        accrued_interest=accrued_interest(position.terms, as_of, position.charged_off_date),
        splits={
            event_id: Split(dict(parts), position.overpaid.get(event_id, 0))
            for event_id, parts in position.splits.items()
        },
        parts=_parts(position),
        entries=dict(position.entries),
        events=standing,
        refusals=dict(refusals),
    )


def _rows(position: Position) -> tuple[RowState, ...]:
    balance, found = position.terms.principal, []
    for number, row in enumerate(position.rows, start=1):
        balance -= row.principal.amount
        found.append(_row(position, number, row, balance))
    return tuple(found)


def _row(position: Position, number: int, row: Row, balance: int) -> RowState:
    components = dict.fromkeys(position.terms.allocation.components, 0)
    for item in row.items:
        components[item.component] += item.amount
    return RowState(
        number=number,
        ref=row.ref,
        due_date=row.due_date,
        is_regular=row.is_regular,
        components=components,
        paid=sum(item.paid for item in row.items),
        waived=sum(item.waived for item in row.items),
        balance=balance,
    )


def _totals(position: Position) -> Totals:
    unpaid = {} if position.is_ended else position.unpaid_by_component()
    return Totals(
        due=sum(item.amount for item in position.items),
        paid=sum(item.paid for item in position.items),
        waived=sum(item.waived for item in position.items),
        outstanding=sum(unpaid.values()),
        by_component=dict.fromkeys(position.terms.allocation.components, 0) | unpaid,
        overpaid=position.held,
        written_off=position.written_off,
        recovered=position.recovered,
    )


def _parts(position: Position) -> tuple[Part, ...]:
    numbers = {id(row): number for number, row in enumerate(position.rows, start=1)}
    return tuple(
        Part(
            event_id=one.event_id,
            ref=one.item.ref,
            row_number=numbers.get(id(one.row)),
            component=one.item.component,
            due_date=one.item.due_date,
            charge_id=one.item.charge_id,
            amount=one.amount,
            effective_date=one.effective_date,
            is_waived=one.is_waived,
        )
        for one in position.settled
    )
