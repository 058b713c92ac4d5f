"""What a loaded pack is made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from fairdue.engine.law.clocks import Clock
from fairdue.engine.law.numbers import Numbers


@dataclass(frozen=True, kw_only=True)
class Source:
    """An instrument that rules are cited from."""

    key: str
    title_zh: str
    title_en: str
    rank: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """One rule of one pack for one span of time, its parameters filled in."""

    id: str
    part: str
    title_zh: str
    title_en: str
    uses: str
    applies_to: Any
    unless: tuple[Mapping[str, Any], ...]
    """Labelled exceptions, in the order in which they are named when several hold."""
    parameters: Mapping[str, Any]
    yields: str
    adds: str
    message_zh: str
    message_en: str
    citation: str
    evidence: str
    rank: str
    effective_from: date
    effective_to: date | None
    pack: str
    version: str
    scope: pl.Expr = field(repr=False, compare=False)
    """Applies and no exception does."""
    when: pl.Expr | None = field(repr=False, compare=False)
    """The condition of a check that only looks for facts."""
    clock: Clock | None = field(default=None, repr=False, compare=False)
    """The hours of a check that depends on a clock."""
    columns: frozenset[str] = field(default=frozenset(), repr=False, compare=False)
    """The columns that it reads."""

    @property
    def key(self) -> str:
        """Id and part, unique in a pack."""
        return f"{self.id}/{self.part}" if self.part else self.id


@dataclass(frozen=True, kw_only=True)
class Pack:
    """One version of one pack."""

    code: str
    version: str
    title_zh: str
    title_en: str
    zone: str
    """Zone in which the first and last days of validity are counted."""
    sources: Mapping[str, Source]
    checks: tuple[Check, ...]
    tests: tuple[Mapping[str, Any], ...]
    content: Mapping[str, Any] = field(repr=False)
    """Every document of the pack as it was read: head, sources, parameters, checks, numbers, adoptions, tests."""
    sha256: str
    """Digest of the content in canonical form."""
    coverage: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    """What is said of articles beyond the rules; about our system, so no part of a published version."""

    @property
    def identity(self) -> str:
        """Version and digest, as decisions name it: `2026.11.3@` and the first 12 signs of the digest."""
        return f"{self.version}@{self.sha256[:12]}"

    @property
    def numbers(self) -> Numbers:
        """The pack's computing rules, as this version says them."""
        listed = self.content.get("numbers", ())
        return Numbers({item["id"]: {**item, "jurisdiction": self.code} for item in listed})


def canonical(document: Any) -> str:
    """Return JSON that is the same for the same content: sorted keys, no spaces."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def digest(document: Any) -> str:
    """Return the SHA-256 of a document in canonical form."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def keyed(content: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every check and every computing rule of a pack with its key; `/computes` tells a namesake apart."""
    checks = [(key_of(document), document) for document in content["checks"]]
    yield from checks
    taken = {key for key, _ in checks}
    for document in content.get("numbers", ()):
        yield (f"{document['id']}/computes" if document["id"] in taken else document["id"]), document


def key_of(document: Mapping[str, Any]) -> str:
    """Return the key of a check's document: id and part."""
    return f"{document['id']}/{document['part']}" if document.get("part") else str(document["id"])
