"""Names with spaces and signs in them: known ones are recognised, longest first, as runs of tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from fairdue.engine.feel.errors import FeelError
from fairdue.engine.feel.tokens import Token, plain_counterpart, tokenise

KEYWORDS = frozenset(
    """true|false|null|if|then|else|for|in|return|some|every|satisfies|
    and|or|between|instance|function|external""".replace("\n    ", "").split("|")
)
BUILT_IN_PHRASES = tuple(
    """context merge|context put|date and time|day of week|day of year|
    days and time duration|distinct values|end included|ends with|finished by|
    get entries|get value|index of|insert before|is defined|
    list contains|list replace|lower case|met by|month of year|
    overlaps after|overlaps before|round down|round half down|round half up|
    round up|start included|started by|starts with|string join|
    string length|substring after|substring before|time offset|upper case|
    week of year|years and months duration""".replace("\n    ", "").split("|")
)
"""Names of built-in functions, types and components that have spaces in them."""
NAME_MARKS = frozenset(("+", "-", "*", "/", ".", "'", "’", "**"))


class KnownNames:
    """Names of more than one token that may occur, found by their first token."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._known: set[str] = set()
        for name in names:
            self.add(name)

    def copy_with(self, names: Iterable[str] = ()) -> KnownNames:
        """Return these names with more, in a list of their own."""
        found = KnownNames(())
        found._by_first = {first: list(listed) for first, listed in self._by_first.items()}
        found._known = set(self._known)
        for name in names:
            found.add(name)
        return found

    def add(self, name: str) -> None:
        """Make a name known; names of one word need not be."""
        if name in self._known:
            return
        self._known.add(name)
        parts = name_parts(name)
        if not parts or not re.match(r"[^\W\d]|[\uff01-\uff5e]", parts[0]):
            return
        if len(parts) < 2 and not any(map(plain_counterpart, parts[0])):
            return
        listed = self._by_first.setdefault(parts[0], [])
        listed.append((parts, name))
        listed.sort(key=lambda found: -len(found[0]))

    def match(self, tokens: Sequence[Token], position: int) -> tuple[str, int] | None:
        """Return the longest known name that begins at a token, and how many tokens it takes."""
        for parts, name in self._by_first.get(tokens[position].text, ()):
            if tokens[position].kind not in ("text", "at") and self._fits(tokens, position, parts):
                return name, len(parts)
        return None

    @staticmethod
    def _fits(tokens: Sequence[Token], position: int, parts: tuple[str, ...]) -> bool:
        found = tokens[position : position + len(parts)]
        return len(found) == len(parts) and all(
            token.text == part and token.kind not in ("text", "at", "bad", "end")
            for token, part in zip(found, parts, strict=True)
        )


def name_parts(name: str) -> tuple[str, ...]:
    """Return a name as the texts of its tokens, which is how two spellings of it are compared."""
    try:
        found = tokenise(name)[:-1]
    except FeelError:
        return ()
    return () if any(token.kind in ("text", "at", "bad") for token in found) else tuple(t.text for t in found)


def joined(tokens: Sequence[Token]) -> str:
    """Return tokens as one name: one space where there was any."""
    text = tokens[0].text
    for before, token in pairwise(tokens):
        text += (" " if before.end < token.start else "") + token.text
    return text


@lru_cache(maxsize=1)
def built_in() -> KnownNames:
    """Return the names that every expression knows."""
    return KnownNames(BUILT_IN_PHRASES)
