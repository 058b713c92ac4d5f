"""Words that suggest special care. They only suggest: a person reads and decides, and nothing is refused by them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import yaml
from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One situation and the phrases in which people tell of it."""

    code: str
    title_zh: str
    title_en: str
    help_zh: str
    help_en: str
    is_urgent: bool
    pattern: re.Pattern[str]


@lru_cache(maxsize=1)
def signs() -> tuple[Sign, ...]:
    """Return every sign of packs/reference/vulnerability.yaml, urgent ones first."""
    path = settings.PACKS_DIR / "reference" / "vulnerability.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    denied = [*document["negations"]["zh"], *document["negations"]["en"]]
    return tuple(
        Sign(
            code=item["code"], title_zh=item["title"]["zh"], title_en=item["title"]["en"],
            help_zh=item["help"]["zh"], help_en=item["help"]["en"], is_urgent=bool(item.get("is_urgent")),
            pattern=_pattern(item["zh"], item["en"], denied),
        )
        for item in sorted(document["signs"], key=lambda item: not item.get("is_urgent"))
    )  # fmt: skip


def _pattern(zh: Iterable[str], en: Iterable[str], denied: Iterable[str]) -> re.Pattern[str]:
    behind = "".join(f"(?<!{re.escape(word)})" for word in denied)
    words = [*(re.escape(_normal(word)) for word in zh), *(rf"\b{re.escape(_normal(word))}" for word in en)]
    return re.compile(f"{behind}(?:{'|'.join(words)})")


def suggested(words: str) -> tuple[str, ...]:
    """Return the codes of the signs that stand in somebody's words, urgent ones first; spelling variants are folded."""
    text = _normal(words)
    return tuple(sign.code for sign in signs() if sign.pattern.search(text))


def has_urgent(codes: Iterable[str]) -> bool:
    """Tell whether one of some signs asks that a person looks at once."""
    urgent = {sign.code for sign in signs() if sign.is_urgent}
    return not urgent.isdisjoint(codes)


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
