"""The walk over stages finds each kind of fault, with a path that the account really takes, and not its near miss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from fairdue.engine.strategy.catalogue import load_catalogue
from fairdue.engine.strategy.checks import Cap, Finding, check
from fairdue.engine.strategy.interpret import decide_one
from fairdue.engine.strategy.table import Strategy, read_strategy

WORDS = {"zh": "词", "en": "word"}
TYPES = {
    "is_": "boolean",
    "has_": "boolean",
}

SAFE = [
    ("held", {"is_on_hold": True}, "none", "hold"),
    ("dead", {"is_deceased": True}, "review", "hold"),
    ("current", {"days_past_due": "0"}, "none", "current"),
]
"""Rows that a sound strategy begins with."""


def kind_of(name: str) -> str:
    return next((kind for prefix, kind in TYPES.items() if name.startswith(prefix)), "integer")


def strategy_of(rows: list[tuple[Any, ...]], offers: list[tuple[Any, ...]] = (), final: str = "") -> Strategy:
    """Build a strategy from (id, when, step, stage[, round]) and, for offers, (id, when, percent)."""
    names = list(dict.fromkeys(name for _, when, *_ in [*rows, *offers] for name in when))
    facts = [{"name": name, "type": kind_of(name)} for name in names]
    stages = list(dict.fromkeys(row[3] for row in rows if row[3]))
    result = {
        "id": "next_step",
        "title": WORDS,
        "hit_policy": "FIRST",
        "inputs": facts,
        "outputs": [
            {"name": "step", "type": "text"},
            {"name": "round", "type": "integer", "default": 0},
        ],
        "rows": [_row(row) for row in rows],
    }
    decisions = [result]
    if offers:
        outputs = [{"name": "waiver_percent_max", "type": "integer"}]
        given = [
            {"id": row_id, "title": WORDS, "when": when, "then": {"waiver_percent_max": percent}}
            for row_id, when, percent in offers
        ]
        decisions.append(result | {"id": "offers", "outputs": outputs, "rows": given})
    return read_strategy(
        {
            "code": "small",
            "version": "1",
            "title": WORDS,
            "inputs": facts,
            "decisions": decisions,
            "result": "next_step",
            "stages": [{"id": stage, "title": WORDS, "is_final": stage == final} for stage in stages],
        }
    )


def _row(row: tuple[Any, ...]) -> dict[str, Any]:
    row_id, when, step, stage, *said = row
    then = {"step": step} | ({"round": said[0]} if said else {})
    return {"id": row_id, "title": WORDS, "when": when, "then": then} | ({"stage": stage} if stage else {})


def found(strategy: Strategy, kind: str, caps: tuple[Cap, ...] = ()) -> list[Finding]:
    return [each for each in check(strategy, catalogue=load_catalogue(), caps=caps) if each.kind == kind]


def replay(strategy: Strategy, finding: Finding) -> None:
    """Every step of a path is decided as it says, from the facts that the path itself gives."""
    record: dict[str, Any] = {}
    for step in finding.path:
        record |= step.facts
        assert decide_one(record, strategy).row_id == step.row_id


SOUND = [
    *SAFE,
    ("remind", {"days_past_due": "[1..30]", "rounds_sent": "0"}, "message", "early", 1),
    ("wait", {"days_past_due": "[1..30]"}, "none", "early"),
    ("call", {"days_past_due": "[31..90]"}, "call", "late"),
    ("review", {"days_past_due": "> 90"}, "review", "legal"),
]


def test_a_sound_strategy_has_no_finding() -> None:
    assert check(strategy_of(SOUND), catalogue=load_catalogue()) == ()


# ------------------------------------------------------------------------------------------------- exits


@pytest.mark.parametrize(
    ("taken", "event"),
    [("held", "complaint_raised"), ("held", "hold_placed"), ("dead", "death_known")],
)
def test_a_contact_after_a_protection_is_found_with_the_account_before_and_after(
    taken: str, event: str
) -> None:
    strategy = strategy_of([row for row in SOUND if row[0] != taken])
    catalogue = load_catalogue()
    exits = [each for each in found(strategy, "no_exit") if catalogue.events[event].en in each.message_en]
    assert [each.severity for each in exits] == ["error"]
    assert set(exits[0].row_ids) == {"remind", "call"}
    assert exits[0].path[-1].event == event
    assert decide_one(exits[0].example or {}, strategy).outputs["step"] in ("message", "call")
    replay(strategy, exits[0])


def test_a_protection_that_stands_below_a_contact_is_no_exit_and_above_it_is() -> None:
    below = strategy_of([*SAFE[1:], SOUND[3], SAFE[0], *SOUND[4:]])
    assert {each.row_ids for each in found(below, "no_exit")} == {("remind",)}
    assert found(strategy_of(SOUND), "no_exit") == []


def test_a_call_to_who_has_paid_is_found() -> None:
    rows = [*SAFE[:2], ("missed", {"is_promise_missed": True}, "call", "late"), SAFE[2], *SOUND[3:]]
    told = [each.path[-1].event for each in found(strategy_of(rows), "no_exit")]
    assert told == ["paid_in_full", "paid_up"]
    rows[2] = ("missed", {"is_promise_missed": True, "days_past_due": ">= 1"}, "call", "late")
    assert found(strategy_of(rows), "no_exit") == []


# ------------------------------------------------------------------------------------------------ stages


def test_a_stage_that_waits_for_a_round_nobody_sends_cannot_be_reached() -> None:
    rows = [
        *SOUND[:4],
        ("chase", {"days_past_due": "[1..30]", "rounds_sent": ">= 2"}, "call", "chase"),
        *SOUND[4:],
    ]
    strategy = strategy_of(rows)
    (unreachable,) = found(strategy, "stage_unreachable")
    assert unreachable.row_ids == ("chase",)
    assert decide_one(unreachable.example or {}, strategy).row_id == "chase"
    rows[4] = (
        "chase",
        {"days_past_due": "[1..30]", "rounds_sent": ">= 1", "days_since_reminder": ">= 3"},
        "call",
        "chase",
    )
    assert found(strategy_of(rows), "stage_unreachable") == []


def test_a_stage_that_payment_and_time_do_not_change_cannot_be_left() -> None:
    rows = [("stuck", {"is_promise_missed": True}, "review", "stuck"), *SOUND]
    assert found(strategy_of(rows), "stage_inescapable") == []
    rows[0] = ("stuck", {"promises_broken": ">= 1"}, "review", "stuck")
    (stuck,) = found(strategy_of(rows), "stage_inescapable")
    assert [step.stage for step in stuck.path] == ["stuck"] * 4
    replay(strategy_of(rows), stuck)
    assert found(strategy_of(rows, final="stuck"), "stage_inescapable") == []


def test_a_stage_that_a_part_payment_jumps_over_is_found_with_its_path() -> None:
    rows = [
        *SAFE,
        ("remind", {"days_past_due": "[1..10]", "days_since_reminder": "null"}, "message", "reminders", 1),
        ("wait", {"days_past_due": "[1..10]", "days_since_reminder": "<= 10"}, "none", "reminders"),
        ("call-early", {"days_past_due": "[1..30]"}, "call", "calls"),
        ("call", {"days_past_due": "[31..90]"}, "call", "late"),
        ("review", {"days_past_due": "> 90"}, "review", "legal"),
    ]
    strategy = strategy_of(rows)
    skips = found(strategy, "stage_skipped")
    assert {each.severity for each in skips} == {"error"}
    assert skips[0].row_ids == ("remind", "wait")
    assert "skips the stage reminders and is in calls" in skips[0].message_en
    for each in skips:
        assert any(step.event == "part_payment" for step in each.path)
        assert decide_one(each.example or {}, strategy).row_id == each.path[0].row_id
        assert "calls" in {step.stage for step in each.path}
    rows[4] = ("wait", {"days_past_due": "[1..10]"}, "none", "reminders")
    assert found(strategy_of(rows), "stage_skipped") == []


def test_a_row_without_a_stage_and_a_stage_without_rows_are_named() -> None:
    rows = [*SOUND[:-1], ("review", {"days_past_due": "> 90"}, "review", "")]
    assert [each.row_ids for each in found(strategy_of(rows), "stage_unnamed")] == [("review",)]
    strategy = strategy_of(SOUND)
    assert found(strategy, "stage_unused") == []
    from dataclasses import replace

    from fairdue.engine.strategy.model import Stage

    more = replace(strategy, stages=(*strategy.stages, Stage("nowhere", "无", "nowhere")))
    assert ["nowhere" in each.message_en for each in found(more, "stage_unused")] == [True]


# --------------------------------------------------------------------------------------------- dead ends


def test_who_owes_and_is_never_looked_at_again_is_found() -> None:
    rows = [*SOUND[:-1], ("forgotten", {"days_past_due": "> 90"}, "none", "legal")]
    strategy = strategy_of(rows)
    (dead,) = found(strategy, "dead_end")
    assert (dead.row_ids, dead.severity) == (("forgotten",), "error")
    assert [step.day for step in dead.path] == [0, 1, 7, 30, 90, 365]
    assert {decide_one(dead.example or {}, strategy).outputs["step"]} == {"none"}
    assert {step.row_id for step in dead.path} == {"forgotten"}
    replay(strategy, dead)


def test_a_wait_that_ends_is_no_dead_end() -> None:
    rows = [
        *SOUND[:-1],
        ("rest", {"days_past_due": "[91..120]"}, "none", "legal"),
        ("review", {"days_past_due": "> 120"}, "review", "legal"),
    ]
    assert found(strategy_of(rows), "dead_end") == []


# ---------------------------------------------------------------------------------------------- contacts


def test_calls_above_a_cap_are_found_with_the_nights_on_which_they_are_planned() -> None:
    strategy = strategy_of(SOUND)
    (over,) = found(strategy, "over_cap", (Cap(("call",), 6, 7, "US-REGF"),))
    assert over.message_en == "At worst 7 calls are planned within 7 days; the rule US-REGF allows 6."
    assert over.row_ids == ("call",)
    assert found(strategy, "over_cap", (Cap(("call",), 7, 7, "US-REGF"), Cap(("call",), 1, 1, "X"))) == []


def test_days_between_messages_keep_within_a_cap_whatever_the_debtor_does() -> None:
    rows = [
        *SAFE,
        ("rest", {"days_since_reminder": "<= 2"}, "none", "early"),
        ("write", {"days_past_due": "[1..90]"}, "message", "early", 1),
        ("review", {"days_past_due": "> 90"}, "review", "legal"),
    ]
    assert found(strategy_of(rows), "over_cap", (Cap(("message",), 3, 7, "X"),)) == []
    (over,) = found(strategy_of(rows), "over_cap", (Cap(("message",), 2, 7, "X"),))
    assert [step.day for step in over.path if step.event == "message_sent"] == [0, 3, 6]
    replay(strategy_of(rows), over)


def test_a_reminder_that_each_part_payment_starts_anew_is_counted() -> None:
    (over,) = found(strategy_of(SOUND), "over_cap", (Cap(("message",), 6, 7, "X"),))
    assert sum(step.event == "part_payment" for step in over.path) == 6
    replay(strategy_of(SOUND), over)


# ---------------------------------------------------------------------------------------------- discounts


def test_a_waiver_that_grows_with_the_days_is_found_with_both_moments() -> None:
    offers = [("much", {"days_past_due": "> 90"}, 30), ("little", {}, 10)]
    strategy = strategy_of(SOUND, offers)
    (growing,) = found(strategy, "waiver_by_waiting")
    assert (
        growing.message_en == "The output waiver_percent_max rises from 10 to 30 merely because time passes."
    )
    record: Mapping[str, Any] = growing.example or {}
    assert decide_one(record, strategy).outputs["waiver_percent_max"] == 10
    later = dict(record) | growing.path[-1].facts
    assert decide_one(later, strategy).outputs["waiver_percent_max"] == 30
    assert later["days_past_due"] - record["days_past_due"] == growing.path[-1].day


@pytest.mark.parametrize(
    "offers",
    [
        [("much", {"days_past_due": "<= 90"}, 30), ("little", {}, 10)],
        [("much", {"has_hardship": True}, 30), ("little", {}, 10)],
        [("much", {"days_since_payment": "<= 60"}, 30), ("little", {}, 10)],
    ],
)
def test_a_waiver_that_shrinks_or_follows_from_hardship_or_payment_is_none(
    offers: list[tuple[Any, ...]],
) -> None:
    assert found(strategy_of(SOUND, offers), "waiver_by_waiting") == []
