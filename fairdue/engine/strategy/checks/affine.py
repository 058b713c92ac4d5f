"""Expressions of one name: `days_past_due - 5` is a cut of the axis of the days past due, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from fairdue.engine.strategy.cells import Cell, Compare, Interval
from fairdue.engine.strategy.checks.axes import Axis, ends_of, plain
from fairdue.engine.strategy.model import Literal
from fairdue.engine.strategy.terms import Arithmetic, Constant, Name, Term


@dataclass(frozen=True, slots=True)
class Affine:
    """`factor × base + offset`; without a base it is the offset alone."""

    base: str
    factor: Fraction
    offset: Fraction

    @property
    def is_itself(self) -> bool:
        """Whether it is the base as it stands."""
        return self.factor == 1 and self.offset == 0

    def cuts(self, cell: Cell) -> list[Fraction]:
        """Return where a cell of the expression cuts the base."""
        ends = [end for end in ends_of(cell) if isinstance(end, (int, Decimal)) and not isinstance(end, bool)]
        return [(Fraction(end) - self.offset) / self.factor for end in ends]

    def mask(self, cell: Cell, axis: Axis) -> int:
        """Return the atoms of the base on which a cell of the expression passes."""
        if self.is_itself:
            return axis.mask(cell)
        values = [*axis.values, *([None] if axis.may_be_missing else [])]
        found = sum(1 << atom for atom, value in enumerate(values) if self._passes(cell, value))
        return axis.full & ~found if cell.is_negated else found

    def _passes(self, cell: Cell, value: Fraction | None) -> bool:
        result = None if value is None else self.factor * Fraction(value) + self.offset
        return any(_passes(test, result) for test in cell.tests)


def affine(term: Term, literals: Mapping[str, Literal]) -> Affine | None:
    """Return an expression as a multiple of one name and an offset, or None if it is more than that."""
    match term:
        case Constant() if isinstance(term.value, (int, Decimal)) and not isinstance(term.value, bool):
            return Affine("", Fraction(0), Fraction(term.value))
        case Name() if term.name in literals:
            return affine(literals[term.name].expression, literals)
        case Name() if term.type_name in ("integer", "number"):
            return Affine(term.name, Fraction(1), Fraction(0))
        case Arithmetic():
            left, right = affine(term.left, literals), affine(term.right, literals)
            return _combined(term.operator, left, right) if left and right else None
        case _:
            return None


def _combined(operator: str, left: Affine, right: Affine) -> Affine | None:
    if operator in "+-" and (left.base == right.base or not (left.base and right.base)):
        sign = 1 if operator == "+" else -1
        factor = left.factor + sign * right.factor
        base = left.base or right.base
        return Affine(base, factor, left.offset + sign * right.offset) if factor or not base else None
    if operator == "*" and not (left.base and right.base):
        scaled, by = (left, right.offset) if not right.base else (right, left.offset)
        return Affine(scaled.base, scaled.factor * by, scaled.offset * by) if by else None
    if operator == "/" and not right.base and right.offset:
        return Affine(left.base, left.factor / right.offset, left.offset / right.offset)
    return None


def _passes(test: Compare | Interval, value: Fraction | None) -> bool:
    if isinstance(test, Compare):
        end = plain(test.value)
        if value is None or end is None:
            return value is None and end is None
        return {
            "=": value == end,
            "<": value < end,
            "<=": value <= end,
            ">": value > end,
            ">=": value >= end,
        }[test.operator]
    if value is None:
        return False
    low, high = plain(test.low), plain(test.high)
    is_above = value > low if test.is_low_open else value >= low
    return bool(is_above and (value < high if test.is_high_open else value <= high))
