"""The map of stages: which stage leads to which, and by what."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fairdue.engine.strategy.catalogue import Catalogue, load_catalogue
from fairdue.engine.strategy.checks.space import Space
from fairdue.engine.strategy.lifecycle.stages import set_by
from fairdue.engine.strategy.lifecycle.walk import PROTECTIONS, States, Walk
from fairdue.engine.strategy.model import Strategy

TIME = ("day_passes", "message_sent", "call_answered", "call_unanswered")
PAYMENTS = ("small_payment", "part_payment", "paid_up", "paid_in_full")

_KNOWN: dict[str, StageMap] = {}
_MOST_KNOWN = 32


@dataclass(frozen=True, slots=True)
class Arrow:
    """One stage leads to another by these events of the catalogue."""

    start: str
    end: str
    events: tuple[str, ...]

    @property
    def is_time(self) -> bool:
        """Whether time alone, or what the lender does in it, leads there."""
        return any(event in TIME for event in self.events)


@dataclass(frozen=True, slots=True)
class StageMap:
    """The stages that some account comes into, in the strategy's order, and the arrows between them.

    `main` are those on the course of time from the first one, without those that a promise or a protection leads
    to; `start` is where a new account stands.
    """

    stages: tuple[str, ...]
    start: str
    main: tuple[str, ...]
    arrows: tuple[Arrow, ...]


def stage_map(strategy: Strategy, catalogue: Catalogue | None = None) -> StageMap:
    """Return the map of a strategy's stages; the same strategy is walked once a process.

    :raises TooMuch: if there are too many combinations of facts
    """
    key = hashlib.sha256(repr(strategy).encode()).hexdigest()
    if key not in _KNOWN:
        while len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.pop(next(iter(_KNOWN)))
        _KNOWN[key] = _drawn(Walk(Space(strategy, catalogue or load_catalogue())))
    return _KNOWN[key]


def _drawn(walk: Walk) -> StageMap:
    found: dict[tuple[str, str], list[str]] = {}
    for start, event, end in _moves(walk):
        if start and end and start != end and event not in found.setdefault((start, end), []):
            found[start, end].append(event)
    arrows = tuple(Arrow(start, end, tuple(events)) for (start, end), events in found.items())
    begin = set(_stages(walk, walk.start))
    first = next((each.stage_id for each in walk.space.strategy.stages if each.stage_id in begin), "")
    seen = {first} | {name for arrow in arrows for name in (arrow.start, arrow.end)}
    order = tuple(each.stage_id for each in walk.space.strategy.stages if each.stage_id in seen)
    aside = {
        arrow.end for arrow in arrows if set(arrow.events) & {"promise_made", "plan_broken", *PROTECTIONS}
    }
    main = {first}
    for _ in order:
        main |= {a.end for a in arrows if a.is_time and a.start in main and a.end not in aside}
    return StageMap(order, first, tuple(name for name in order if name in main), arrows)


def _moves(walk: Walk) -> Iterator[tuple[str, str, str]]:
    rows, reached = walk.space.strategy.rows, walk.reached
    for stage in walk.space.strategy.stages:
        name = stage.stage_id
        inside = reached & walk.where_rows([n for n, row in enumerate(rows) if row.stage == name])
        if not inside.any():
            continue
        for event, after in (*walk.nights(inside), *walk.debtor(inside)):
            for end in _stages(walk, after & reached):
                yield name, event, end
        for event in PROTECTIONS:
            changed = set_by(walk.space, event)
            if changed:
                for end in _named(walk, np.unique(walk.decided(changed, inside)[inside])):
                    yield name, event, end
                    if event != "death_known" and end != name:
                        yield end, "hold_lifted", name


def _stages(walk: Walk, states: States) -> list[str]:
    walk.learn(states)
    return _named(walk, np.unique(walk.rows[states]))


def _named(walk: Walk, numbers: np.ndarray) -> list[str]:
    rows = walk.space.strategy.rows
    found = (rows[number].stage for number in numbers if number >= 0)
    return list(dict.fromkeys(stage for stage in found if stage))
