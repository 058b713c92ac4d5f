"""Every relative link in a document leads to a file, and every anchor in it to a heading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"```.*?```", re.DOTALL)


def documents() -> list[Path]:
    named = [
        *ROOT.glob("*.md"),
        *(path for name in ("docs", "examples", "packs") for path in (ROOT / name).rglob("*.md")),
    ]
    return sorted([*named, *(ROOT / "fairdue").rglob("*.md")])


def relative_links(text: str) -> Iterator[tuple[str, str]]:
    """Yield path and anchor of every link that stays in the tree."""
    for target in LINK.findall(FENCE.sub("", text)):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            yield path, anchor


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(document: Path, text: str) -> list[str]:
    found = []
    for path, anchor in relative_links(text):
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(f"{path}#{anchor}" if anchor else path)
    return found


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_resolves(document: Path):
    assert broken(document, document.read_text()) == []


def test_the_rule_catches_a_missing_file_and_a_missing_heading():
    text = "[a](docs/nowhere.md) [b](README.md#no-such-heading) [c](https://lender.example/x) `[d]`"
    assert broken(ROOT / "README.md", text) == ["docs/nowhere.md", "README.md#no-such-heading"]
