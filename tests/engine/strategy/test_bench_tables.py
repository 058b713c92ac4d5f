"""The benchmark of tables compares every decision with zen-engine's, and says so when one differs."""

from __future__ import annotations

import polars as pl
import pytest

from benchmarks import tables


@pytest.mark.parametrize(
    ("contest", "sample"),
    [
        (tables.Contest("20 rows", tables._small_rows(), tables.SMALL), 400),
        (tables.Contest("3,700 rows", tables._large_rows()[-300:], tables.LARGE), 60),
    ],
)
def test_both_engines_decide_alike(contest: tables.Contest, sample: int) -> None:
    found = tables._compared(contest, 1_000, sample, 1)
    assert found["identical_decisions"] == sample
    assert found["rows"] == len(contest.rows)


def test_a_decision_that_differs_stops_the_benchmark() -> None:
    ours = pl.DataFrame({"row_id": ["row-1"], "step": ["call"], "queue": [""], "rank": [1]})
    theirs = {"result": {"row": "row-2", "step": "call", "queue": "", "rank": 1}}
    with pytest.raises(RuntimeError, match="record 0: we decide"):
        tables._prove(ours, [theirs])
