"""The checks of tables find every gap, overlap and dead row that a search over all records finds, and no other."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairdue.engine.strategy.catalogue import EVENTS, Catalogue, load_catalogue, read_catalogue
from fairdue.engine.strategy.checks import Finding, check
from fairdue.engine.strategy.interpret import decide_one, ordered_rows, trace_one
from fairdue.engine.strategy.interpret import matches as passes
from fairdue.engine.strategy.table import Strategy, Table, read_strategy

WORDS = {"zh": "词", "en": "word"}


def small_catalogue(**changes: Any) -> Catalogue:
    facts = [
        {"name": "n", "type": "integer", "domain": {"min": 0, "max": 5, "missing": True}},
        {"name": "m", "type": "integer", "domain": {"min": 0, "max": 3}},
        {"name": "b", "type": "boolean", "domain": {}},
        {"name": "t", "type": "text", "domain": {"values": ["x", "y"]}},
    ]
    return read_catalogue(
        {
            "version": "1",
            "groups": [{"code": "all"} | WORDS],
            "events": [{"code": event} | WORDS for event in EVENTS],
            "facts": [fact | WORDS | {"group": "all", "evidence": "night"} for fact in facts],
        }
        | changes
    )


RECORDS = [
    dict(zip("nmbt", values, strict=True))
    for values in product([*range(6), None], range(4), (False, True), ("x", "y"))
]
FACTS = [
    {"name": "n", "type": "integer"},
    {"name": "m", "type": "integer"},
    {"name": "b", "type": "boolean"},
    {"name": "t", "type": "text"},
]


def table(rows: list[dict[str, Any]], policy: str = "FIRST", **more: Any) -> dict[str, Any]:
    return {
        "id": "result",
        "title": WORDS,
        "hit_policy": policy,
        "inputs": FACTS,
        "outputs": [{"name": "out", "type": "text", "allowed": ["a", "c", "d"]}],
        "rows": [{"title": WORDS} | row for row in rows],
    } | more


def strategy_of(*decisions: dict[str, Any]) -> Strategy:
    head = {"code": "small", "version": "1", "title": WORDS, "inputs": FACTS, "result": decisions[-1]["id"]}
    return read_strategy(head | {"decisions": list(decisions)})


def found(strategy: Strategy, kind: str, catalogue: Catalogue | None = None) -> list[Finding]:
    return [each for each in check(strategy, catalogue=catalogue or small_catalogue()) if each.kind == kind]


def row(row_id: str, out: str = "a", **when: Any) -> dict[str, Any]:
    return {"id": row_id, "when": when, "then": {"out": out}}


CELLS = {
    "n": st.sampled_from(
        ["-", "0", "3", "< 2", ">= 4", "[1..3]", "(1..5)", "not(2)", "null", "not(null)", "1, 5"]
    ),
    "m": st.sampled_from(["-", "0", "> 1", "[1..2]", "not(3)"]),
    "b": st.sampled_from(["-", "true", "false"]),
    "t": st.sampled_from(["-", '"x"', '"y"', 'not("y")']),
}
CASES = st.lists(
    st.tuples(st.fixed_dictionaries({}, optional=CELLS), st.sampled_from(["a", "c", "d"])),
    min_size=1,
    max_size=6,
)


def fits(strategy: Strategy, of: Table, record: dict[str, Any]) -> set[str]:
    values = record | {
        name: value
        for step in trace_one(record, strategy, on_conflict="reject")
        for name, value in step.outputs.items()
    }
    return {
        each.row_id
        for each in of.rows
        if all(passes(cell, values[name], values) for name, cell in each.cells.items())
    }


def assert_exact(strategy: Strategy) -> None:
    """Compare the findings with a search over every record of the small catalogue."""
    of = strategy.tables[-1]
    all_found = check(strategy, catalogue=small_catalogue())
    open_ones = [each.message_en for each in all_found if each.kind == "not_decided"]
    assert not [each for each in open_ones if "more uncovered" not in each]
    per_record = [(record, fits(strategy, of, record)) for record in RECORDS]
    is_gap = any(not rows for _, rows in per_record)
    gaps = [each for each in all_found if each.kind == "gap" and each.decision == of.decision_id]
    assert bool(gaps) == is_gap
    for each in gaps:
        assert not fits(strategy, of, dict(each.example or {}))
    if of.hit_policy in ("UNIQUE", "ANY"):
        outs = {each.row_id: each.outputs for each in of.rows}
        pairs = {
            frozenset(pair)
            for _, rows in per_record
            for pair in combinations(sorted(rows), 2)
            if of.hit_policy == "UNIQUE" or outs[pair[0]] != outs[pair[1]]
        }
        reported = [
            each
            for each in all_found
            if each.kind in ("overlap", "conflict") and each.decision == of.decision_id
        ]
        assert {frozenset(each.row_ids) for each in reported} == pairs
        for each in reported:
            assert set(each.row_ids) <= fits(strategy, of, dict(each.example or {}))
    order = [each.row_id for each in ordered_rows(of)]
    firing: set[str] = set()
    for _, rows in per_record:
        first = [row_id for row_id in order if row_id in rows]
        firing |= set(first[:1] if of.hit_policy in ("FIRST", "PRIORITY") else first)
    dead = [
        each
        for each in all_found
        if each.kind in ("shadowed", "row_unreachable") and each.decision == of.decision_id
    ]
    assert {each.row_ids[0] for each in dead} == set(order) - firing
    for each in dead:
        ever = any(each.row_ids[0] in rows for _, rows in per_record)
        assert each.kind == ("shadowed" if ever else "row_unreachable")
        if ever:
            assert each.row_ids[0] in fits(strategy, of, dict(each.example or {}))
            assert (
                each.row_ids[0]
                not in decide_one(each.example or {}, strategy, on_conflict="reject").rows_fired
            )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CASES, st.sampled_from(["UNIQUE", "ANY", "FIRST", "PRIORITY"]))
def test_the_checks_agree_with_a_search_over_every_record(cases: list[Any], policy: str) -> None:
    rows = [row(f"r{number}", out, **when) for number, (when, out) in enumerate(cases)]
    assert_exact(strategy_of(table(rows, policy)))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    CASES,
    CASES,
    st.sampled_from(["UNIQUE", "FIRST"]),
    st.lists(st.sampled_from(["-", '"a"', '"c","d"', "null"]), min_size=6, max_size=6),
)
def test_they_agree_through_a_table_before(
    first: list[Any], second: list[Any], policy: str, asked: list[str]
) -> None:
    upstream = table([row(f"u{number}", out, **when) for number, (when, out) in enumerate(first)], "FIRST")
    upstream |= {"id": "segment", "outputs": [{"name": "seg", "type": "text", "allowed": ["a", "c", "d"]}]}
    upstream["rows"] = [each | {"then": {"seg": each["then"]["out"]}} for each in upstream["rows"]]
    rows = [row(f"r{number}", out, **when, seg=asked[number]) for number, (when, out) in enumerate(second)]
    result = table(rows, policy, inputs=[*FACTS, {"name": "seg", "type": "text"}])
    assert_exact(strategy_of(upstream, result))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CASES, st.lists(st.sampled_from(["-", "< 2", "[3..7]", "> 7", "null"]), min_size=6, max_size=6))
def test_they_agree_over_an_expression_of_one_fact(cases: list[Any], asked: list[str]) -> None:
    twice = {"name": "twice", "type": "integer", "expression": "2 * n - 1"}
    rows = [row(f"r{number}", out, **when, twice=asked[number]) for number, (when, out) in enumerate(cases)]
    document = table(rows, "FIRST", inputs=[*FACTS, twice])
    strategy = strategy_of(document)
    values = [record | {"twice": None if record["n"] is None else 2 * record["n"] - 1} for record in RECORDS]
    firing = {decide_one(record, strategy).row_id for record in values}
    dead = {
        each.row_ids[0]
        for each in check(strategy, catalogue=small_catalogue())
        if each.kind in ("shadowed", "row_unreachable")
    }
    assert dead == {each.row_id for each in strategy.rows} - firing
    assert bool(found(strategy, "gap")) == (None in firing)


# ------------------------------------------------------------------------------------------- one by one


def test_a_gap_is_shown_by_an_account_that_no_row_decides() -> None:
    strategy = strategy_of(table([row("low", m="< 2"), row("high", m="> 2")]))
    (gap,) = found(strategy, "gap")
    assert gap.example is not None
    assert (gap.example["m"], decide_one(gap.example, strategy).row_id) == (2, None)
    assert gap.message_en == "No row fits m: 2."


@pytest.mark.parametrize("change", [{"m": "<= 2"}, {"m": "-"}])
def test_a_table_that_nearly_has_a_gap_has_none(change: dict[str, str]) -> None:
    assert found(strategy_of(table([row("low", **change), row("high", m="> 2")])), "gap") == []


def test_a_gap_is_respected_where_the_output_says_otherwise() -> None:
    outputs = [{"name": "out", "type": "text", "otherwise": "none"}]
    assert found(strategy_of(table([row("low", m="< 2")], outputs=outputs)), "gap") == []


def test_a_gap_in_what_cannot_occur_is_none() -> None:
    strategy = strategy_of(table([row("low", m="< 2"), row("rest", b=False)]))
    assert len(found(strategy, "gap")) == 1
    impossible = small_catalogue(impossible=[{"m": ">= 2", "b": True}])
    assert found(strategy, "gap", impossible) == []


def test_rows_that_touch_do_not_overlap() -> None:
    touching = [row("low", m="[0..1]"), row("high", m="(1..3]")]
    assert found(strategy_of(table(touching, "UNIQUE")), "overlap") == []
    (overlap,) = found(strategy_of(table([touching[0], row("high", m="[1..3]")], "UNIQUE")), "overlap")
    assert overlap.row_ids == ("low", "high")
    assert overlap.example is not None and overlap.example["m"] == 1


def test_any_allows_rows_that_agree_and_no_others() -> None:
    same = [row("one", "a", m="< 3"), row("two", "a")]
    assert found(strategy_of(table(same, "ANY")), "conflict") == []
    (conflict,) = found(strategy_of(table([same[0], row("two", "c")], "ANY")), "conflict")
    assert conflict.row_ids == ("one", "two")


def test_a_row_is_shadowed_by_several_rows_together() -> None:
    rows = [row("low", m="<= 1"), row("high", m="> 1"), row("lost", "c", m="[1..2]"), row("rest", "d")]
    shadowed = found(strategy_of(table(rows)), "shadowed")
    assert [(each.severity, each.row_ids) for each in shadowed] == [
        ("error", ("lost", "low", "high")),
        ("note", ("rest", "low", "high")),
    ]
    rows[1] = row("high", m="> 2")
    assert [each.row_ids[0] for each in found(strategy_of(table(rows)), "shadowed")] == ["rest"]


def test_an_output_that_no_row_gives_is_named() -> None:
    (output,) = found(strategy_of(table([row("all", "a")])), "output_unreachable")
    assert output.message_en == 'The output out allows "c", "d", but no row that can fire gives it.'
    given_all = [row("low", "a", m="0"), row("middle", "c", m="1"), row("rest", "d")]
    assert found(strategy_of(table(given_all)), "output_unreachable") == []


def test_a_row_that_waits_for_a_value_no_table_gives_cannot_fire() -> None:
    upstream = table([row("u1", "a", m="< 2"), row("u2", "c")]) | {"id": "segment"}
    upstream["outputs"] = [{"name": "seg", "type": "text", "allowed": ["a", "c", "d"]}]
    upstream["rows"] = [each | {"then": {"seg": each["then"]["out"]}} for each in upstream["rows"]]
    asked = [row("needs-a", "a", seg='"a"', m="3"), row("rest", "c")]
    strategy = strategy_of(upstream, table(asked, inputs=[*FACTS, {"name": "seg", "type": "text"}]))
    (dead,) = found(strategy, "row_unreachable")
    assert dead.row_ids == ("needs-a",)
    asked[0] = row("needs-a", "a", seg='"a"', m="1")
    strategy = strategy_of(upstream, table(asked, inputs=[*FACTS, {"name": "seg", "type": "text"}]))
    assert found(strategy, "row_unreachable") == []


def test_a_comparison_of_two_facts_is_searched_and_what_stays_open_is_said() -> None:
    rows = [row("below", m="< n"), row("rest", "c")]
    assert [
        each.kind for each in check(strategy_of(table(rows)), catalogue=small_catalogue()) if each.row_ids
    ] == []
    never = strategy_of(table([row("never", m="> m"), row("rest", "c")]))
    (note,) = [each for each in found(never, "not_decided") if each.row_ids]
    assert (note.severity, note.row_ids) == ("note", ("never",))


def test_a_table_that_is_too_large_is_said_to_be_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fairdue.engine.strategy.checks.space.MOST_WORK", 3)
    rows = [row("one", m="1"), row("two", n="2"), row("three", b=True)]
    notes = [each.message_en for each in found(strategy_of(table(rows)), "not_decided")]
    assert "Not decided: the table is too large." in notes


def test_what_a_strategy_reads_is_compared_with_the_catalogue() -> None:
    rows = [row("known", t='"w"'), row("rest", "c", n="9")]
    kinds = {
        each.kind: each.message_en for each in check(strategy_of(table(rows)), catalogue=small_catalogue())
    }
    assert kinds["value_never"].endswith("asks for 9, which the fact never has.")
    assert {"unused_fact", "value_never", "row_unreachable", "gap"} <= kinds.keys()


def test_facts_that_the_catalogue_lacks_or_types_otherwise_are_errors() -> None:
    strategy = strategy_of(table([row("all")]))
    assert {
        each.kind for each in check(strategy, catalogue=load_catalogue()) if each.severity == "error"
    } == {"unknown_fact"}
