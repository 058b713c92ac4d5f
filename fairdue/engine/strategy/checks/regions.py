"""Regions: the space of a table's records, divided by the rows that they fit.

The division is a decision diagram: axis by axis the atoms that leave the same rows possible go the same way, and
equal rests are shared. A path to a leaf is a box; leaves say which rows fit, or that the record cannot occur.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from operator import xor

from fairdue.engine.strategy.checks.axes import Axis

MOST_WORK = 400_000
"""Steps that one table's division may take; a table that needs more is reported as not decided."""

_FEW = 12
"""So many rows are split one by one, where more are looked up by atoms."""

Box = Mapping[str, int]


class TooMuch(Exception):
    """The work is bounded, and this would exceed it."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """Records that fit the same rows: positions in the order of evaluation; or that cannot occur."""

    rows: tuple[int, ...]
    is_impossible: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """One axis, and where its atoms lead."""

    axis: str
    ways: tuple[tuple[int, Branch | Leaf], ...]


@dataclass(slots=True)
class _Level:
    axis: str
    classes: list[tuple[int, int]]
    constrained: int


@dataclass(slots=True)
class Division:
    """Divide the records over some axes by the rows that they fit.

    `rows` are boxes in the order of evaluation; `impossible` are boxes of records that cannot occur. With
    `is_first` only the first row that fits matters, and later ones are not looked at.
    """

    axes: Mapping[str, Axis]
    rows: Sequence[Box]
    impossible: Sequence[Box] = ()
    is_first: bool = False
    most_work: int = MOST_WORK
    work: int = 0
    _levels: list[_Level] = field(default_factory=list)
    _open: list[int] = field(default_factory=list)
    _memo: dict[tuple[int, int], Branch | Leaf] = field(default_factory=dict)

    def root(self) -> Branch | Leaf:
        """Return the diagram.

        :raises TooMuch: if it needs more work than is allowed
        """
        boxes = [*self.impossible, *self.rows]
        used = {name: sum(name in box for box in boxes) for name in self.axes}
        names = sorted((name for name in used if used[name]), key=lambda name: -used[name])
        self._levels = [self._level(name, boxes) for name in names]
        self._open = [0] * (len(names) + 1)
        for position in range(len(names) - 1, -1, -1):
            self._open[position] = self._open[position + 1] | self._levels[position].constrained
        everything = (1 << len(boxes)) - 1
        empty = sum(1 << n for n, box in enumerate(boxes) if not all(box.values()))
        return self._node(0, everything & ~empty)

    def _level(self, name: str, boxes: Sequence[Box]) -> _Level:
        constrained = sum(1 << n for n, box in enumerate(boxes) if name in box)
        always = ((1 << len(boxes)) - 1) & ~constrained
        turns = [0] * (self.axes[name].full.bit_length() + 1)
        for number, box in enumerate(boxes):
            for edge in _edges(box.get(name, 0)):
                turns[edge] ^= 1 << number
        by_atom = [always | bits for bits in accumulate(turns, xor)][:-1]
        classes: dict[int, int] = {}
        for atom, bits in enumerate(by_atom):
            classes[bits] = classes.get(bits, 0) | 1 << atom
        return _Level(name, [(mask, bits) for bits, mask in classes.items()], constrained)

    def _node(self, level: int, subset: int) -> Branch | Leaf:
        free = subset & ~self._open[level]
        if self.is_first and free:
            lowest = free & -free
            subset &= (lowest << 1) - 1
            if subset == lowest:
                return self._leaf(subset)
        barred = (1 << len(self.impossible)) - 1
        if free & barred and not self.is_first:
            return Leaf((), is_impossible=True)
        if not subset & self._open[level]:
            return self._leaf(subset)
        while not self._levels[level].constrained & subset:
            level += 1
        key = (level, subset)
        if key not in self._memo:
            self._memo[key] = self._branch(level, subset)
        return self._memo[key]

    def _branch(self, level: int, subset: int) -> Branch | Leaf:
        groups = self._groups(self._levels[level], subset)
        if self.work > self.most_work:
            raise TooMuch
        ways = tuple((mask, self._node(level + 1, rest)) for rest, mask in groups.items())
        return Branch(self._levels[level].axis, ways)

    def _groups(self, level: _Level, subset: int) -> dict[int, int]:
        """Which rows stay possible, with the atoms that leave them so; few rows are split one by one."""
        concerned = list(_positions(subset & level.constrained))
        if len(concerned) > _FEW:
            groups: dict[int, int] = {}
            self.work += len(level.classes)
            for mask, bits in level.classes:
                groups[subset & bits] = groups.get(subset & bits, 0) | mask
            return groups
        groups = {subset: self.axes[level.axis].full}
        for number in concerned:
            self.work += len(groups)
            groups = dict(self._split(groups, number, level.axis))
        return groups

    def _split(self, groups: Mapping[int, int], number: int, axis: str) -> Iterator[tuple[int, int]]:
        boxes = len(self.impossible)
        box = self.impossible[number] if number < boxes else self.rows[number - boxes]
        for rows, mask in groups.items():
            if mask & box[axis]:
                yield rows, mask & box[axis]
            if mask & ~box[axis]:
                yield rows & ~(1 << number), mask & ~box[axis]

    def _leaf(self, subset: int) -> Leaf:
        count = len(self.impossible)
        if subset & ((1 << count) - 1):
            return Leaf((), is_impossible=True)
        return Leaf(tuple(_positions(subset >> count)))


def _edges(mask: int) -> Iterator[int]:
    """Yield where runs of atoms begin and where they have ended."""
    turns = mask ^ (mask << 1)
    yield from _positions(turns)


def _positions(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def paths(node: Branch | Leaf, within: Box) -> Iterator[tuple[dict[str, int], Leaf]]:
    """Yield every box of a diagram that meets another box, cut to it, with its leaf."""
    if isinstance(node, Leaf):
        if not node.is_impossible:
            yield dict(within), node
        return
    for mask, following in node.ways:
        cut = mask & within.get(node.axis, mask)
        if cut:
            yield from paths(following, {**within, node.axis: cut})


def leaves(node: Branch | Leaf) -> set[Leaf]:
    """Return the different leaves of a diagram, each once however many boxes lead to it."""
    found: set[Leaf] = set()
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Leaf):
            found.add(each)
        elif id(each) not in seen:
            seen.add(id(each))
            waiting.extend(following for _, following in each.ways)
    return found


def boxes_to(node: Branch | Leaf, wanted: set[Leaf], within: Box) -> Iterator[tuple[dict[str, int], Leaf]]:
    """Yield the boxes that lead to the wanted leaves, without walking where none of them lies."""
    memo: dict[int, bool] = {}

    def leads(each: Branch | Leaf) -> bool:
        if isinstance(each, Leaf):
            return each in wanted
        if id(each) not in memo:
            memo[id(each)] = any(leads(following) for _, following in each.ways)
        return memo[id(each)]

    def walk(each: Branch | Leaf, box: dict[str, int]) -> Iterator[tuple[dict[str, int], Leaf]]:
        if isinstance(each, Leaf):
            yield box, each
            return
        for mask, following in each.ways:
            cut = mask & box.get(each.axis, mask)
            if cut and leads(following):
                yield from walk(following, {**box, each.axis: cut})

    if leads(node):
        yield from walk(node, dict(within))
