"""What the comparisons of both formats share: a difference, and when two values are equal."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that was asked for and did not match; `is_unanswered` if the product said nothing on it."""

    field: str
    expected: Any
    got: Any
    is_unanswered: bool = False


def number(value: Any) -> Fraction | None:
    """Return a value as an exact number, or None if it is not one."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | Fraction | Decimal):
        return Fraction(value)
    try:
        return Fraction(Decimal(value)) if isinstance(value, str) else None
    except (InvalidOperation, ValueError, OverflowError):
        return None


def same(expected: Any, got: Any) -> bool:
    """Tell whether two values are equal; amounts as numbers, maps by the keys listed, lists one by one."""
    if isinstance(expected, dict):
        return isinstance(got, dict) and all(key in got and same(expected[key], got[key]) for key in expected)
    if isinstance(expected, list):
        return isinstance(got, list) and len(got) == len(expected) and all(map(same, expected, got))
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    left, right = number(expected), number(got)
    if left is not None and right is not None:
        return left == right
    return bool(expected == got)
