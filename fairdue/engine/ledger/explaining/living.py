"""What an explanation takes from the replayed life of a debt: the order of settlement, stages and pauses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from fairdue.engine.ledger.explaining.facts import Earning, Span
from fairdue.engine.ledger.life.delinquency import days_late
from fairdue.engine.ledger.life.events import Event, Pause, Payment
from fairdue.engine.ledger.life.history import apply, course
from fairdue.engine.ledger.life.position import Position
from fairdue.engine.ledger.life.terms import DebtTerms
from fairdue.kernel.day_counts import round_to


@dataclass(frozen=True, slots=True)
class Lived:
    """Found while the events that stand were applied once more, in their order."""

    days_at_receipt: dict[int, int] = field(default_factory=dict)
    settling_order: dict[tuple[int, int | None, str], int] = field(default_factory=dict)
    pauses: tuple[Span, ...] = ()


def lived(
    terms: DebtTerms,
    standing: Iterable[Event],
    item_ids: Mapping[tuple[str, str], int],
    until: date = date.max,
) -> Lived:
    """Return what explanations need of a debt's life by a day; `item_ids` are the due items by (reference, component).

    1. Days past due of the account before the money of each receipt is applied, which choose its stage.
    2. In which order receipts settled items.
    3. The pauses as they stand after all events.
    """
    position, days = Position.opened(terms), {}
    pausing: dict[date, int] = {}
    for event in course(terms, standing, until):
        if isinstance(event, Payment):
            days[int(event.id)] = days_late(position, event.counts_on)
        elif isinstance(event, Pause):
            pausing[event.from_date] = int(event.id)
        apply(position, event)
    order: dict[tuple[int, int | None, str], int] = {}
    for place, one in enumerate(position.settled):
        item = item_ids.get((one.item.ref, one.item.component))
        order.setdefault((int(one.event_id), item, one.item.component), place)
    spans = tuple(
        Span(
            from_date=interval.from_date,
            to_date=interval.to_date,
            transaction_id=pausing.get(interval.from_date),
        )
        for interval in position.pauses
    )
    return Lived(days_at_receipt=days, settling_order=order, pauses=spans)


def running_earnings(terms: DebtTerms, as_of: date) -> tuple[Earning, ...]:
    """Return the interest of the instalment whose period a day lies in, as far as it is earned."""
    start, found = terms.disbursed_date, []
    for row in terms.instalments:
        if start < as_of < row.due_date and row.interest:
            part = Fraction(row.interest * (as_of - start).days, (row.due_date - start).days)
            earned = int(round_to(part, Fraction(1), terms.rounding))
            found.append(
                Earning(
                    ref=row.ref,
                    from_date=start,
                    due_date=row.due_date,
                    interest=row.interest,
                    earned=earned,
                    rounding=terms.rounding,
                )
            )
        start = row.due_date
    return tuple(found)
