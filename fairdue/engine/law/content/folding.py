"""Texts in one form: half-width, lower case, simplified, without what is put between letters to hide a word.

Every character of a folded text knows its place in the text as it was written, so a hit can be marked there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

_GONE = "\0"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_DROPPED = re.compile(
    rf"(?<=[{_HAN}]){_GONE}*[ *·•_~|^#\-/.]{_GONE}*(?=[{_HAN}])|{_GONE}| (?=[ \n])|(?<=\n) "
)
_WRAPPED = re.compile(r"(?<=[a-z,'])\n(?=[a-z])")
_OWN = {
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "\t": " ",
    "\r": " ",
    "\u2028": "\n",
    "\u2029": "\n",
    "–": "-",
}


class Table(dict[int, str]):
    """How single characters fold; filled as they come."""

    def __init__(self, variants: Mapping[str, str]) -> None:
        super().__init__({ord(found): plain for found, plain in (dict(variants) | _OWN).items()})

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if unicodedata.category(character) in ("Cf", "Mn"):
            plain = _GONE
        else:
            plain = unicodedata.normalize("NFKC", character).lower()
            plain = plain if len(plain) == 1 else character
        self[code] = plain
        return plain


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `places` is None if every character stands where it was written."""

    text: str
    places: tuple[int, ...] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where `text[start:end]` stands in the text as it was written."""
        if self.places is None or start >= end:
            return start, end
        return self.places[start], self.places[end - 1] + 1


def fold(text: str, table: Table) -> Folded:
    """This function will fold a text.

    1. Full width becomes half width, capitals small, traditional characters simplified, curly quotes straight.
    2. Invisible characters vanish, and one separator between two Han characters (坐 牢, 坐*牢), runs of spaces.
    3. A line break inside an English sentence is a space.
    """
    plain = _WRAPPED.sub(" ", text.translate(table))
    dropped = [place for hit in _DROPPED.finditer(plain) for place in range(*hit.span())]
    if not dropped:
        return Folded(plain, None)
    gone = set(dropped)
    places = tuple(place for place in range(len(plain)) if place not in gone)
    return Folded("".join(plain[place] for place in places), places)
