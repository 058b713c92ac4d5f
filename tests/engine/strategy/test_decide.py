"""The compiled table equals its plain reading, for any table and any facts."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.engine.strategy.decide import ROW_ID, FactsMissing, decide, decide_one
from fairdue.engine.strategy.table import read_strategy

INPUTS = [
    {"name": "days", "type": "integer"},
    {"name": "share", "type": "number"},
    {"name": "kind", "type": "text"},
    {"name": "is_held", "type": "boolean"},
]
DTYPES = {"days": pl.Int64, "share": pl.Float64, "kind": pl.String, "is_held": pl.Boolean}


def document(rows: list[dict[str, Any]]) -> dict[str, Any]:
    titled = [
        {"id": f"row-{number}", "title": {"zh": "行", "en": "row"}, "then": {"step": number}, **row}
        for number, row in enumerate(rows)
    ]
    return {
        "code": "test",
        "version": "1",
        "title": {"zh": "测试", "en": "test"},
        "hit_policy": "FIRST",
        "inputs": INPUTS,
        "outputs": [{"name": "step", "type": "integer"}],
        "rows": titled,
    }


def _numbers(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high).map(str)
    bounds = st.lists(st.integers(low, high), min_size=2, max_size=2).map(sorted)
    interval = st.tuples(st.sampled_from("[(]"), bounds, st.sampled_from("])[")).map(
        lambda parts: f"{parts[0]}{parts[1][0]}..{parts[1][1]}{parts[2]}"
    )
    compared = st.tuples(st.sampled_from(["<", "<=", ">", ">="]), number).map(" ".join)
    return st.one_of(number, interval, compared, st.just("null"))


def _cell(tests: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(tests, min_size=1, max_size=3).map(", ".join)
    return st.one_of(st.just("-"), several, several.map(lambda text: f"not({text})"))


CELLS = {
    "days": _cell(_numbers(-3, 8)),
    "share": _cell(_numbers(0, 3)),
    "kind": _cell(st.sampled_from(['"card"', '"loan"', '"信用卡"', "null"])),
    "is_held": _cell(st.sampled_from(["true", "false", "null"])),
}
ROW = st.fixed_dictionaries({}, optional=CELLS).filter(
    lambda cells: any(cell != "-" for cell in cells.values())
)
RECORD = st.fixed_dictionaries(
    {
        "days": st.one_of(st.none(), st.integers(-4, 9)),
        "share": st.one_of(st.none(), st.sampled_from([0.0, 0.5, 1.0, 2.5, 3.0])),
        "kind": st.sampled_from([None, "card", "loan", "信用卡", "other"]),
        "is_held": st.sampled_from([None, True, False]),
    }
)


@settings(max_examples=50, deadline=None)
@given(rows=st.lists(ROW, max_size=6), records=st.lists(RECORD, min_size=1, max_size=12))
def test_the_compiled_table_fires_the_row_that_a_plain_reading_fires(
    rows: list[dict[str, str]], records: list[dict[str, Any]]
) -> None:
    strategy = read_strategy(document([{"when": row} for row in rows] + [{"when": {}}]))
    decided = decide(pl.DataFrame(records, schema=DTYPES), strategy)
    naive = [decide_one(record, strategy) for record in records]
    assert decided[ROW_ID].to_list() == [row.row_id for row in naive]
    assert decided["step"].to_list() == [row.outputs["step"] for row in naive]
    singles = [decide(pl.DataFrame([record], schema=DTYPES), strategy)[ROW_ID].item() for record in records]
    assert singles == decided[ROW_ID].to_list()
    assert decide(pl.DataFrame(records, schema=DTYPES), strategy, large=1).equals(decided)


def test_facts_without_a_column_are_refused_by_name() -> None:
    strategy = read_strategy(document([{"when": {}}]))
    with pytest.raises(FactsMissing, match="reads kind"):
        decide(pl.DataFrame({"days": [1], "share": [0.5]}), strategy)


def test_facts_of_another_type_are_refused() -> None:
    strategy = read_strategy(document([{"when": {}}]))
    facts = pl.DataFrame({"days": ["1"], "share": [0.5], "kind": ["card"], "is_held": [True]})
    with pytest.raises(FactsMissing, match="days is String"):
        decide(facts, strategy)
