"""The events of a debt as they were entered: which were accepted, which stand, and the position they make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fairdue.engine.ledger.life import (
    agreements,
    charges,
    claims,
    ending,
    judging,
    pausing,
    receipts,
    removal,
    rescheduling,
    returns,
)
from fairdue.engine.ledger.life import events as kinds
from fairdue.engine.ledger.life.events import Event, EventInvalid, Reversal
from fairdue.engine.ledger.life.position import Position
from fairdue.engine.ledger.life.terms import DebtTerms

_VERBS: Mapping[type[Event], Callable[[Position, Any], None]] = {
    kinds.FallsDue: receipts.fall_due,
    kinds.Receipt: receipts.receive,
    kinds.GoodwillCredit: receipts.receive,
    kinds.Charge: charges.charge,
    kinds.Credit: charges.credit,
    kinds.Waiver: claims.waive,
    kinds.Dispute: claims.dispute,
    kinds.Chargeback: returns.charge_back,
    kinds.Refund: returns.refund,
    kinds.Pause: pausing.pause,
    kinds.Resume: pausing.resume,
    kinds.Reage: rescheduling.reage,
    kinds.Reamortise: rescheduling.reamortise,
    kinds.Deferral: agreements.defer,
    kinds.Plan: agreements.plan,
    kinds.Settlement: agreements.settlement,
    kinds.Assignment: ending.assign,
    kinds.Judgment: judging.judge,
    kinds.ChargeOff: removal.charge_off,
    kinds.WriteOff: removal.write_off,
    kinds.Recovery: removal.recover,
}


@dataclass(slots=True)
class History:
    """What has been entered so far.

    1. Events that stand are the accepted ones without reversals and what these name.
    2. The position is what they make of the original schedule, sorted by the day they count for; on the
       same day what was derived comes first, then in the order of entry.
    3. An event that counts for no earlier day than all others is applied to the position as it is; after
       any other, and after each reversal, it is made anew when it is next asked for.
    """

    terms: DebtTerms
    entered: dict[str, Event] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    reversed_ids: set[str] = field(default_factory=set)
    latest_day: date = date.min
    _kinds: Counter[type[Event]] = field(default_factory=Counter)
    _position: Position | None = None

    @classmethod
    def trusted(cls, terms: DebtTerms, events: Iterable[Event]) -> History:
        """Return the history of events that were accepted when they were recorded: none is asked again."""
        entered = {event.id: event for event in events}
        taken_back = {event.of for event in entered.values() if isinstance(event, Reversal)}
        history = cls(terms, entered=entered, reversed_ids=taken_back)
        standing = history.standing()
        history._kinds = Counter(type(event) for event in standing)
        history.latest_day = max((event.counts_on for event in standing), default=date.min)
        return history

    @property
    def position(self) -> Position:
        """What the events that stand make of the original schedule."""
        if self._position is None:
            self._position = position_of(self.terms, self.standing())
        return self._position

    @property
    def final_day(self) -> date:
        """The last day on which anything changes the position: an event, or an item that falls due."""
        return max([self.latest_day, *self.terms.falling_dates[-1:]])

    def standing_on(self, as_of: date) -> list[Event]:
        """Return the events that bear on a day, in the order in which they are applied."""
        return [
            event for event in self.standing() if event.counts_on <= as_of or isinstance(event, kinds.Pause)
        ]

    def position_on(self, as_of: date) -> Position:
        """Return the position on a day."""
        if self.final_day <= as_of:
            return self.position
        return position_of(self.terms, self.standing_on(as_of), as_of)

    def has(self, kind: type[Event]) -> bool:
        """Tell whether an event of this kind stands."""
        return self._kinds[kind] > 0

    def standing(self) -> list[Event]:
        """Return the accepted events that stand, in the order in which they are applied."""
        found = [event for event in self.entered.values() if self.stands(event.id)]
        return sorted(found, key=lambda event: (event.counts_on, event.day_rank))

    def stands(self, event_id: str) -> bool:
        """Tell whether an event was accepted, is not taken back, and is itself no reversal."""
        event = self.entered.get(event_id)
        return (
            event is not None
            and event_id not in self.refusals
            and event_id not in self.reversed_ids
            and not isinstance(event, Reversal)
        )

    def refuse(self, event: Event, reason: str) -> None:
        """Remember an event that changes nothing."""
        self._remember(event)
        self.refusals[event.id] = reason

    def accept(self, event: Event) -> None:
        """Let an event change the position.

        :raises EventInvalid: if its id was entered before, or an entry goes back in time
        """
        self._remember(event)
        if isinstance(event, Reversal):
            self.reversed_ids.add(event.of)
            self._kinds[type(self.entered[event.of])] -= 1
            self._position = None
            return
        self._kinds[type(event)] += 1
        is_last = (event.counts_on, event.day_rank) >= (self.latest_day, 0)
        if not is_last or event.counts_on < self.final_day:
            self._position = None
        elif self._position is not None:
            apply(self._position, event)
        self.latest_day = max(self.latest_day, event.counts_on)

    def _remember(self, event: Event) -> None:
        if event.id in self.entered:
            raise EventInvalid(f"{event.id}: entered twice")
        latest = next(reversed(self.entered.values()), event)
        if event.entered_date < latest.entered_date:
            raise EventInvalid(f"{event.id}: entered before {latest.id}, which stands before it")
        self.entered[event.id] = event


def position_of(terms: DebtTerms, standing: Iterable[Event], until: date = date.max) -> Position:
    """Return what the standing events, in their order, make of the original schedule by a day."""
    position = Position.opened(terms)
    for event in course(terms, standing, until):
        apply(position, event)
    return position


def course(terms: DebtTerms, standing: Iterable[Event], until: date = date.max) -> list[Event]:
    """Return the standing events, in their order, with the mornings up to a day on which items fall due."""
    mornings = [
        kinds.FallsDue(id=f"falls_due:{day}", entered_date=day) for day in terms.falling_dates if day <= until
    ]
    if not mornings:
        return list(standing)
    return sorted([*mornings, *standing], key=lambda event: (event.counts_on, event.day_rank))


def apply(position: Position, event: Event) -> None:
    """Apply one event; promises and their cancellations leave the debt as it is."""
    if position.is_ended:
        ending.apply_after_end(position, event)
        return
    verb = _VERBS.get(type(event))
    if verb is not None:
        verb(position, event)
    if position.agreements and isinstance(event, kinds.Receipt):
        agreements.count_towards(position, event)
    if position.agreements and isinstance(event, kinds.Chargeback):
        agreements.take_return(position, event)
