"""The one door to the checks of strategies: from a document to findings in two languages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from fairdue.contexts.decisions.contracts_life import FindingCard
from fairdue.engine.strategy.catalogue import load_catalogue
from fairdue.engine.strategy.checks import Finding, check
from fairdue.engine.strategy.checks.caps import default_caps
from fairdue.engine.strategy.model import Fault, Strategy, StrategyErrors
from fairdue.engine.strategy.table import read_strategy

MOST_KNOWN = 64
"""Checks take seconds and depend on the strategy, the catalogue and the packs alone: so many are kept."""

_KNOWN: dict[str, tuple[FindingCard, ...]] = {}


def findings_of(document: Mapping[str, Any]) -> tuple[FindingCard, ...]:
    """Return everything that the checks find in a document, errors first."""
    try:
        strategy = read_strategy(document)
    except StrategyErrors as faults:
        return tuple(_unreadable(fault) for fault in faults.faults)
    return checked(strategy)


def checked(strategy: Strategy) -> tuple[FindingCard, ...]:
    """Return what the checks find in a strategy that can be read; the same strategy is checked once a process."""
    key = hashlib.sha256(repr(strategy).encode()).hexdigest()
    if key not in _KNOWN:
        found = check(strategy, catalogue=load_catalogue(), caps=default_caps())
        while len(_KNOWN) >= MOST_KNOWN:
            _KNOWN.pop(next(iter(_KNOWN)))
        _KNOWN[key] = tuple(_found(each) for each in found)
    return _KNOWN[key]


def _found(each: Finding) -> FindingCard:
    return FindingCard(
        kind=each.kind,
        severity=each.severity,
        decision=each.decision,
        row_ids=each.row_ids,
        message_zh=each.message_zh,
        message_en=each.message_en,
        example=each.example,
        path=tuple(asdict(step) for step in each.path),
    )


def _unreadable(fault: Fault) -> FindingCard:
    return FindingCard(
        kind="unreadable",
        severity="error",
        decision=fault.decision,
        row_ids=(fault.row_id,) if fault.row_id else (),
        message_zh=fault.text_zh,
        message_en=fault.text_en,
        path=({"column": fault.column, "position": fault.position},) if fault.column else (),
    )


def stored_findings(found: Iterable[Mapping[str, Any]]) -> tuple[FindingCard, ...]:
    """Return findings as they were kept with a version."""
    return tuple(
        FindingCard(**{**each, "row_ids": tuple(each["row_ids"]), "path": tuple(each.get("path") or ())})
        for each in found
    )


def require_sound(document: Mapping[str, Any]) -> Strategy:
    """Return a document as a strategy that no check finds an error in.

    :raises StrategyErrors: with one sentence an error
    """
    strategy = read_strategy(document)
    errors = [found for found in findings_of(document) if found.severity == "error"]
    if errors:
        raise StrategyErrors(
            Fault(message_zh=found.message_zh, message_en=found.message_en, decision=found.decision)
            for found in errors
        )
    return strategy
