"""What browsers load: small, pinned, and free of inline code."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest

from fairdue.web.workbench.refusals import REFUSALS

WEB = Path(__file__).resolve().parents[2] / "fairdue" / "web"
STATIC = WEB / "ui" / "static" / "ui"
TEMPLATES = sorted(WEB.rglob("templates/**/*.html"))
INLINE = re.compile(r"\sstyle=|<style|\son[a-z]+=|hx-on|js:|<script(?![^>]*\bsrc=)", re.IGNORECASE)


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes()))


def imported(name: str, seen: set[str]) -> set[str]:
    """A module with all that it imports."""
    if name not in seen:
        seen.add(name)
        for other in re.findall(r'from "\./([\w.]+)"', (STATIC / name).read_text()):
            imported(other, seen)
    return seen


def test_the_style_sheet_and_the_scripts_keep_their_budget():
    """ECharts comes only to pages with charts, the editor of strategies only to its page."""
    every_page = re.findall(
        r'static "ui/([\w./-]+\.js)"', (WEB / "ui/templates/ui/document.html").read_text()
    )
    loaded = {each for name in every_page for each in imported(name, set())}
    assert packed(STATIC / "app.css") <= 20_000
    assert {"app.js", "finder.js", "lists.js", "vendor/htmx-4.0.1.min.js"} <= loaded
    assert not {name for name in loaded if "chart" in name or "strategy" in name}
    assert sum(packed(STATIC / name) for name in loaded) <= 60_000


def test_vendored_files_are_the_ones_that_were_checked():
    lines = (STATIC / "vendor" / "SHA256SUMS").read_text().splitlines()
    named = dict(reversed(line.split()) for line in lines)
    assert set(named) == {path.name for path in (STATIC / "vendor").iterdir()} - {"SHA256SUMS"}
    for name, digest in named.items():
        assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == digest, name


def test_no_template_carries_inline_style_or_code():
    found = [f"{path.name}: {match[0]}" for path in TEMPLATES for match in INLINE.finditer(path.read_text())]
    assert found == []


@pytest.mark.parametrize(
    "violation", ['<p style="x">', "<style>", '<a onclick="x">', '<a hx-on:click="x">', "<script>"]
)
def test_the_inline_rule_catches(violation):
    assert INLINE.search(violation)


def test_nothing_of_ours_is_kept_in_the_browser():
    ours = list(STATIC.glob("*.js"))
    words = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie")
    assert [path.name for path in ours if words.search(path.read_text())] == []


def test_every_icon_that_is_named_exists():
    drawn = set(re.findall(r'symbol id="(\w+)"', (STATIC / "icons.svg").read_text()))
    used = {name for path in TEMPLATES for name in re.findall(r'{% icon "(\w+)"', path.read_text())}
    assert used - drawn == set()


def test_no_page_takes_a_key_of_the_rail():
    from fairdue.web.workbench.nav import GROUPS

    rail = [item.key for _label, items in GROUPS for item in items if item.key]
    pages = {key for path in TEMPLATES for key in re.findall(r'data-key="(g [^"{]+)"', path.read_text())}
    assert len(rail) == len(set(rail))
    assert pages & set(rail) == set()


def test_every_refusal_that_the_desk_can_meet_has_words():
    root = WEB.parent
    files = [
        *(root / "journeys" / name for name in ("start_call.py", "record_contact.py")),
        *(
            root / "contexts" / "cases" / "operations" / name
            for name in ("outcome.py", "promise.py", "assign.py")
        ),
        root / "contexts" / "parties" / "operations" / "reveals.py",
    ]
    raised = {code for path in files for code in re.findall(r'Refused\(\s*"([\w.]+)"', path.read_text())}
    assert raised - set(REFUSALS) == set()
