"""Which capacity counts on a day, and what was set for other days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from fairdue.contexts.cases.capacity_contracts import CapacityCard, CapacityOn
from fairdue.contexts.cases.models import Capacity
from fairdue.kernel.actor import Actor

Key = tuple[str, str, int | None, int | None]


def capacity_card(line: Capacity, state: str) -> CapacityCard:
    """Return the card of one line."""
    return CapacityCard(
        capacity_id=line.pk,
        kind=line.kind,
        name=line.name,
        creditor_id=line.creditor_id,
        hour=line.hour,
        weekdays=tuple(line.weekdays),
        amount=line.amount,
        valid_from=line.valid_from,
        valid_until=line.valid_until,
        note=line.note,
        set_by=line.set_by_label,
        set_at=line.set_at,
        state=state,
    )


def _key(line: Capacity) -> Key:
    return (line.kind, line.name, line.creditor_id, line.hour)


def _counting(lines: Iterable[Capacity], on: date) -> dict[Key, Capacity]:
    """The line that counts for each thing: valid on the day, begun latest, recorded latest."""
    counting: dict[Key, Capacity] = {}
    for line in sorted(lines, key=lambda line: (line.valid_from, line.pk)):
        is_valid = line.valid_from <= on and (line.valid_until is None or line.valid_until >= on)
        if is_valid and on.isoweekday() in line.weekdays:
            counting[_key(line)] = line
    return counting


def capacity_on(on: date) -> tuple[CapacityOn, ...]:
    """Return what there is of everything that is limited on a day, in a fixed order; empty: nothing is scarce.

    For the night: no scope.
    """
    lines = Capacity.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on), valid_from__lte=on)
    found = [
        CapacityOn(
            kind=line.kind, name=line.name, creditor_id=line.creditor_id, hour=line.hour, amount=line.amount
        )
        for line in _counting(lines, on).values()
        if line.amount is not None
    ]
    return tuple(sorted(found, key=lambda each: each.code))


def capacities(*, actor: Actor, on: date, with_past: bool = False) -> tuple[CapacityCard, ...]:
    """Return the lines in the actor's scope, by what they limit, the newest first, each with its state on a day.

    1. Lines for all creditors together are shown to everybody who may see capacity.
    2. What is over or replaced is left out unless `with_past`.
    """
    actor.require("capacity.view")
    lines = Capacity.objects.order_by("kind", "name", "hour", "-valid_from", "-id")
    if actor.creditor_ids is not None:
        lines = lines.filter(Q(creditor_id=None) | Q(creditor_id__in=actor.creditor_ids))
    every = list(lines)
    counting = {line.pk for line in _counting(every, on).values()}
    cards = (capacity_card(line, _state(line, on, counting)) for line in every)
    return tuple(card for card in cards if with_past or card.state not in ("over", "replaced"))


def _state(line: Capacity, on: date, counting: set[int]) -> str:
    if line.pk in counting:
        return "counts"
    if line.valid_from > on:
        return "later"
    if line.valid_until is not None and line.valid_until < on:
        return "over"
    return "replaced" if on.isoweekday() in line.weekdays else "other_day"
