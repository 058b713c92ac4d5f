"""The walk: every state that an account can come into, as sets of combinations of classes.

A set of states is a boolean array with one dimension a fact. An event moves each fact on its own, so its image is a
product of small relations, and what the catalogue calls impossible is cut away. Sets are too large rather than too
small: what the walk does not reach, no account reaches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fairdue.engine.strategy.checks.regions import TooMuch
from fairdue.engine.strategy.checks.space import Space
from fairdue.engine.strategy.decide import ROW_ID, decide
from fairdue.engine.strategy.lifecycle.classes import MOST_EXACT, Classes, Moves, classes_of, moves_of
from fairdue.engine.strategy.lifecycle.course import part_of
from fairdue.engine.strategy.lifecycle.needed import facts_needed
from fairdue.engine.strategy.model import Strategy

MOST_STATES = 2_500_000
"""Combinations of classes that are walked; beyond that the stages are reported as not decided."""

MOST_DECIDED = 400_000
"""States that are decided beforehand; where there are more, only those that some course reaches are."""

UNKNOWN = -2
"""The row of a state that was not decided yet."""

CONTACTS = ("message", "call", "letter", "visit")
"""Steps that reach for the debtor."""

QUIET = ("none", "")
"""Steps that do nothing."""

GUARDED = ("is_deceased", "is_on_hold", "has_complaint", "has_dispute", "has_hardship", "is_plan_running")
"""Facts of protection: false on the walk; what follows when one becomes true is looked at for each state."""

PROTECTIONS = (
    "complaint_raised", "dispute_raised", "hardship_told", "hold_placed", "plan_agreed", "death_known",
)  # fmt: skip

DEBTOR = (
    "small_payment",
    "part_payment",
    "paid_up",
    "paid_in_full",
    "promise_made",
    "promise_kept",
    "promise_missed",
    "plan_broken",
)
"""What the debtor may do between two nights."""

States = NDArray[np.bool_]


@dataclass(eq=False)
class Walk:
    """The states of one strategy, with the row that each night decides in each of them."""

    space: Space
    _moves: dict[tuple[str, str, int], Moves] = field(default_factory=dict)

    @cached_property
    def facts(self) -> dict[str, Classes]:
        """The facts on which stage, step and round depend, with their classes.

        :raises TooMuch: if there are too many combinations
        """
        needed = facts_needed(self.space)
        cuts: dict[str, list[int]] = {}
        for line in self.space.impossible:
            for name, mask in line.items():
                cuts.setdefault(name, []).append(mask)
        for table in self.space.strategy.tables:
            for row in table.rows:
                for name, mask in self.space.box(table, row).items():
                    cuts.setdefault(name, []).append(mask)
        names = [name for name in self.space.strategy.inputs if name in needed and name not in GUARDED]
        for most_exact in MOST_EXACT:
            found = {name: self._classes(name, cuts.get(name, []), most_exact) for name in names}
            if prod(each.count for each in found.values()) <= MOST_STATES:
                return found
        raise TooMuch

    def _classes(self, name: str, cuts: list[int], most_exact: int) -> Classes:
        fact = self.space.catalogue.facts.get(name)
        moved = fact.moves.get("day_passes", "") if fact else ""
        is_counter = moved.startswith("up") or moved == "down"
        return classes_of(self.space.axes[name], cuts, most_exact=most_exact if is_counter else -1)

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """How many classes each fact has."""
        return tuple(each.count for each in self.facts.values())

    @cached_property
    def possible(self) -> States:
        """The states that the catalogue does not call impossible."""
        found = np.ones(self.shape, dtype=np.bool_)
        names = list(self.facts)
        for line in self.space.impossible:
            if set(line) <= set(names):
                found &= ~self._all(line)
        return found

    def _all(self, line: Mapping[str, int]) -> States:
        found = np.ones(self.shape, dtype=np.bool_)
        for place, (name, classes) in enumerate(self.facts.items()):
            if name in line:
                axis = self.space.axes[name]
                inside = [self._is_in(axis, line[name], classes, i) for i in range(classes.count)]
                found &= _along(np.array(inside), place, len(self.shape))
        return found

    def _is_in(self, axis: Any, mask: int, classes: Classes, index: int) -> bool:
        return bool(mask >> axis.atom(classes.example(index)) & 1)

    @cached_property
    def start(self) -> States:
        """A new account: nothing overdue, nothing sent, nothing promised, the next due date ahead."""
        found = self.possible.copy()
        for place, (name, classes) in enumerate(self.facts.items()):
            inside = np.zeros(classes.count, dtype=np.bool_)
            inside[_first(name, classes)] = True
            found &= _along(inside, place, len(self.shape))
        return found

    # ---------------------------------------------------------------------------------------- decisions

    @cached_property
    def rows(self) -> NDArray[np.int16]:
        """Which row of the result decides each state, by its position; -1 for none, `UNKNOWN` where nobody asked."""
        return np.full(self.shape, UNKNOWN, dtype=np.int16)

    @cached_property
    def deciding(self) -> Strategy:
        """The strategy without the decisions on which its result does not depend."""
        return part_of(self.space.strategy, self.space.strategy.result)

    def learn(self, states: States) -> None:
        """Decide those of some states that are not decided yet."""
        new = states & (self.rows == UNKNOWN)
        if new.any():
            self.rows[new] = self.decided({}, new)[new]

    def decided(self, changed: Mapping[str, Any], states: States) -> NDArray[np.int16]:
        """Return the rows that decide some states with some facts set otherwise."""
        where = np.nonzero(states)
        frame = self.frame(where, changed)
        answered = decide(frame, self.deciding, on_conflict="reject")[ROW_ID]
        positions = {row.row_id: number for number, row in enumerate(self.space.strategy.rows)}
        numbers = answered.replace_strict(positions, default=-1, return_dtype=pl.Int16)
        found = np.full(self.shape, -1, dtype=np.int16)
        found[where] = numbers.fill_null(-1).to_numpy()
        return found

    def frame(self, where: tuple[NDArray[Any], ...], changed: Mapping[str, Any]) -> pl.DataFrame:
        """Return accounts, one a state; facts that are not walked stand at their plainest."""
        columns = {}
        height = len(where[0]) if where else 1
        for place, (name, classes) in enumerate(self.facts.items()):
            examples = pl.Series(
                name, [classes.example(i) for i in range(classes.count)], dtype=_DTYPES[classes.type_name]
            )
            columns[name] = examples.gather(pl.Series(where[place]))
        for name, kind in self.space.strategy.inputs.items():
            if name not in columns or name in changed:
                value = changed.get(name, self.plain(name))
                columns[name] = pl.Series(name, [value], dtype=_DTYPES[kind]).new_from_index(0, height)
        return pl.DataFrame(list(columns.values()))

    def plain(self, name: str) -> Any:
        """Return the plainest value of a fact: missing, false, or the first of its axis."""
        axis = self.space.axes[name]
        if axis.may_be_missing:
            return None
        value = axis.values[0]
        return float(value) if axis.type_name == "number" else value

    def where_rows(self, chosen: Iterable[int], rows: NDArray[np.int16] | None = None) -> States:
        """Return the states that some rows decide."""
        found: States = np.isin(self.rows if rows is None else rows, list(chosen))
        return found

    # --------------------------------------------------------------------------------------------- moves

    def image(self, states: States, event: str, said_round: int = 0, *, is_back: bool = False) -> States:
        """Return where an event may lead from some states, or whence it may have led to them."""
        places = np.flatnonzero(states)
        for place, name in enumerate(self.facts):
            relation = self._relation(name, event, said_round)
            if relation is not None and places.size:
                places = _moved(
                    places, relation.T if is_back else relation, self._strides[place], self.possible.size
                )
        found = np.zeros(self.shape, dtype=np.bool_)
        found.reshape(-1)[places] = True
        return found & self.possible

    def best(self, counts: NDArray[np.int16], event: str, said_round: int = 0) -> NDArray[np.int16]:
        """Return for each state the greatest count of the states to which an event may lead from it."""
        found = counts
        for place, name in enumerate(self.facts):
            relation = self._relation(name, event, said_round)
            if relation is not None:
                found = _greatest(found, relation, place)
        return found

    def _relation(self, name: str, event: str, said_round: int) -> Moves | None:
        fact = self.space.catalogue.facts.get(name)
        effect = fact.moves.get(event, "") if fact else ""
        if not effect or effect == "lower or same":
            return None
        key = (name, effect, said_round)
        if key not in self._moves:
            self._moves[key] = moves_of(self.facts[name], effect, said_round)
        return self._moves[key]

    @cached_property
    def _strides(self) -> list[int]:
        return [prod(self.shape[place + 1 :]) for place in range(len(self.shape))]

    def nights(self, states: States) -> Iterator[tuple[str, States]]:
        """Yield where a night and the day after it lead: what was sent or called, or nothing came of it."""
        yield "day_passes", self._after_day(states)
        for event, said, inside in self.acts():
            acting = states & inside
            if acting.any():
                yield event, self._after_day(self.image(acting, event, said))

    def acts(self) -> Iterator[tuple[str, int, States]]:
        """Yield what a night may do: the event, the round of a message, and the states in which it does."""
        for said, rows in self._messages.items():
            yield "message_sent", said, self.where_rows(rows)
        calling = self.where_rows(self.rows_with("call"))
        yield "call_answered", 0, calling
        yield "call_unanswered", 0, calling

    @cached_property
    def _messages(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for number in self.rows_with("message"):
            said = self.space.strategy.rows[number].outputs.get("round") or 0
            found.setdefault(said, []).append(number)
        return found

    def rows_with(self, *steps: str) -> list[int]:
        """Return the positions of rows with one of some steps."""
        return [n for n, row in enumerate(self.space.strategy.rows) if row.outputs.get("step") in steps]

    def _after_day(self, states: States) -> States:
        found = self.image(states, "day_passes")
        return found | self.image(self.image(states & self.is_due, "day_passes"), "falls_due")

    @cached_property
    def is_due(self) -> States:
        """States in which an instalment may fall due overnight."""
        return self.of("days_until_due", lambda value: value is not None and value <= 0)

    def of(self, name: str, test: Any) -> States:
        """Return the states in which a fact's example passes a test; all of them if the fact is not walked."""
        if name not in self.facts:
            return self.possible
        classes = self.facts[name]
        inside = np.array([bool(test(classes.example(i))) for i in range(classes.count)])
        return self.possible & _along(inside, list(self.facts).index(name), len(self.shape))

    def debtor(self, states: States) -> Iterator[tuple[str, States]]:
        """Yield where the debtor's own events lead from some states."""
        is_late = self.of("days_past_due", lambda value: value is not None and value > 0)
        is_promised = self.of("is_promise_open", bool)
        for event in DEBTOR:
            guard = {
                "promise_kept": is_promised,
                "promise_missed": is_promised,
                "paid_in_full": self.possible,
            }
            able = states & guard.get(event, is_late)
            if able.any():
                yield event, self.image(able, event)

    @cached_property
    def reached(self) -> States:
        """Every state that a new account can come into, protection aside."""
        found = self.start.copy()
        new = found
        while new.any():
            self.learn(new)
            beyond = np.zeros(self.shape, dtype=np.bool_)
            for _, states in (*self.nights(new), *self.debtor(new)):
                beyond |= states
            new = beyond & ~found
            found |= new
        return found

    def leading_to(self, target: States, *, with_debtor: bool) -> States:
        """Return the states from which some course of nights, and of the debtor's events, leads to a target."""
        found = target.copy()
        new = found
        while new.any():
            before = self._before(new, with_debtor=with_debtor)
            new = before & ~found
            found |= new
        return found

    def _before(self, states: States, *, with_debtor: bool) -> States:
        unpaid = self.image(self.image(states, "falls_due", is_back=True), "day_passes", is_back=True)
        night = self.image(states, "day_passes", is_back=True) | (unpaid & self.is_due)
        found = night.copy()
        for event, said, inside in self.acts():
            found |= self.image(night, event, said, is_back=True) & inside
        if with_debtor:
            for event in DEBTOR:
                found |= self.image(states, event, is_back=True)
        return found

    def account(self, states: States, changed: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return one account of some states, the first in the order of the classes."""
        first = np.unravel_index(int(np.argmax(states)), self.shape)
        known = {
            name: classes.example(int(i))
            for (name, classes), i in zip(self.facts.items(), first, strict=True)
        }
        guarded = {name: False for name in self.space.strategy.inputs if name in GUARDED}
        return self.space.completed(guarded | known | dict(changed or {}))


_DTYPES: dict[str, Any] = {
    "integer": pl.Int64,
    "number": pl.Float64,
    "text": pl.String,
    "boolean": pl.Boolean,
    "date": pl.Date,
}


def _along(inside: NDArray[np.bool_], place: int, dimensions: int) -> States:
    return inside.reshape([-1 if each == place else 1 for each in range(dimensions)])


def _moved(places: NDArray[np.intp], relation: Moves, stride: int, size: int) -> NDArray[np.intp]:
    """The image of states, given by their places among `size`, along one dimension.

    Where many states meet in one, each is named once as soon as naming them costs more than marking them.
    """
    now = places // stride % relation.shape[0]
    parts = []
    for target in range(relation.shape[1]):
        able = relation[now, target]
        if able.any():
            parts.append(places[able] + (target - now[able]) * stride)
    if sum(map(len, parts)) <= size >> 6:
        return np.concatenate(parts) if parts else places[:0]
    marked = np.zeros(size, dtype=np.bool_)
    for part in parts:
        marked[part] = True
    return np.flatnonzero(marked)


def _greatest(counts: NDArray[np.int16], relation: Moves, place: int) -> NDArray[np.int16]:
    """The greatest count that is reached along one dimension."""
    source = np.moveaxis(counts, place, 0)
    found = np.full(source.shape, -999, dtype=np.int16)
    for start in range(relation.shape[0]):
        for end in np.flatnonzero(relation[start]):
            np.maximum(found[start, ...], source[end], out=found[start, ...])
    return np.moveaxis(found, 0, place)


def _first(name: str, classes: Classes) -> list[int]:
    """The classes in which a new account may stand."""
    if name in ("is_working_day", "is_calendar_certain"):
        return list(range(classes.count))
    if name in ("days_until_due", "balance_minor"):
        return [i for i, (_, high) in enumerate(classes.bounds) if high > 0]
    if classes.may_be_missing:
        return [len(classes.examples)]
    if classes.type_name in ("integer", "number", "boolean"):
        return [0]
    return list(range(classes.count))


__all__ = ["CONTACTS", "QUIET", "TooMuch", "Walk"]
