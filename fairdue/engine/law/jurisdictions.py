"""Which packs bind which debts: `packs/rules/in_force.yaml`, read and checked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

PACKS = Path(__file__).parents[3] / "packs"
SEPARATOR = "|"


@lru_cache(maxsize=4)
def in_force(packs: Path = PACKS) -> Mapping[str, Any]:
    """This function will return what binds: `always`, `default`, `jurisdictions` and `institution_groups`."""
    listed: dict[str, Any] = yaml.safe_load((packs / "rules" / "in_force.yaml").read_text(encoding="utf-8"))
    return {"institution_groups": {}} | listed


def known_jurisdictions() -> frozenset[str]:
    """This function will return the codes that a debt, a person or a place may carry."""
    return frozenset(in_force()["jurisdictions"])


def adding_up(codes: Iterable[str]) -> str:
    """This function will write jurisdictions that bind together in one text, each once, in order; empty: the default."""
    return SEPARATOR.join(sorted(set(codes) - {""}))


def parts(text: str) -> frozenset[str]:
    """This function will read what `adding_up` wrote."""
    return frozenset(filter(None, text.split(SEPARATOR)))
