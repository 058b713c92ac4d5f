"""Which capacities a way uses: from what was set for a day to the columns that the allocation asks for.

A queue with hours: a call that may begin at hour t can be made at t or later, so for every t the calls that begin at t or
later fit into the hours from t on. Keeping all these sums is the same as keeping every hour (Hall's theorem, with one set
of hours).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fairdue.contexts.cases.facade import CapacityOn

Sort = tuple[str, str, int, frozenset[int]]
"""What ways have in common that use the same capacities: channel, queue, hour of the house's day, creditors."""

KIND_OF_CHANNEL = {"call": "calls", "letter": "letters", "visit": "visits"}


@dataclass(frozen=True, slots=True)
class Line:
    """One capacity as the allocation keeps it: `from_hour` on, of some queue or channel, for some creditor's debts."""

    kind: str
    name: str
    creditor_id: int | None
    from_hour: int | None
    amount: int

    def is_used_by(self, sort: Sort) -> bool:
        """Tell whether a way of a sort uses one unit."""
        channel, queue, hour, creditor_ids = sort
        return (
            KIND_OF_CHANNEL.get(channel, "messages") == self.kind
            and self.name in ("", queue if self.kind == "calls" else channel)
            and (self.creditor_id is None or self.creditor_id in creditor_ids)
            and (self.from_hour is None or hour >= self.from_hour)
        )


Group = tuple[str, int | None]
"""Hours that belong together: queue (empty: all) and creditor (None: all)."""


@dataclass(slots=True)
class Scarcity:
    """Everything that is limited on a day, and the sorts of ways met so far, numbered."""

    given: tuple[CapacityOn, ...]
    sorts: dict[Sort, int] = field(default_factory=dict)

    @property
    def hours(self) -> dict[Group, dict[int, int]]:
        """What there is by hour, of each queue (and creditor) that has hours."""
        found: dict[Group, dict[int, int]] = {}
        for each in self.given:
            if each.kind == "calls" and each.hour is not None:
                found.setdefault((each.name, each.creditor_id), {})[each.hour] = each.amount
        return found

    def number_of(self, sorts: Iterable[Sort]) -> list[int]:
        """Return the numbers of sorts; one that was not met before gets the next number."""
        return [self.sorts.setdefault(sort, len(self.sorts)) for sort in sorts]

    def lines(self) -> tuple[Line, ...]:
        """Return the capacities, those of hours as sums from an hour on, for every hour at which a call may begin."""
        whole = [
            Line(each.kind, each.name, each.creditor_id, None, each.amount)
            for each in self.given
            if each.hour is None
        ]
        begins = sorted({hour for channel, _queue, hour, _ids in self.sorts if channel == "call"})
        sums = [
            Line("calls", name, creditor_id, begin, sum(n for hour, n in by_hour.items() if hour >= begin))
            for (name, creditor_id), by_hour in sorted(self.hours.items(), key=lambda item: str(item[0]))
            for begin in begins
        ]
        return (*whole, *sums)


def uses_of(sorts: Mapping[Sort, int], lines: Sequence[Line]) -> np.ndarray:
    """Return one row for each sort, in the order of their numbers: how much it uses of each line."""
    uses = np.zeros((len(sorts), len(lines)))
    for sort, number in sorts.items():
        uses[number] = [line.is_used_by(sort) for line in lines]
    return uses


def spread(
    begins: Sequence[int], groups: Sequence[tuple[Group, ...]], hours: Mapping[Group, Mapping[int, int]]
) -> list[tuple[int, float] | None]:
    """Return for calls in order of precedence the hour of each, and how far into it, or None where no hour has room.

    1. An hour takes the earlier ones in the order first; a call uses an hour of every group that it belongs to.
    2. Within an hour calls are spread evenly.
    """
    room = {group: dict(by_hour) for group, by_hour in hours.items()}
    placed: list[tuple[int, float] | None] = [None] * len(begins)
    waiting = list(range(len(begins)))
    for hour in sorted({hour for by_hour in hours.values() for hour in by_hour}):
        later = []
        for place in waiting:
            rooms = [room[group] for group in groups[place]]
            if begins[place] > hour or not all(each.get(hour, 0) > 0 for each in rooms):
                later.append(place)
                continue
            whole = hours[groups[place][0]][hour]
            placed[place] = (hour, (whole - rooms[0][hour]) / whole)
            for each in rooms:
                each[hour] -= 1
        waiting = later
    return placed
