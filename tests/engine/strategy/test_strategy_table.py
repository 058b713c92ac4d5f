"""A strategy is checked as a whole before it may run; every finding names its row and column."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairdue.engine.strategy.catalogue import load_catalogue
from fairdue.engine.strategy.checks import check
from fairdue.engine.strategy.decide import decide_one
from fairdue.engine.strategy.table import StrategyErrors, read_strategy

PACKS = Path(__file__).parents[3] / "packs/strategies"
PACK = PACKS / "reminders-cn/strategy.yaml"
ONE_TABLE = Path(__file__).parent / "data/one_table.yaml"
"""The strategy that shipped as 2026.1, in the old form: one table."""

CURRENT: dict[str, Any] = {
    "is_deceased": False,
    "is_on_hold": False,
    "has_complaint": False,
    "has_dispute": False,
    "has_hardship": False,
    "promises_kept": 0,
    "promises_broken": 0,
    "is_plan_running": False,
    "is_plan_broken": False,
    "plans_broken": 0,
    "days_since_payment": None,
    "days_since_conversation": None,
    "balance_minor": 1_000_000,
    "is_promise_open": False,
    "is_promise_missed": False,
    "days_until_due": None,
    "is_due_reminded": False,
    "days_past_due": 0,
    "is_working_day": True,
    "working_days_past_due": None,
    "rounds_sent": 0,
    "days_since_reminder": None,
    "overdue_minor": 0,
}


@pytest.fixture
def one_table() -> dict[str, Any]:
    return yaml.safe_load(ONE_TABLE.read_text("utf-8"))


@pytest.fixture
def shipped() -> dict[str, Any]:
    return yaml.safe_load(PACK.read_text("utf-8"))


def errors_of(document: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(StrategyErrors) as refusal:
        read_strategy(document)
    return refusal.value.errors


def test_the_shipped_strategy_checks_out(shipped: dict[str, Any]) -> None:
    assert len(read_strategy(shipped).rows) == 31


@pytest.mark.parametrize(
    ("facts", "row_id"),
    [
        ({"is_deceased": True, "is_on_hold": True}, "deceased-review"),
        ({"is_on_hold": True, "days_past_due": 40}, "hold-none"),
        ({"is_on_hold": True, "has_complaint": True, "days_past_due": 40}, "hold-none"),
        ({"is_plan_running": True, "is_on_hold": True, "days_past_due": 40}, "plan-none"),
        ({"is_plan_running": True, "has_dispute": True, "days_past_due": 40}, "hold-none"),
        ({"is_plan_broken": True, "plans_broken": 1, "days_past_due": 40}, "plan-broken-call"),
        ({"is_plan_broken": True, "plans_broken": 1, "days_past_due": 0}, "current-none"),
        ({"is_promise_open": True, "days_past_due": 40}, "promise-wait"),
        ({"is_promise_missed": True, "days_past_due": 40}, "promise-missed-call"),
        ({"is_promise_missed": True, "days_past_due": 0}, "current-none"),
        ({"days_until_due": 4}, "current-none"),
        ({"days_until_due": 3}, "pre-due-remind"),
        ({"days_until_due": 2, "is_due_reminded": True}, "current-none"),
        ({"days_until_due": 0}, "due-today-remind"),
        ({"days_until_due": 0, "is_due_reminded": True}, "current-none"),
        ({"days_past_due": 1, "working_days_past_due": 1}, "m1-first-reminder"),
        ({"days_past_due": 1, "working_days_past_due": 0, "is_working_day": False}, "m1-first-wait"),
        ({"days_past_due": 3, "working_days_past_due": 1, "is_working_day": False}, "m1-first-wait"),
        ({"days_past_due": 3, "rounds_sent": 1, "days_since_reminder": 2}, "m1-wait"),
        ({"days_past_due": 4, "rounds_sent": 1, "days_since_reminder": 3}, "m1-second-reminder"),
        ({"days_past_due": 8, "rounds_sent": 2, "days_since_reminder": 3}, "m1-wait"),
        ({"days_past_due": 8, "rounds_sent": 2, "days_since_reminder": 4}, "m1-third-reminder"),
        (
            {"days_past_due": 12, "rounds_sent": 3, "days_since_reminder": 3, "overdue_minor": 499_999},
            "m1-call",
        ),
        (
            {"days_past_due": 12, "rounds_sent": 3, "days_since_reminder": 3, "overdue_minor": 500_000},
            "m1-call-high",
        ),
        ({"days_past_due": 31, "overdue_minor": 1}, "m2-call"),
        ({"days_past_due": 31, "overdue_minor": 1, "days_since_payment": 60}, "m2-call-willing"),
        ({"days_past_due": 31, "days_since_conversation": 1}, "m2-spoken-wait"),
        ({"balance_minor": 0}, "settled-none"),
        ({"days_past_due": 60, "overdue_minor": 500_000}, "m2-call-high"),
        ({"days_past_due": 61}, "m3-call"),
        ({"days_past_due": 91}, "m4-call"),
        ({"days_past_due": 91, "days_since_conversation": 2}, "m4-spoken-wait"),
        ({"days_past_due": 150}, "m5-call"),
        ({"days_past_due": 180}, "m6-call"),
        ({"days_past_due": 181}, "m7-review"),
    ],
)
def test_the_shipped_strategy_decides(shipped: dict[str, Any], facts: dict[str, Any], row_id: str) -> None:
    assert decide_one(CURRENT | facts, read_strategy(shipped)).row_id == row_id


@pytest.mark.parametrize(
    ("facts", "offer", "waiver", "authority"),
    [
        (
            {"has_hardship": True, "is_on_hold": True, "overdue_minor": 500_000},
            "offer-hardship-high",
            30,
            "committee",
        ),
        (
            {"has_hardship": True, "is_on_hold": True, "overdue_minor": 499_999},
            "offer-hardship",
            30,
            "supervisor",
        ),
        ({"has_complaint": True, "is_on_hold": True}, "offer-none", 0, "none"),
        ({"days_since_payment": 60}, "offer-pays", 10, "supervisor"),
        ({"promises_kept": 1}, "offer-plain", 0, "collector"),
        ({"promises_broken": 2}, "offer-unwilling", 0, "collector"),
    ],
)
def test_the_shipped_strategy_offers_what_its_segment_allows(
    shipped: dict[str, Any], facts: dict[str, Any], offer: str, waiver: int, authority: str
) -> None:
    outcome = decide_one(CURRENT | {"days_past_due": 40} | facts, read_strategy(shipped))
    assert offer in outcome.rows_fired
    assert (outcome.outputs["waiver_percent_max"], outcome.outputs["authority"]) == (waiver, authority)


def test_the_rounds_are_at_three_different_hours(shipped: dict[str, Any]) -> None:
    late = CURRENT | {"days_past_due": 20, "working_days_past_due": 10, "days_since_reminder": 9}
    rounds = [decide_one(late | {"rounds_sent": sent}, read_strategy(shipped)).outputs for sent in range(3)]
    assert [outputs["hour"] for outputs in rounds] == ["10:00", "15:30", "18:30"]
    assert [outputs["round"] for outputs in rounds] == [1, 2, 3]
    assert {tuple(outputs["channels"]) for outputs in rounds} == {("sms", "inapp", "email")}


@pytest.mark.parametrize("code", ["reminders-cn", "reminders-gentle"])
def test_no_check_finds_anything_in_what_ships(code: str) -> None:
    document = yaml.safe_load((PACKS / code / "strategy.yaml").read_text("utf-8"))
    assert check(read_strategy(document), catalogue=load_catalogue()) == ()


def test_every_finding_names_its_row_and_column(one_table: dict[str, Any]) -> None:
    broken = copy.deepcopy(one_table)
    broken["rows"][0]["when"] = {"is_dead": True, "days_past_due": "many"}
    broken["rows"][1]["then"] = {"step": "shout", "volume": 11}
    broken["rows"][2]["id"] = broken["rows"][3]["id"]
    found = "\n".join(errors_of(broken))
    assert "row deceased-review, column is_dead: no such input" in found
    assert "row deceased-review, column days_past_due: 'many' is no fact and no output of a decision" in found
    assert "row hold-none, column volume: no such output" in found
    assert "row hold-none, column step: 'shout' is not one of message, call, review, none" in found
    assert "row promise-missed-call: the id is used twice" in found


def test_a_table_that_leaves_records_undecided_is_refused(one_table: dict[str, Any]) -> None:
    one_table["rows"].pop()
    assert errors_of(one_table) == (
        "row m7-review: the last row must be a catch-all, or some records are not decided",
    )


def test_a_catch_all_above_other_rows_is_refused(one_table: dict[str, Any]) -> None:
    one_table["rows"][3]["when"] = {"overdue_minor": "-"}
    assert errors_of(one_table) == (
        "row promise-missed-call: every record passes it, so no row below can fire",
    )


def test_an_unknown_hit_policy_and_type_are_refused(one_table: dict[str, Any]) -> None:
    one_table["hit_policy"] = "SOME"
    one_table["inputs"][0]["type"] = "bool"
    found = errors_of(one_table)
    assert found == ("input is_deceased: type 'bool' is not one of integer, number, text, boolean, date",)
    one_table["inputs"][0]["type"] = "boolean"
    assert errors_of(one_table) == (
        "hit policy 'SOME' is not one of UNIQUE, ANY, FIRST, PRIORITY, RULE ORDER, OUTPUT ORDER, COLLECT",
    )


def test_a_title_that_yaml_cut_at_a_comma_is_refused(one_table: dict[str, Any]) -> None:
    one_table["rows"][1]["title"] = yaml.safe_load("{zh: 停催,不触达, en: No contact}")
    one_table["rows"][1]["note"] = "x"
    assert errors_of(one_table) == (
        "row hold-none: 'note' is no part of a row",
        "row hold-none: '不触达' is no language of a title",
    )


def test_an_empty_document_is_refused_without_a_crash() -> None:
    assert "the strategy has no rows" in errors_of({})
