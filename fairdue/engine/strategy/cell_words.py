"""Cells and values in words of both languages, for people who do not read tests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from fairdue.engine.strategy.cells import Cell, Compare, End, Interval
from fairdue.engine.strategy.terms import Constant, Name, Term

Words = tuple[str, str]
"""Chinese, English."""

_COMPARED: dict[str, Words] = {
    "=": ("是 {}", "{}"),
    "<": ("小于 {}", "below {}"),
    "<=": ("不超过 {}", "at most {}"),
    ">": ("大于 {}", "above {}"),
    ">=": ("至少 {}", "at least {}"),
}
MISSING: Words = ("缺失", "missing")


def value_words(value: Any, name: str = "") -> Words:
    """Return a value as people write it; a name that ends `_minor` is an amount in hundredths."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return ("是", "yes") if value else ("否", "no")
    if isinstance(value, int) and name.endswith("_minor"):
        return (f"{value / 100:,.2f}",) * 2
    if isinstance(value, float | Decimal):
        return (f"{float(value):,.4g}",) * 2
    if isinstance(value, list | tuple):
        parts = [value_words(each) for each in value]
        return "、".join(zh for zh, _ in parts) or "—", ", ".join(en for _, en in parts) or "—"
    if isinstance(value, date):
        return (value.isoformat(),) * 2
    return (f"{value:,}" if isinstance(value, int) else str(value),) * 2


def cell_words(cell: Cell, name: str) -> Words | None:
    """Return what a cell asks of a column, or None where it compares with more than values and names."""
    parts = [_test_words(test, name) for test in cell.tests]
    found = [part for part in parts if part is not None]
    if not found or len(found) < len(parts):
        return None
    zh, en = "或".join(part[0] for part in found), " or ".join(part[1] for part in found)
    return (f"不{zh}" if zh.startswith("是 ") else f"不({zh})", f"not {en}") if cell.is_negated else (zh, en)


def _test_words(test: Compare | Interval, name: str) -> Words | None:
    if isinstance(test, Interval):
        return _interval_words(test, name)
    if test.value is None:
        return MISSING
    end = _end_words(test.value, name)
    return None if end is None else _said(_COMPARED[test.operator], end)


def _interval_words(test: Interval, name: str) -> Words | None:
    low, high = _end_words(test.low, name), _end_words(test.high, name)
    if low is None or high is None:
        return None
    if not (test.is_low_open or test.is_high_open):
        return f"{low[0]} 至 {high[0]}", f"from {low[1]} to {high[1]}"
    above = _said(_COMPARED[">" if test.is_low_open else ">="], low)
    below = _said(_COMPARED["<" if test.is_high_open else "<="], high)
    return f"{above[0]}且{below[0]}", f"{above[1]} and {below[1]}"


def _said(words: Words, end: Words) -> Words:
    return words[0].format(end[0]), words[1].format(end[1])


def _end_words(end: End, name: str) -> Words | None:
    if isinstance(end, Constant):
        return value_words(end.value, name)
    if isinstance(end, Name):
        return end.name, end.name
    return None if isinstance(end, Term) else value_words(end, name)
