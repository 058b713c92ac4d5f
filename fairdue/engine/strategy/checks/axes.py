"""Axes: every name that a strategy reads, cut into atoms on which all of its cells are constant.

An atom is a point or an open gap between two points; a set of values is a bit mask over the atoms, so that sets of
records are boxes of masks and everything about them is exact.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from fairdue.engine.strategy.catalogue import Domain, Fact
from fairdue.engine.strategy.cells import Cell, Compare, Interval
from fairdue.engine.strategy.terms import Constant

_A_DAY = date(2026, 1, 1)
_OTHER_TEXTS = ("other", "other_2", "other_3")


def plain(value: Any) -> Any:
    """Return an end point's value; a term that is no constant stays a term."""
    found = value.value if isinstance(value, Constant) else value
    return Decimal(str(found)) if isinstance(found, float) else found


def is_plain(cell: Cell) -> bool:
    """Tell whether a cell compares with written values only, not with names."""
    return all(_is_scalar(plain(end)) for test in cell.tests for end in _ends(test))


def ends_of(cell: Cell) -> Iterator[Any]:
    """Yield the values that a cell names, null left out."""
    for test in cell.tests:
        for end in _ends(test):
            value = plain(end)
            if value is not None and _is_scalar(value):
                yield value


def _ends(test: Compare | Interval) -> tuple[Any, ...]:
    return (test.value,) if isinstance(test, Compare) else (test.low, test.high)


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, (bool, int, Decimal, Fraction, str, date))


@dataclass(frozen=True, slots=True)
class Axis:
    """A name with one example value an atom, in ascending order; a missing value is the last atom."""

    name: str
    type_name: str
    values: tuple[Any, ...]
    may_be_missing: bool
    spans: tuple[tuple[Any, Any], ...] = ()

    @property
    def full(self) -> int:
        """The mask of every atom."""
        return (1 << len(self.values) + self.may_be_missing) - 1

    def value(self, atom: int) -> Any:
        """Return the example value of an atom."""
        return None if atom == len(self.values) else self.values[atom]

    def atom(self, value: Any) -> int:
        """Return the atom in which a value lies; the last one for a missing value."""
        if value is None:
            return len(self.values)
        for atom, known in enumerate(self.values):
            low, high = self.spans[atom] if self.spans else (known, known)
            if known == value or ((low is None or low <= value) and (high is None or value <= high)):
                return atom
        return len(self.values)

    def mask(self, cell: Cell) -> int:
        """Return the atoms that pass a cell of written values."""
        found = 0
        for test in cell.tests:
            found |= self._test(test)
        return self.full & ~found if cell.is_negated else found

    def _test(self, test: Compare | Interval) -> int:
        if isinstance(test, Interval):
            low, high = plain(test.low), plain(test.high)
            first = (bisect_right if test.is_low_open else bisect_left)(self.values, low)
            last = (bisect_left if test.is_high_open else bisect_right)(self.values, high)
            return _range(first, last)
        value, count = plain(test.value), len(self.values)
        if value is None:
            return 1 << count if self.may_be_missing else 0
        ranges = {
            "=": (bisect_left(self.values, value), bisect_right(self.values, value)),
            "<": (0, bisect_left(self.values, value)),
            "<=": (0, bisect_right(self.values, value)),
            ">": (bisect_right(self.values, value), count),
            ">=": (bisect_left(self.values, value), count),
        }
        return _range(*ranges[test.operator])

    def words(self, mask: int) -> str:
        """Return a set of values as a cell of a table would say it."""
        parts = list(self._spans(mask & ((1 << len(self.values)) - 1)))
        if self.may_be_missing and mask >> len(self.values) & 1:
            parts.append("null")
        return ", ".join(parts)

    def _spans(self, mask: int) -> Iterator[str]:
        if self.type_name in ("text", "boolean"):
            yield from (written(self.values[atom]) for atom in atoms(mask))
            return
        run: list[int] = []
        for atom in [*atoms(mask), -2]:
            if run and atom != run[-1] + 1:
                yield self._span(run[0], run[-1])
                run = []
            run.append(atom)

    def _span(self, first: int, last: int) -> str:
        low, high = self.spans[first][0], self.spans[last][1]
        if low == high:
            return written(low)
        if low is None or high is None:
            return (
                "-" if low is high is None else f"< {written(high)}" if low is None else f"> {written(low)}"
            )
        return f"[{written(low)}..{written(high)}]"


