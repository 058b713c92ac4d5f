"""Spans of days of which the ends are included and None is open: gaps, overlaps, values on a day."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

Span = tuple[date | None, date | None]


def day(text: str | None) -> date | None:
    """Return the day that a text names, or None for none."""
    return date.fromisoformat(text) if text else None


def span(document: Mapping[str, Any], start: str = "from", end: str = "to") -> Span:
    """Return the span that a document gives itself."""
    return day(document.get(start)), day(document.get(end))


def span_faults(spans: Iterable[Span]) -> list[str]:
    """Tell where spans end before they begin, overlap or leave a gap."""
    ordered = sorted(spans, key=lambda item: item[0] or date.min)
    faults = [
        f"validity ends on {end}, before it begins on {start}"
        for start, end in ordered
        if start and end and end < start
    ]
    for (start, end), (later, _) in itertools.pairwise(ordered):
        if later is None or end is None or later <= end:
            faults.append(f"validity from {start} overlaps the one from {later}")
        elif later - end > timedelta(days=1):
            faults.append(f"validity leaves a gap between {end} and {later}")
    return faults


def value_on(values: Sequence[Mapping[str, Any]], on: date) -> Any:
    """Return the value in force on a day; None if there is none."""
    for value in values:
        start, end = span(value)
        if (start is None or start <= on) and (end is None or on <= end):
            return value["value"]
    return None


def references(tree: Any) -> Iterator[str]:
    """Yield the id of every `{parameter: id}` in a document."""
    if isinstance(tree, Mapping):
        if set(tree) == {"parameter"}:
            yield tree["parameter"]
        else:
            for value in tree.values():
                yield from references(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from references(value)


def resolved(tree: Any, values: Mapping[str, Any]) -> Any:
    """Return the document with every `{parameter: id}` replaced by its value."""
    if isinstance(tree, Mapping):
        if set(tree) == {"parameter"}:
            return values[tree["parameter"]]
        return {key: resolved(value, values) for key, value in tree.items()}
    return [resolved(value, values) for value in tree] if isinstance(tree, list) else tree
