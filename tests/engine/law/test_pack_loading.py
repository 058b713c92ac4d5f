"""A pack that lacks anything is refused as a whole, and the refusal says what is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.packs import PackInvalid, load_pack
from fairdue.engine.law.trying import try_case

RULES = Path(__file__).parents[3] / "packs" / "rules"


@pytest.fixture
def house(tmp_path) -> Path:
    shutil.copytree(RULES, tmp_path / "rules")
    return tmp_path / "rules" / "house"


def edit(folder: Path, file: str, old: str, new: str, count: int = 1) -> None:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, count))


CHECKS, TESTS, PARAMETERS = "checks/contact.yaml", "tests/contact.yaml", "parameters/contact.yaml"

FAULTS = [
    (CHECKS, '  citation: [{source: HOUSE, article: messages}]\n', "", "citation"),
    (CHECKS, "{source: HOUSE, article: messages}", "{source: GONE}", "source GONE is not listed"),
    (CHECKS, "    zh: 该联系方式已知无效，请勿再用，以免打扰无关人员。\n", "", "'zh' is a required property"),
    (CHECKS, "uses: count.reached", "uses: count.guessed", "no check function 'count.guessed'"),
    (CHECKS, "point_status: {not: valid}", "point_mood: {not: valid}", "no candidate column 'point_mood'"),
    (CHECKS, "{used} messages went out today", "{mood} messages went out today", "names mood"),
    (CHECKS, "max: {parameter: messages.per_day}, days: 1", "days: 1", "parameter max is missing"),
    (CHECKS, "{parameter: messages.per_day}", "{parameter: messages.per_year}", "no parameter messages.per_year"),
    (CHECKS, "yields: defer", "yields: forbid", "'forbid' is not one of"),
    (CHECKS, "id: HOUSE-MSG-02", "id: HOUSE-MSG-01", "HOUSE-MSG-01: effective_from: validity from 2021-01-01 overlaps"),
    (TESTS, "is_broken: true", "is_broken: false", "HOUSE-MSG-01: no test that breaks it"),
    (TESTS, "rule: HOUSE-MSG-01", "rule: HOUSE-MSG-99", "HOUSE-MSG-99, which is no check"),
    ("pack.yaml", 'version: "2026.11.1"', "version: latest", "version"),
    (PARAMETERS, "from: 2021-01-01", "from: 2022-01-01", "has no value on 2021-01-01"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "says"), FAULTS, ids=[fault[3] for fault in FAULTS])
def test_a_faulty_pack_is_refused(house, file, old, new, says):
    edit(house, file, old, new)
    with pytest.raises(PackInvalid) as refusal:
        load_pack(house)
    assert any(says in fault for fault in refusal.value.faults), refusal.value.faults


def test_a_gap_between_values_of_a_parameter_is_refused(house):
    value = "- {from: 2021-01-01, value: 2, citation: House policy}"
    later = "- {from: 2021-01-01, to: 2021-06-30, value: 2, citation: x}\n    - {from: 2021-08-01, value: 1, citation: y}"
    edit(house, PARAMETERS, value, later)
    with pytest.raises(PackInvalid, match="leaves a gap between 2021-06-30 and 2021-08-01"):
        load_pack(house)


def test_a_dated_value_holds_from_its_day(house):
    value = "- {from: 2021-01-01, value: 2, citation: House policy}"
    later = "- {from: 2021-01-01, to: 2026-05-12, value: 2, citation: x}\n    - {from: 2026-05-13, value: 1, citation: y}"
    edit(house, PARAMETERS, value, later)
    rulebook = Rulebook((load_pack(house),))

    def outcome(day: int) -> str:
        facts = {
            "channel": "sms",
            "at": f"2026-05-{day}T16:00:00+08:00",
            "messages": [f"2026-05-{day}T09:00:00+08:00"],
        }
        return try_case(facts, rulebook).outcome

    assert (outcome(12), outcome(13)) == ("allow", "defer")


def test_the_digest_follows_the_content(house):
    before = load_pack(house).sha256
    assert load_pack(RULES / "house").sha256 == before
    edit(house, CHECKS, "evidence: house", "evidence: memory")
    assert load_pack(house).sha256 != before
