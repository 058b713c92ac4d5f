"""The catalogue of facts that a strategy may read: words, domains, and how events move them.

The data is `packs/reference/facts.yaml`; its events and effects are closed vocabularies, named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FACTS_FILE = Path(__file__).resolve().parents[3] / "packs" / "reference" / "facts.yaml"

TYPES = ("integer", "number", "text", "boolean", "date")

EVENTS = (
    "day_passes", "falls_due", "message_sent", "call_answered", "call_unanswered", "small_payment", "part_payment",
    "paid_up", "paid_in_full", "promise_made", "promise_kept", "promise_missed", "complaint_raised",
    "dispute_raised", "hardship_told", "hold_placed", "plan_agreed", "plan_broken", "death_known", "hold_lifted",
    "reach_lost", "reach_found",
)  # fmt: skip
"""Everything that can happen to an account, as far as a strategy can see it."""

EFFECTS: Mapping[str, tuple[str, str]] = {
    "up": ("加一", "rises by one"),
    "up if above 0": ("大于零时加一", "rises by one if it is above 0"),
    "up or same": ("加一或不变", "rises by one or stays"),
    "down": ("减一", "falls by one"),
    "zero": ("归零", "becomes 0"),
    "zero or same": ("归零或不变", "becomes 0 or stays"),
    "lower": ("降低", "falls"),
    "lower above 0": ("降低但仍大于零", "falls and stays above 0"),
    "lower or same": ("降低或不变", "falls or stays"),
    "higher": ("升高", "rises"),
    "at least 0": ("从零起", "becomes 0 unless it is more"),
    "at least 1": ("至少为一", "becomes 1 unless it is more"),
    "next month": ("重新计到下一期", "counts to the next due date, about a month ahead"),
    "true": ("为是", "becomes true"),
    "false": ("为否", "becomes false"),
    "false or same": ("为否或不变", "becomes false or stays"),
    "true if round 0": ("到期前提醒时为是", "becomes true by a reminder of round 0"),
    "round of the message": ("为该提醒的轮次", "becomes the round of the message"),
    "missing": ("变为缺失", "is missing from then on"),
    "any": ("可变为任何值", "may become any value"),
    "follows days_past_due": ("随逾期天数", "follows the days past due"),
}
"""What an event can do to a fact, in both languages; an event that a fact does not name leaves it alone."""

_NUMERIC = {"integer", "number"}
_PARTS = {"name", "type", "group", "zh", "en", "unit", "domain", "evidence", "moves"}
_WORDED = {"code", "zh", "en"}
_DOMAIN_PARTS = {"min", "max", "values", "pattern", "missing"}
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


class CatalogueError(ValueError):
    """The catalogue of facts does not say what it must; `errors` holds one sentence a fault."""

    code = "decisions.catalogue.invalid"

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = tuple(errors)


@dataclass(frozen=True, slots=True)
class Domain:
    """The values that a fact can have: an interval, a list, texts of a pattern, or any value of the type."""

    low: Decimal | None = None
    high: Decimal | None = None
    values: tuple[str, ...] = ()
    pattern: str = ""
    may_be_missing: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a person: its words, its domain, and how events move it."""

    name: str
    type_name: str
    group: str
    zh: str
    en: str
    unit_zh: str
    unit_en: str
    domain: Domain
    evidence: str
    moves: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Named:
    """A code with its words: a group of facts, or an event."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every fact, group and event, in the order of the file, and the records that cannot occur."""

    version: str
    groups: Mapping[str, Named]
    events: Mapping[str, Named]
    facts: Mapping[str, Fact]
    impossible: tuple[Mapping[str, Any], ...]


@cache
def load_catalogue(path: Path = FACTS_FILE) -> Catalogue:
    """Return the catalogue of a file, read once.

    :raises CatalogueError: with every fault of the file
    """
    return read_catalogue(yaml.safe_load(path.read_text(encoding="utf-8")))


def read_catalogue(document: Mapping[str, Any]) -> Catalogue:
    """Return the catalogue of a document.

    1. Every fact has a type, a known group, words in zh and en, and a domain that fits its type.
    2. Events and effects are of the closed lists; every event of the list has words.
    3. A line of `impossible` names facts of the catalogue only.

    :raises CatalogueError: with every fault of the document
    """
    errors = [*_list_errors(document), *_fact_errors(document), *_impossible_errors(document)]
    if errors:
        raise CatalogueError(errors)
    return Catalogue(
        version=str(document["version"]),
        groups=_named(document["groups"]),
        events=_named(document["events"]),
        facts={item["name"]: _fact(item) for item in document["facts"]},
        impossible=tuple(document.get("impossible") or ()),
    )


