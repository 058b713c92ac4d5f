"""A citation known from memory only says so, wherever it stands; one whose source was read need not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairdue.engine.ledger.event_kinds import KINDS

PACKS = Path(__file__).parents[3] / "packs"
FROM_MEMORY = (
    ("第677条", "art. 677"),
    ("第634条", "art. 634"),
    ("第545条", "art. 545"),
    ("民间借贷规定第30条", "private lending art. 30"),
    ("16 CFR 444.4", "16 CFR 444.4"),
    ("12 CFR 1026.13", "12 CFR 1026.13"),
    ("呆账核销", "writing off bad debts"),
    ("银发〔2003〕251号", "(2003) 251"),
    ("银发〔2020〕327号", "(2020) 327"),
    ("公告〔2019〕15号", "announcement 2019 no. 15"),
    ("自律公约", "Self-discipline"),
)
"""References whose text or number nobody has compared with its source."""


def citations(found: Any) -> Iterator[dict[str, str]]:
    if isinstance(found, dict):
        if "citation" in found:
            yield found["citation"]
        for value in found.values():
            yield from citations(value)
    elif isinstance(found, list):
        for value in found:
            yield from citations(value)


def told() -> list[dict[str, str]]:
    paths = [*(PACKS / "products").glob("*.yaml"), *(PACKS / "reference").rglob("*.yaml")]
    read = [one for path in paths for one in citations(yaml.safe_load(path.read_text(encoding="utf-8")))]
    return [
        *(one for one in read if isinstance(one, dict)),
        *(dict(kind.citation) for kind in KINDS.values()),
    ]


@pytest.mark.parametrize("reference", FROM_MEMORY, ids=lambda one: one[1])
def test_what_was_not_compared_with_its_source_says_so_in_both_languages(reference):
    zh, en = reference
    found = [one for one in told() if zh in one.get("zh", "") or en in one.get("en", "")]
    assert found
    assert [one for one in found if "待核对" not in one["zh"] or "to be confirmed" not in one["en"]] == []


def test_every_citation_is_in_both_languages():
    assert [one for one in told() if one and not (one.get("zh") and one.get("en"))] == []
