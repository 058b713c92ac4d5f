"""The content pack proves itself when it is loaded, and is refused as a whole when anything is wrong."""

from __future__ import annotations

import shutil

import pytest

from fairdue.engine.law.content.lexicon import CONTENT_DIR, ContentInvalid, load_content


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped pack that a test may spoil."""
    return shutil.copytree(CONTENT_DIR, tmp_path / "content")


def spoil(folder, name, found, written):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert found in text
    path.write_text(text.replace(found, written), encoding="utf-8")


def faults(folder):
    with pytest.raises(ContentInvalid) as refusal:
        load_content(folder)
    return refusal.value.faults


def test_the_same_files_give_the_same_digest_and_a_changed_word_another(folder):
    before = load_content(folder).sha256
    assert load_content(folder).sha256 == before
    spoil(folder, "topics/abuse.yaml", "abuse or insult", "abuse and insult")
    assert load_content(folder).sha256 != before


@pytest.mark.parametrize(
    ("name", "found", "written", "fault"),
    [
        ("rules/house.yaml", "  citation: House policy\n", "", "'citation' is a required property"),
        ("topics/abuse.yaml", ", en: abuse or insult", "", "'en' is a required property"),
        ("rules/cn.yaml", "{topic: violence}", "{topic: magic}", "rule CN-PROH-01: no topic magic"),
        ("topics/abuse.yaml", "[warned,", "[warmed,", "topic abuse: no context warmed"),
        ("topics/abuse.yaml", "[你就是个老赖", "[你真好", "topic abuse: not found: 你真好"),
        ("topics/abuse.yaml", "keeps:\n", "keeps:\n  - 你是老赖\n", "'老赖' found in the harmless"),
        ("topics/abuse.yaml", "find: '老赖", "find: '（老赖", "not written in folded form"),
        ("topics/abuse.yaml", "find: '老赖|", "find: '老赖(|", "missing ), unterminated subpattern"),
        ("topics/abuse.yaml", "cues: [老赖,", "cues: [Deadbeat,", "is not written in folded form"),
        ("rules/house.yaml", "id: HOUSE-TEXT-02", "id: HOUSE-TEXT-01", "rule HOUSE-TEXT-01 is given twice"),
        ("variants.yaml", "from: 訴", "from: 訴訴", "both lines must be of one length"),
    ],
)
def test_a_fault_is_named_and_refuses_the_pack(folder, name, found, written, fault):
    spoil(folder, name, found, written)
    assert any(fault in each for each in faults(folder))
