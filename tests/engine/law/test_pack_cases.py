"""Every test that a pack carries, in the law's own words, against the rules of that pack."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairdue.engine.law.packs import load_packs
from fairdue.engine.law.trying import run_pack_tests

PACKS = load_packs(Path(__file__).parents[3] / "packs" / "rules")
CASES = [(pack.code, result) for pack in PACKS for result in run_pack_tests(pack)]


@pytest.mark.parametrize(("code", "result"), CASES, ids=[f"{code}: {r.rule} {r.title}" for code, r in CASES])
def test_the_pack_answers_as_its_test_says(code, result):
    assert result.fault == ""


def test_packs_are_shipped_complete():
    codes = ["au", "cn", "eu", "hk", "house", "ie", "in", "sg", "uk", "us", "us-ma", "us-ny-nyc"]
    assert [pack.code for pack in PACKS] == codes
    assert all(
        check.citation and check.message_zh and check.message_en for pack in PACKS for check in pack.checks
    )
