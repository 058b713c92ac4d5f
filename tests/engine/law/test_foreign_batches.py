"""One definition for a click and for a batch: the tests of every pack answer the same alone and together."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA
from fairdue.engine.law.explaining import explain
from fairdue.engine.law.judging import Rulebook, judge
from fairdue.engine.law.packs import load_packs
from fairdue.engine.law.trying import candidate

PACKS = load_packs(Path(__file__).parents[3] / "packs" / "rules")


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.code)
def test_a_batch_of_a_packs_cases_answers_as_each_alone(pack):
    rulebook = Rulebook((pack,))
    alone = [judge(candidate(test["given"]), rulebook) for test in pack.tests]
    frames = [judgement.frame for judgement in alone]
    names = [name for name in CANDIDATE_SCHEMA if any(name in frame.columns for frame in frames)]
    whole = [candidate(test["given"] | _silent(names, test["given"])) for test in pack.tests]
    batch = judge(pl.concat([frame.select(names) for frame in whole]), rulebook)
    for row, single in enumerate(alone):
        one, many = explain(single, 0), explain(batch, row)
        assert (one.outcome, one.rule_ids, one.retry_after) == (many.outcome, many.rule_ids, many.retry_after)
        assert (one.flags, one.requires) == (many.flags, many.requires)


def _silent(names, given):
    return {
        name: CANDIDATE_SCHEMA[name].default for name in names if name not in given and name != "person_id"
    }
