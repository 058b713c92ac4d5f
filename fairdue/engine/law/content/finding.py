"""What was found in a text, and the search for patterns with their place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from fairdue.engine.law.numbers import Rule


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text, `text[start:end]`, and the topic of what stands there."""

    start: int
    end: int
    quote: str
    topic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule that a text breaks: what is missing or wrong, and the places of what may not be said."""

    rule: Rule
    missing: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    labels: Mapping[str, tuple[str, str]] = field(default_factory=dict, compare=False)
    """Words in zh and en for what is missing and for the topics of the marks."""

    @property
    def yields(self) -> str:
        """`refuse`; `review` for a rule that is known from memory only and awaits confirmation."""
        return "review" if self.rule.evidence == "memory" else "refuse"

    def message(self, language: str) -> str:
        """Return a plain sentence in `zh` or `en`: the rule, what is missing, what was found."""
        is_zh = language == "zh"
        title = self.rule.title_zh if is_zh else self.rule.title_en
        topics = tuple(dict.fromkeys(mark.topic for mark in self.marks if mark.topic))
        parts = [
            ("缺少" if is_zh else "missing: ", self.missing),
            ("有误" if is_zh else "wrong: ", self.wrong),
            ("涉及" if is_zh else "found: ", topics),
        ]
        said = [
            word + ("、" if is_zh else ", ").join(map(self._word(is_zh), names))
            for word, names in parts
            if names
        ]
        return title + ("：" if is_zh else ": ") + ("；" if is_zh else "; ").join(said) if said else title

    def _word(self, is_zh: bool) -> _Word:
        return _Word(self.labels, is_zh)


@dataclass(frozen=True, slots=True)
class _Word:
    labels: Mapping[str, tuple[str, str]]
    is_zh: bool

    def __call__(self, name: str) -> str:
        found = self.labels.get(name)
        return name.replace("_", " ") if found is None else found[0] if self.is_zh else found[1]


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
