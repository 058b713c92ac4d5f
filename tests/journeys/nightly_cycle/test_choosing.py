"""Persons are decided by their arm, the holdout is left alone but for duties, shadows leave only differences."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from fairdue.engine.strategy.experiments import Arm, Deal, assign_one
from fairdue.journeys.nightly_cycle.choose import Choice, decide_persons, merge_pairs

LIVE, NEW, BROKEN = 11, 12, 13


def document(version: str, rows: list[dict[str, Any]], hit_policy: str = "FIRST") -> dict[str, Any]:
    table = {
        "id": "next_step",
        "title": {"zh": "下一步", "en": "next step"},
        "hit_policy": hit_policy,
        "inputs": [{"name": "days_past_due", "type": "integer"}, {"name": "is_deceased", "type": "boolean"}],
        "outputs": [
            {"name": "step", "type": "text", "allowed": ["message", "call", "review", "none"]},
            {"name": "purpose", "type": "text", "default": ""},
            {"name": "rank", "type": "integer", "default": 0},
        ],
        "rows": [{"title": {"zh": row["id"], "en": row["id"]}, **row} for row in rows],
    }
    return {
        "code": "small",
        "version": version,
        "title": {"zh": "小", "en": "small"},
        "inputs": table["inputs"],
        "decisions": [table],
        "result": "next_step",
    }


REVIEW = {"id": "died-review", "when": {"is_deceased": "true"}, "then": {"step": "review", "rank": 1}}
CALL = {
    "id": "late-call",
    "when": {"days_past_due": ">= 5"},
    "then": {"step": "call", "purpose": "collect", "rank": 3},
}
LATER = {
    "id": "late-call",
    "when": {"days_past_due": ">= 9"},
    "then": {"step": "call", "purpose": "collect", "rank": 3},
}
NONE = {"id": "wait", "when": {}, "then": {"step": "none"}}
OLD_WAY = document("1", [REVIEW, CALL, NONE])
NEW_WAY = document("2", [REVIEW, LATER, NONE])


def persons(days: list[int | None], died: list[bool] | None = None) -> pl.DataFrame:
    count = len(days)
    text, date, listed = pl.lit("x"), pl.lit(None, dtype=pl.Date), pl.lit(["x"])
    return pl.DataFrame(
        {
            "person_id": range(1, count + 1),
            "days_past_due": pl.Series(days, dtype=pl.Int64),
            "is_deceased": died or [False] * count,
            "overdue_minor": [100] * count,
        }
    ).with_columns(
        pl.lit(1).alias("account_id"),
        *(
            text.alias(name)
            for name in (
                "currency",
                "bucket",
                "institution_group",
                "home_zone",
                "locale",
                "preferred_channel",
            )
        ),
        *(date.alias(name) for name in ("overdue_since_date", "next_due_date")),
        *(listed.alias(name) for name in ("creditor_ids", "product_kinds")),
        *(pl.lit(0).alias(name) for name in ("balance_minor", "next_due_minor", "age")),
        pl.lit(False).alias("has_unsaid"),
    )


def deal(*arms: Arm, end: int = 10_000) -> Deal:
    return Deal(
        code="calls", layer="main", layer_salt="l", salt="s", first_bucket=0, end_bucket=end, arms=arms
    )


def decided(frame: pl.DataFrame, **more: Any) -> pl.DataFrame:
    return decide_persons(frame, Choice(strategy_id=LIVE, document=OLD_WAY, **more))["decided"]


def test_without_experiments_the_live_strategy_decides_for_certain() -> None:
    found = decided(persons([2, 7]))
    columns = ("row_id", "rows_fired", "step", "strategy_id", "experiment", "arm", "probability", "held_back")
    assert found.select(columns).rows() == [
        ("wait", "wait", "none", LIVE, "", "", 1.0, ""),
        ("late-call", "late-call", "call", LIVE, "", "", 1.0, ""),
    ]
    assert found.select("hour", "channels", "round").row(0) == ("10:00", [], 0)


def test_everybody_is_decided_by_their_own_arm_and_the_record_says_by_which() -> None:
    arms = (Arm(code="old", strategy_id=LIVE, weight=5_000), Arm(code="new", strategy_id=NEW, weight=5_000))
    found = decided(persons([7] * 200), deals=(deal(*arms, end=6_000),), others={NEW: NEW_WAY})
    assert found["person_id"].to_list() == list(range(1, 201))
    for person, step, strategy_id, experiment, arm, probability in found.select(
        "person_id", "step", "strategy_id", "experiment", "arm", "probability"
    ).rows():
        mine = assign_one(person, (deal(*arms, end=6_000),))
        assert (experiment, arm) == (mine.experiment, mine.arm)
        assert probability == pytest.approx(0.3 if experiment else 0.4)
        assert strategy_id == (mine.strategy_id or LIVE)
        assert step == ("none" if arm == "new" else "call")
    assert set(found["arm"].unique()) == {"", "old", "new"}


def test_in_the_holdout_nothing_is_done_but_what_is_due() -> None:
    holdout = deal(Arm(code="holdout", strategy_id=None, weight=10_000))
    found = decided(persons([2, 7, 7], [False, False, True]), deals=(holdout,))
    assert found.select("row_id", "step", "rank", "held_back").rows() == [
        ("wait", "none", 0, "holdout"),
        ("late-call", "none", 0, "holdout"),
        ("died-review", "review", 1, ""),
    ]


def test_a_contradiction_costs_its_person_the_step_and_nobody_else() -> None:
    twice = document(
        "1",
        [
            CALL,
            {"id": "late-review", "when": {"days_past_due": ">= 8"}, "then": {"step": "review"}},
            {"id": "early", "when": {"days_past_due": "< 5"}, "then": {"step": "none"}},
        ],
        "UNIQUE",
    )
    found = decide_persons(persons([2, 7, 9, None]), Choice(strategy_id=LIVE, document=twice))["decided"]
    assert found.select("row_id", "step", "held_back").rows() == [
        ("early", "none", ""),
        ("late-call", "call", ""),
        ("", "none", "conflict"),
        ("", "none", "no_row"),
    ]


def test_a_shadow_leaves_its_differences_and_touches_nobody() -> None:
    frame = persons([2, 7, 7, 9, 6, 5, 8, 7])
    alone = decided(frame)
    both = decide_persons(
        frame, Choice(strategy_id=LIVE, document=OLD_WAY, others={NEW: NEW_WAY}, shadows=(NEW,))
    )
    assert both["decided"].equals(alone)
    columns = (
        "live_row",
        "shadow_row",
        "live_step",
        "shadow_step",
        "is_different",
        "persons",
        "overdue_minor",
        "examples",
    )
    assert both["shadow"].select(columns).rows() == [
        ("late-call", "late-call", "call", "call", False, 1, 100, [4]),
        ("late-call", "wait", "call", "none", True, 6, 600, [2, 3, 5, 6, 7]),
        ("wait", "wait", "none", "none", False, 1, 100, [1]),
    ]
    assert set(both["shadow"]["strategy_id"]) == {NEW}


def test_a_shadow_is_compared_only_where_the_live_strategy_decides() -> None:
    arms = (
        Arm(code="new", strategy_id=NEW, weight=9_000),
        Arm(code="holdout", strategy_id=None, weight=1_000),
    )
    choice = Choice(
        strategy_id=LIVE,
        document=OLD_WAY,
        others={NEW: NEW_WAY, BROKEN: NEW_WAY},
        deals=(deal(*arms, end=5_000),),
        shadows=(BROKEN,),
    )
    found = decide_persons(persons([7] * 100), choice)
    free = found["decided"].filter(pl.col("experiment") == "")
    assert 0 < free.height == found["shadow"]["persons"].sum() < 100


def test_the_pairs_of_two_partitions_are_those_of_all_persons() -> None:
    choice = Choice(strategy_id=LIVE, document=OLD_WAY, others={NEW: NEW_WAY}, shadows=(NEW,))
    frame = persons([2, 7, 7, 9, 6, 5, 8, 7, 7, 3])
    whole = decide_persons(frame, choice)["shadow"]
    halves = [decide_persons(half, choice)["shadow"] for half in (frame[:4], frame[4:], frame[:0])]
    assert merge_pairs(pl.concat(halves)).equals(whole)


def test_how_persons_are_split_changes_no_decision() -> None:
    arms = (Arm(code="old", strategy_id=LIVE, weight=3_000), Arm(code="new", strategy_id=NEW, weight=7_000))
    choice = Choice(strategy_id=LIVE, document=OLD_WAY, others={NEW: NEW_WAY}, deals=(deal(*arms),))
    frame = persons([2, 7, 7, 9, 6, 5, 8, 7, 7, 3])
    whole = decide_persons(frame, choice)["decided"]
    halves = [decide_persons(half, choice)["decided"] for half in (frame[:3], frame[3:])]
    assert pl.concat(halves).sort("person_id").equals(whole)
