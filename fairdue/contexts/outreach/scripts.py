"""The script of a call, from packs/reference/call_script.yaml: two halves with a door between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptLine:
    """One sentence, or one thing to ask or to disclose; `citation` says which rule wants it."""

    text: str
    code: str = ""
    citation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What may be said before anybody knows who listens: nothing of a debt."""

    version: str
    lines: tuple[ScriptLine, ...]
    asked: tuple[ScriptLine, ...]
    """What the person may be asked for; the codes are kept, never the answers."""
    asked_at_least: int
    somebody_else: tuple[ScriptLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What is said once the debtor is confirmed."""

    disclosures: tuple[ScriptLine, ...]
    lines: tuple[ScriptLine, ...]
    closing: tuple[ScriptLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenDebt:
    """The debt that a call speaks of first."""

    institution: str
    product: str
    overdue: Money
    oldest_due: str
    days: int
    jurisdictions: tuple[str, ...]


@cache
def _document() -> Mapping[str, Any]:
    path = Path(settings.PACKS_DIR) / "reference" / "call_script.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def script_version() -> str:
    """Return the version of the script in use."""
    return str(_document()["version"])


def identity_facts() -> frozenset[str]:
    """Return the codes of what a person may be asked for."""
    return frozenset(row["code"] for row in _document()["asked"])


def asked_at_least() -> int:
    """Return how many of them must be right."""
    return int(_document()["asked_at_least"])


def opening(*, language: str, staff: str, institution: str) -> Opening:
    """Return the half of the script that holds nothing of a debt."""
    document, said = _document(), {"staff": staff, "institution": institution}
    return Opening(
        version=script_version(),
        lines=_lines(document["opening"], language, said),
        asked=_lines(document["asked"], language, said),
        asked_at_least=asked_at_least(),
        somebody_else=_lines(document["somebody_else"], language, said),
    )


def matter(*, language: str, staff: str, debt: SpokenDebt) -> Matter:
    """Return the half of the script for the debtor's own ear: disclosures that bind the debt, then the matter."""
    document = _document()
    said = {
        "staff": staff, "institution": debt.institution, "product": debt.product, "overdue": f"{debt.overdue}",
        "oldest_due": debt.oldest_due, "days": str(debt.days),
    }  # fmt: skip
    bound = [row for row in document["disclosures"] if _binds(row["jurisdictions"], debt.jurisdictions)]
    return Matter(
        disclosures=_lines(bound, language, said),
        lines=_lines(document["matter"], language, said),
        closing=_lines(document["closing"], language, said),
    )


def _binds(named: Sequence[str], bound: Iterable[str]) -> bool:
    return "*" in named or not set(named).isdisjoint(bound)


def _lines(
    rows: Sequence[Mapping[str, Any]], language: str, said: Mapping[str, str]
) -> tuple[ScriptLine, ...]:
    key = "zh" if language.startswith("zh") else "en"
    return tuple(
        ScriptLine(text=row[key].format_map(said), code=row.get("code", ""), citation=row.get("citation", ""))
        for row in rows
    )
