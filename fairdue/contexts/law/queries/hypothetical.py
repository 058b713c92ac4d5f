"""Cases that nobody proposes: what rules would ask of them, and which single change would change the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fairdue.engine.law.packs import Pack
from fairdue.engine.law.trying import Answer, try_many

from ..rules import Rulebook, in_force, rulebook_of, shipped_pack


def _rulebook(jurisdiction: str) -> Rulebook:
    return rulebook_of(frozenset(filter(None, jurisdiction.split("|"))))


def judge_alternatives(cases: Sequence[Mapping[str, Any]]) -> tuple[Answer, ...]:
    """This function will judge several made-up contacts under the packs that the first one's jurisdiction binds.

    :raises CandidatesInvalid: if a fact is unknown or cannot be read
    :raises JurisdictionUnknown: if no packs are listed for the jurisdiction
    """
    return try_many(cases, _rulebook(str(cases[0].get("jurisdiction") or ""))) if cases else ()


def facts_asked(jurisdiction: str = "") -> dict[str, frozenset[str]]:
    """This function will return every fact that the packs of a jurisdiction ask, with the texts they compare it with.

    :raises JurisdictionUnknown: if no packs are listed for the jurisdiction
    """
    asked: dict[str, set[str]] = {}
    rulebook = _rulebook(jurisdiction)
    for check in rulebook.checks:
        for name in check.columns:
            asked.setdefault(name, set())
        exceptions = [item.get("when") for item in check.unless]
        for name, value in _compared((check.applies_to, check.parameters.get("when", {}), exceptions)):
            asked.setdefault(name, set()).add(value)
    for pack in rulebook.packs:
        for test in pack.tests:
            for name, value in test.get("given", {}).items():
                texts = value if isinstance(value, list) else [value]
                asked.setdefault(name, set()).update(text for text in texts if isinstance(text, str))
    return {name: frozenset(values) for name, values in asked.items()}


def _compared(tree: Any, column: str = "") -> list[tuple[str, str]]:
    """Return column and text of everything that a condition compares."""
    if isinstance(tree, Mapping):
        return [pair for name, part in tree.items() for pair in _compared(part, _column(name, column))]
    if isinstance(tree, list | tuple):
        return [pair for part in tree for pair in _compared(part, column)]
    return [(column, tree)] if column and isinstance(tree, str) else []


_OPERATORS = frozenset(
    {
        "not",
        "at_least",
        "below",
        "at_most",
        "includes",
        "excludes",
        "within",
        "any",
        "all",
        "label",
        "citation",
    }
)


def _column(name: str, column: str) -> str:
    return column if name in _OPERATORS else name


def example_packs(jurisdiction: str = "") -> tuple[Pack, ...]:
    """This function will return the packs whose own tests are examples for a jurisdiction, the law before the house.

    :raises JurisdictionUnknown: if no packs are listed for the jurisdiction
    """
    packs = _rulebook(jurisdiction).packs
    return tuple(sorted((shipped_pack(pack.code) for pack in packs), key=lambda pack: pack.code == "house"))


def jurisdictions() -> tuple[str, ...]:
    """This function will return the jurisdictions that packs are listed for, the default one first."""
    listed = in_force()
    default = str(listed["default"])
    return (default, *sorted(code for code in listed["jurisdictions"] if code != default))
