"""Citations in words: which listed instruments they name, and which of their articles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Cited = tuple[str, str]
"""Key of the source and the article, empty if none is named."""


def cited(text: str, sources: Sequence[Mapping[str, Any]]) -> tuple[Cited, ...]:
    """This function will return the instruments and articles that a citation in words names.

    1. Parts are separated by `;`. A part names a source by its key or by one of its names (`cited_as`), the longest
    name first; what follows is the article. A part that names none belongs to the source before it.
    2. An empty answer means that nothing listed is cited.
    """
    found: list[Cited] = []
    for part in (piece.strip() for piece in text.split(";")):
        hit = next(_hits(part, sources), None)
        if hit is not None:
            found.append(hit)
        elif found:
            found.append((found[-1][0], part))
    return tuple(found)


def _hits(part: str, sources: Sequence[Mapping[str, Any]]) -> Iterator[Cited]:
    named = [(str(name), str(source["key"])) for source in sources for name in source.get("cited_as", ())]
    keys = [(str(source["key"]), str(source["key"])) for source in sources]
    for name, key in (*_longest(keys), *_longest(named)):
        end = r"(?![A-Za-z0-9-])" if name == key else r"(?![A-Za-z0-9])"
        match = re.search(rf"(?<![\w-]){re.escape(name)}{end}", part)
        if match:
            yield key, _article(name, part[match.end() :])


def _longest(names: list[Cited]) -> list[Cited]:
    return sorted(names, key=lambda pair: -len(pair[0]))


def _article(name: str, rest: str) -> str:
    """Return what follows a name; `12 CFR 1006` and `.34(a)` make `1006.34(a)`."""
    glued = name.split()[-1] + rest if rest.startswith(".") else rest
    return glued.lstrip(" ,)）").rstrip(" ,")


def articles_of(text: str) -> tuple[str, ...]:
    """Return the articles that a text names, each alone: `arts. 1159, 1161` are two; one that is empty stays."""
    plain = re.sub(r"^arts?\b\.?\s*", "", text.strip())
    is_list = re.fullmatch(r"\d+(-\d+)?(, \d+(-\d+)?)+", plain)
    return tuple(plain.split(", ")) if is_list else (plain,)


def citations_of(rule: Mapping[str, Any], sources: Sequence[Mapping[str, Any]]) -> tuple[Cited, ...]:
    """Return every instrument and single article that a check or a computing rule cites."""
    if isinstance(rule["citation"], str):
        pairs = cited(rule["citation"], sources)
    else:
        pairs = tuple((item["source"], item.get("article", "")) for item in rule["citation"])
    return tuple(dict.fromkeys((source, one) for source, article in pairs for one in articles_of(article)))