def _named(items: list[Mapping[str, Any]]) -> dict[str, Named]:
    return {item["code"]: Named(item["code"], item["zh"], item["en"]) for item in items}


def _fact(item: Mapping[str, Any]) -> Fact:
    unit = item.get("unit") or {}
    return Fact(
        name=item["name"],
        type_name=item["type"],
        group=item["group"],
        zh=item["zh"],
        en=item["en"],
        unit_zh=unit.get("zh", ""),
        unit_en=unit.get("en", ""),
        domain=_domain(item["domain"]),
        evidence=item["evidence"],
        moves={event: _effect(effect) for event, effect in (item.get("moves") or {}).items()},
    )


def _domain(item: Mapping[str, Any]) -> Domain:
    return Domain(
        low=_number(item.get("min")),
        high=_number(item.get("max")),
        values=tuple(item.get("values") or ()),
        pattern=str(item.get("pattern", "")),
        may_be_missing=bool(item.get("missing", False)),
    )


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _effect(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _list_errors(document: Mapping[str, Any]) -> Iterator[str]:
    for key in ("version", "groups", "events", "facts"):
        if not document.get(key):
            yield f"the catalogue has no {key}"
    for key in ("groups", "events"):
        for item in document.get(key) or ():
            if not (item.get("code") and item.get("zh") and item.get("en")):
                yield f"{key}, {item.get('code')}: a code has words in zh and en"
            yield from (
                f"{key}, {item.get('code')}: {part} is no part of it" for part in item.keys() - _WORDED
            )
    codes = [item.get("code") for item in document.get("events") or ()]
    if sorted(map(str, codes)) != sorted(EVENTS):
        yield f"events: {', '.join(sorted(set(map(str, codes)) ^ set(EVENTS)))} is in one list only"


def _fact_errors(document: Mapping[str, Any]) -> Iterator[str]:
    groups = {item.get("code") for item in document.get("groups") or ()}
    names: set[str] = set()
    for item in document.get("facts") or ():
        name = str(item.get("name", ""))
        if not _NAME.match(name) or name in names:
            yield f"fact {name or '(without name)'}: a name is lower-case words joined by _, each used once"
        names.add(name)
        yield from (f"fact {name}: {key} is no part of a fact" for key in sorted(item.keys() - _PARTS))
        yield from (f"fact {name}: no {key}" for key in ("zh", "en", "evidence") if not item.get(key))
        if item.get("type") not in TYPES:
            yield f"fact {name}: type {item.get('type')!r} is not one of {', '.join(TYPES)}"
        if item.get("group") not in groups:
            yield f"fact {name}: no such group {item.get('group')!r}"
        yield from (f"fact {name}: {fault}" for fault in _domain_errors(item))
        yield from (f"fact {name}: {fault}" for fault in _move_errors(item.get("moves") or {}))


def _domain_errors(item: Mapping[str, Any]) -> Iterator[str]:
    domain, type_name = item.get("domain"), item.get("type")
    if not isinstance(domain, Mapping):
        yield "no domain"
        return
    yield from (f"{key} is no part of a domain" for key in sorted(domain.keys() - _DOMAIN_PARTS))
    if (type_name in _NUMERIC) != ("min" in domain and "max" in domain):
        yield "a number has min and max, another type has none"
    elif type_name in _NUMERIC and domain["min"] > domain["max"]:
        yield f"min {domain['min']} is above max {domain['max']}"
    if (type_name == "text") != (bool(domain.get("values")) or bool(domain.get("pattern"))):
        yield "a text has values or a pattern, another type has none"


def _move_errors(moves: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"no such event {event!r}" for event in moves if event not in EVENTS)
    for event, effect in moves.items():
        if _effect(effect) not in EFFECTS:
            yield f"{event} does {_effect(effect)!r}, which is none of {', '.join(EFFECTS)}"


def _impossible_errors(document: Mapping[str, Any]) -> Iterator[str]:
    names = {item.get("name") for item in document.get("facts") or ()}
    for number, line in enumerate(document.get("impossible") or (), 1):
        yield from (f"impossible, line {number}: no such fact {name}" for name in line if name not in names)
