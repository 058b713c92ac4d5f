"""What was found in a text, and the search for patterns with their place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from fairdue.engine.law.numbers import Rule


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text: `text[start:end]`."""

    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule that a text breaks: what is missing or wrong, and the places of what may not be said."""

    rule: Rule
    missing: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def marks(text: str, patterns: Iterable[str]) -> tuple[Mark, ...]:
    """Return every place where a pattern occurs, in order of the text."""
    found = {
        Mark(hit.start(), hit.end(), hit.group())
        for pattern in patterns
        for hit in _compiled(pattern).finditer(text)
    }
    return tuple(sorted(found, key=lambda mark: (mark.start, mark.end)))


def has_all(text: str, patterns: Iterable[str]) -> bool:
    """Tell whether every pattern occurs in a text."""
    return all(_compiled(pattern).search(text) for pattern in patterns)


def forbidden(text: str, rule: Rule, *names: str) -> Finding | None:
    """Return what a text says that the lists of a rule forbid."""
    found = marks(text, (pattern for name in names for pattern in rule.words(name)))
    return Finding(rule=rule, marks=found) if found else None


def missing_elements(elements: Collection[str], rule: Rule) -> Finding | None:
    """Return which prescribed items a letter or notice lacks (CN-LET-01, EU-NOTICE-01)."""
    missing = tuple(item for item in rule.words("elements") if item not in elements)
    return Finding(rule=rule, missing=missing) if missing else None
