"""What a table says under each hit policy, read three ways; and what happens when its rows contradict each other."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from fairdue.engine.strategy import bitset, bitset_index
from fairdue.engine.strategy.bitset_index import TooManyFired
from fairdue.engine.strategy.decide import FactsMissing, HitPolicyBroken, decide, decide_one, trace_one
from fairdue.engine.strategy.table import Strategy, StrategyErrors, read_strategy

TITLE = {"zh": "行", "en": "row"}
EVERY_WAY = [1, 10**9]
"""From how many rows on bit-sets decide: always, never."""


def strategy(policy: str, *, aggregation: str = "", outputs: Any = None, rows: Any = None) -> Strategy:
    """Three rows over `days`: from 1, from 10, from 20; what they say is low 1, high 2, middle 3."""
    table = {
        "id": "t",
        "title": TITLE,
        "hit_policy": policy,
        **({"aggregation": aggregation} if aggregation else {}),
        "inputs": [{"name": "days", "type": "integer"}],
        "outputs": outputs
        or [
            {"name": "tier", "type": "text", "allowed": ["high", "middle", "low"]},
            {"name": "points", "type": "integer"},
        ],
        "rows": rows
        or [
            _row("from-1", ">= 1", tier="low", points=1),
            _row("from-10", ">= 10", tier="high", points=2),
            _row("from-20", ">= 20", tier="middle", points=3),
        ],
    }
    return read_strategy(
        {
            "code": "test",
            "version": "1",
            "title": TITLE,
            "inputs": [{"name": "days", "type": "integer"}],
            "decisions": [table],
            "result": "t",
        }
    )


def _row(row_id: str, cell: str, **then: Any) -> dict[str, Any]:
    return {"id": row_id, "title": TITLE, "when": {"days": cell}, "then": then}


def said(found: Strategy, days: list[int | None], large: int) -> list[tuple[Any, ...]]:
    """Outputs, row and rows fired for each record, after checking that the plain reading says the same."""
    facts = pl.DataFrame({"days": days}, schema={"days": pl.Int64})
    made = decide(facts, found, large=large).drop("days").rows()
    for line, record in zip(made, facts.to_dicts(), strict=True):
        plain = decide_one(record, found)
        assert line == (*plain.outputs.values(), plain.row_id, list(plain.rows_fired))
    return made


@pytest.mark.parametrize("large", EVERY_WAY)
@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("FIRST", ("low", 1, "from-1", ["from-1"])),
        ("PRIORITY", ("high", 2, "from-10", ["from-10"])),
        ("RULE ORDER", (["low", "high", "middle"], [1, 2, 3], "from-1", ["from-1", "from-10", "from-20"])),
        ("OUTPUT ORDER", (["high", "middle", "low"], [2, 3, 1], "from-10", ["from-10", "from-20", "from-1"])),
        ("COLLECT", (["low", "high", "middle"], [1, 2, 3], "from-1", ["from-1", "from-10", "from-20"])),
    ],
)
def test_several_rows_that_fit_are_read_as_the_hit_policy_says(
    policy: str, expected: tuple[Any, ...], large: int
) -> None:
    assert said(strategy(policy), [25], large) == [expected]


@pytest.mark.parametrize("large", EVERY_WAY)
@pytest.mark.parametrize(
    ("aggregation", "expected"),
    [
        ("sum", [6, 3, 1, None]),
        ("min", [1, 1, 1, None]),
        ("max", [3, 2, 1, None]),
        ("count", [3, 2, 1, 0]),
    ],
)
def test_collected_values_are_added_up_or_counted(
    aggregation: str, expected: list[int | None], large: int
) -> None:
    found = strategy("COLLECT", aggregation=aggregation, outputs=[{"name": "points", "type": "integer"}], rows=[
        _row("from-1", ">= 1", points=1), _row("from-10", ">= 10", points=2), _row("from-20", ">= 20", points=3),
    ])  # fmt: skip
    assert [line[0] for line in said(found, [25, 10, 1, 0], large)] == expected


@pytest.mark.parametrize("large", EVERY_WAY)
def test_a_sum_that_does_not_fit_has_no_value(large: int) -> None:
    rows = [_row("all", "-", points=2**63 - 1), _row("one", "1", points=1), _row("two", "2", points=-1)]
    found = strategy("COLLECT", aggregation="sum", outputs=[{"name": "points", "type": "integer"}], rows=rows)
    assert [line[0] for line in said(found, [0, 1, 2], large)] == [2**63 - 1, None, 2**63 - 2]


@pytest.mark.parametrize("large", EVERY_WAY)
def test_tenths_are_added_in_the_order_of_the_rows(large: int) -> None:
    rows = [_row(f"r-{place}", "-", share=share) for place, share in enumerate([0.1, 0.2, 0.3, 1e16, -1e16])]
    found = strategy("COLLECT", aggregation="sum", outputs=[{"name": "share", "type": "number"}], rows=rows)
    assert said(found, [1, 2], large)[0][0] == 0.1 + 0.2 + 0.3 + 1e16 - 1e16


@pytest.mark.parametrize("large", EVERY_WAY)
@pytest.mark.parametrize(
    ("policy", "otherwise", "expected"),
    [
        ("FIRST", {}, None),
        ("UNIQUE", {"otherwise": "low"}, "low"),
        ("RULE ORDER", {}, []),
        ("RULE ORDER", {"otherwise": "low"}, ["low"]),
        ("COLLECT", {"otherwise": ["low", "high"]}, ["low", "high"]),
    ],
)
def test_nobody_fits(policy: str, otherwise: dict[str, Any], expected: Any, large: int) -> None:
    found = strategy(
        policy, outputs=[{"name": "tier", "type": "text", **otherwise}], rows=[_row("one", "1", tier="high")]
    )
    assert said(found, [None], large) == [(expected, None, [])]


@pytest.mark.parametrize("large", EVERY_WAY)
def test_what_is_left_out_is_the_default(large: int) -> None:
    found = strategy(
        "UNIQUE",
        outputs=[{"name": "tier", "type": "text", "default": "low"}, {"name": "points", "type": "integer"}],
        rows=[_row("one", "1", points=5)],
    )
    assert said(found, [1], large) == [("low", 5, "one", ["one"])]


@pytest.mark.parametrize("large", EVERY_WAY)
def test_two_rows_under_unique_are_named_with_the_person_and_nothing_else(large: int) -> None:
    facts = pl.DataFrame({"person_id": [71, 72, 73], "days": [1, 25, 12]})
    with pytest.raises(HitPolicyBroken) as broken:
        decide(facts, strategy("UNIQUE"), large=large)
    refusal = broken.value
    assert (refusal.decision_id, refusal.row_ids) == ("t", ("from-1", "from-20"))
    assert (refusal.person_id, refusal.count) == (72, 2)
    assert str(refusal) == "decision t: rows from-1 and from-20 contradict for person 72 and 1 more"
    with pytest.raises(HitPolicyBroken, match="rows from-1 and from-20 contradict for person 72"):
        decide_one({"person_id": 72, "days": 25}, strategy("UNIQUE"))


@pytest.mark.parametrize("large", EVERY_WAY)
def test_a_night_goes_on_past_a_contradiction_and_says_whom_it_left_out(large: int) -> None:
    facts = pl.DataFrame({"days": [1, 25]})
    made = decide(facts, strategy("UNIQUE"), on_conflict="reject", large=large)
    assert made["conflict"].to_list() == [None, "t: from-1, from-20"]
    assert made.drop("days", "conflict").rows() == [
        ("low", 1, "from-1", ["from-1"]),
        (None, None, None, []),
    ]


@pytest.mark.parametrize("large", EVERY_WAY)
def test_rows_under_any_may_all_fit_as_long_as_they_agree(large: int) -> None:
    rows = [_row("a", ">= 1", tier="low"), _row("b", ">= 2", tier="low"), _row("c", ">= 3", tier="high")]
    found = strategy("ANY", outputs=[{"name": "tier", "type": "text"}], rows=rows)
    assert said(found, [1, 2], large) == [("low", "a", ["a"]), ("low", "a", ["a", "b"])]
    assert (
        decide(pl.DataFrame({"days": [3]}), found, on_conflict="reject", large=large)["conflict"].item()
        == "t: a, c"
    )


def test_a_table_of_several_blocks_of_rows_is_read_to_its_end() -> None:
    count = 2 * bitset.BLOCK + 7
    rows = [_row(f"r-{place}", f"[{place}..{place + 1}]", points=place) for place in range(count)]
    outputs = [{"name": "points", "type": "integer"}]
    days = [0, 63, 64, bitset.BLOCK - 1, bitset.BLOCK, 2 * bitset.BLOCK + 6, count, count + 1, None]
    first = said(strategy("FIRST", outputs=outputs, rows=rows), days, 1)
    assert [line[0] for line in first] == [0, 62, 63, 1022, 1023, 2053, 2054, None, None]
    every = said(strategy("COLLECT", outputs=outputs, rows=rows), days, 1)
    assert [line[0] for line in every][3:8] == [[1022, 1023], [1023, 1024], [2053, 2054], [2054], []]
    unique = decide(
        pl.DataFrame({"days": days}), strategy("UNIQUE", outputs=outputs, rows=rows), on_conflict="reject"
    )
    assert unique["conflict"].to_list()[3:8] == [
        "t: r-1022, r-1023",
        "t: r-1023, r-1024",
        "t: r-2053, r-2054",
        None,
        None,
    ]


def test_more_rows_than_can_be_listed_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bitset_index, "MOST_FIRED", 2)
    with pytest.raises(TooManyFired, match="more than 2 rows fire"):
        decide(pl.DataFrame({"days": [25, 25]}), strategy("COLLECT"), large=1)


def test_a_table_of_a_million_rows_is_refused_before_it_is_read() -> None:
    row = _row("r-1", "1", tier="low", points=1)
    with pytest.raises(StrategyErrors) as refusal:
        strategy("FIRST", rows=[row] * 1_000_000)
    assert refusal.value.errors == (
        "decision t: the table has 1,000,000 rows; at most 100,000 can be decided",
    )


def test_facts_that_have_an_output_already_are_refused() -> None:
    with pytest.raises(FactsMissing, match="the facts have tier already"):
        decide(pl.DataFrame({"days": [1], "tier": ["x"]}), strategy("FIRST"))


def test_a_trace_tells_what_each_decision_read_and_said() -> None:
    step = trace_one({"days": 12}, strategy("COLLECT"))[0]
    assert (step.decision_id, step.inputs, step.row_ids) == ("t", {"days": 12}, ("from-1", "from-10"))
    assert step.outputs == {"tier": ["low", "high"], "points": [1, 2]}
