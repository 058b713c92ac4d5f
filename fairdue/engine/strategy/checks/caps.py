"""Caps of the law packs in force, as far as a strategy can be held against them: so many contacts within so many days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fairdue.engine.law.jurisdictions import PACKS, in_force
from fairdue.engine.strategy.checks.findings import Cap

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "messages": ("message",),
    "calls": ("call",),
    "attempts": ("call",),
    "conversations": ("call",),
    "unanswered": ("call",),
    "debt_calls": ("call",),
    "debt_attempts": ("call",),
    "debt_talks": ("call",),
    "debt_conversations": ("call",),
    "debt_contacts": ("message", "call"),
    "visits": ("visit",),
    "letters": ("letter",),
}
"""Counted columns of a pack → the steps of a strategy that fill them."""


def default_caps(as_of: date = date.max, packs: Path = PACKS) -> tuple[Cap, ...]:
    """Return the caps of the packs that bind every debt, and of the jurisdiction that is the default, as of a day or the latest."""
    listed = in_force(packs)
    return caps_of(packs, (*listed["always"], *listed["jurisdictions"][listed["default"]]), as_of)


@cache
def caps_of(packs: Path, codes: Sequence[str], as_of: date) -> tuple[Cap, ...]:
    """Return the caps that some packs set on a day: checks `count.reached` over days that refuse or put off.

    Exceptions are left out: they allow more only to those who agreed to it.
    """
    return tuple(cap for code in codes for cap in _caps(packs / "rules" / code, as_of))


def _caps(folder: Path, as_of: date) -> Iterator[Cap]:
    parameters = {item["id"]: item for item in _items(folder / "parameters")}
    for item in _items(folder / "checks"):
        params = item.get("params") or {}
        if item.get("uses") != "count.reached" or item.get("yields") not in ("defer", "refuse"):
            continue
        channels, days = _COLUMNS.get(str(params.get("column"))), params.get("days")
        most = _value(params.get("max"), parameters, as_of)
        if channels and isinstance(days, int) and most is not None and _holds(item, as_of):
            title = item.get("title") or {}
            yield Cap(channels, most, days, item["id"], title.get("zh", ""), title.get("en", ""))


def _items(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        yield from (item for item in content or () if isinstance(item, dict))


def _holds(item: Mapping[str, Any], as_of: date) -> bool:
    until = item.get("effective_to")
    return item.get("effective_from", as_of) <= as_of and (until is None or as_of < until)


def _value(most: Any, parameters: Mapping[str, Mapping[str, Any]], as_of: date) -> int | None:
    if not isinstance(most, Mapping):
        return most if isinstance(most, int) else None
    values = parameters.get(most.get("parameter", ""), {}).get("values", ())
    held = [each["value"] for each in values if each.get("from", as_of) <= as_of]
    return held[-1] if held and isinstance(held[-1], int) else None
