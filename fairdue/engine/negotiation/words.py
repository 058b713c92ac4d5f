"""Words of offers in both languages, from packs/reference/offer_words.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

WORDS_FILE = Path(__file__).resolve().parents[3] / "packs" / "reference" / "offer_words.yaml"
SECTIONS = ("kinds", "reasons", "why", "not_offered", "refused", "if_missed")


@lru_cache(maxsize=1)
def offer_words() -> Mapping[str, Any]:
    """Return the words of offers by section and code."""
    return yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))


def say(section: str, code: str, language: str, facts: Mapping[str, Any] | None = None) -> str:
    """Return what a code says; facts are text already (amounts and days as the reader writes them).

    :raises KeyError: for a code without words, or a fact that its words need
    """
    words = offer_words()[section][code]["zh" if language.startswith("zh") else "en"]
    return words.format(**(facts or {}))


def words_faults() -> list[str]:
    """Return what is wrong with the words: sections missing, a language missing, placeholders that differ."""
    faults = []
    document = offer_words()
    for section in SECTIONS:
        for code, texts in document.get(section, {}).items():
            if set(texts) != {"zh", "en"}:
                faults.append(f"{section}.{code}: must be given in zh and en")
            elif _names(texts["zh"]) - _names(texts["en"]):
                faults.append(f"{section}.{code}: zh needs other facts than en")
        if section not in document:
            faults.append(f"{section}: is missing")
    return faults


def _names(text: str) -> set[str]:
    return {piece.split("}")[0] for piece in text.split("{")[1:]}