def atoms(mask: int) -> Iterator[int]:
    """Yield the atoms of a mask, the lowest first."""
    while mask:
        bit = mask & -mask
        yield bit.bit_length() - 1
        mask ^= bit


def written(value: Any) -> str:
    """Return a value as a cell writes it."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return f'"{value}"' if isinstance(value, str) else str(value)


def _range(first: int, last: int) -> int:
    return (1 << last) - (1 << first) if last > first else 0


def fact_axis(name: str, type_name: str, fact: Fact | None, ends: Iterable[Any]) -> Axis:
    """Return the axis of a fact: its domain of the catalogue, cut at the values that cells name."""
    domain = fact.domain if fact else Domain(may_be_missing=True)
    missing = domain.may_be_missing
    if type_name == "boolean":
        return Axis(name, type_name, (False, True), missing)
    if type_name == "text":
        return Axis(name, type_name, _texts(domain, set(ends)), missing)
    if type_name == "date":
        return _dates(name, {end for end in ends if isinstance(end, date)}, missing)
    return number_axis(name, type_name, ends, low=domain.low, high=domain.high, may_be_missing=missing)


def value_axis(name: str, type_name: str, values: Iterable[Any], *, may_be_missing: bool) -> Axis:
    """Return the axis of an output that has these values and no others."""
    ordered = tuple(sorted({plain(value) for value in values}))
    return Axis(name, type_name, ordered, may_be_missing, tuple((value, value) for value in ordered))


def _texts(domain: Domain, named: set[str]) -> tuple[str, ...]:
    if domain.values:
        return tuple(sorted(domain.values))
    other = next(text for text in (*_OTHER_TEXTS, "\uffff") if text not in named)
    return tuple(sorted({*named, other}))


def _dates(name: str, named: set[date], missing: bool) -> Axis:
    days = {day.toordinal() for day in named} or {_A_DAY.toordinal()}
    axis = number_axis(name, "integer", days, low=None, high=None, may_be_missing=missing)
    spans = tuple(tuple(None if end is None else _day(end) for end in span) for span in axis.spans)
    return Axis(name, "date", tuple(map(_day, axis.values)), missing, spans)  # type: ignore[arg-type]


def _day(ordinal: Any) -> date:
    return date.fromordinal(int(ordinal))


def number_axis(
    name: str, type_name: str, ends: Iterable[Any], *, low: Any, high: Any, may_be_missing: bool
) -> Axis:
    """Return the axis of a number within bounds, None for no bound, cut at the given points."""
    points = {point for end in ends for point in _points(end, type_name)}
    points |= {point for bound in (low, high) if bound is not None for point in _points(bound, type_name)}
    kept = sorted(p for p in points if (low is None or p >= low) and (high is None or p <= high)) or [0]
    found = list(_atoms(kept, is_whole=type_name == "integer"))
    if low is None:
        found.insert(0, (kept[0] - 1, (None, kept[0] - 1)))
    if high is None:
        found.append((kept[-1] + 1, (kept[-1] + 1, None)))
    return Axis(name, type_name, tuple(v for v, _ in found), may_be_missing, tuple(s for _, s in found))


def _points(end: Any, type_name: str) -> tuple[Any, ...]:
    if not isinstance(end, (int, Decimal, Fraction)) or isinstance(end, bool):
        return ()
    if type_name == "integer":
        return (floor(end), ceil(end))
    return (int(end) if end == int(end) else end,)


def _atoms(points: list[Any], *, is_whole: bool) -> Iterator[tuple[Any, tuple[Any, Any]]]:
    """Each point and each gap with something in it, with an example and its bounds."""
    for position, point in enumerate(points):
        yield point, (point, point)
        following = points[position + 1] if position + 1 < len(points) else None
        if following is None or (is_whole and following == point + 1):
            continue
        if is_whole:
            yield point + 1, (point + 1, following - 1)
        else:
            yield (Fraction(point) + Fraction(following)) / 2, (point, following)
