"""A strategy is checked as a whole before it may run; every finding names its row and column."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairdue.engine.strategy.decide import decide_one
from fairdue.engine.strategy.table import StrategyErrors, read_strategy

PACK = Path(__file__).parents[3] / "packs/strategies/reminders-cn/strategy.yaml"
CURRENT: dict[str, Any] = {
    "is_deceased": False,
    "is_on_hold": False,
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
def shipped() -> dict[str, Any]:
    return yaml.safe_load(PACK.read_text("utf-8"))


def errors_of(document: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(StrategyErrors) as refusal:
        read_strategy(document)
    return refusal.value.errors


def test_the_shipped_strategy_checks_out(shipped: dict[str, Any]) -> None:
    assert len(read_strategy(shipped).rows) == 20


@pytest.mark.parametrize(
    ("facts", "row_id"),
    [
        ({"is_deceased": True, "is_on_hold": True}, "deceased-review"),
        ({"is_on_hold": True, "days_past_due": 40}, "hold-none"),
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
        ({"days_past_due": 60, "overdue_minor": 500_000}, "m2-call-high"),
        ({"days_past_due": 61}, "m3-call"),
        ({"days_past_due": 180}, "m4-call"),
        ({"days_past_due": 181}, "m7-review"),
    ],
)
def test_the_shipped_strategy_decides(shipped: dict[str, Any], facts: dict[str, Any], row_id: str) -> None:
    assert decide_one(CURRENT | facts, read_strategy(shipped)).row_id == row_id


def test_the_rounds_are_at_three_different_hours(shipped: dict[str, Any]) -> None:
    rows = {row.row_id: row for row in read_strategy(shipped).rows}
    rounds = [rows[f"m1-{name}-reminder"] for name in ("first", "second", "third")]
    assert [row.outputs["hour"] for row in rounds] == ["10:00", "15:30", "18:30"]
    assert [row.outputs["round"] for row in rounds] == [1, 2, 3]


def test_every_finding_names_its_row_and_column(shipped: dict[str, Any]) -> None:
    broken = copy.deepcopy(shipped)
    broken["rows"][0]["when"] = {"is_dead": True, "days_past_due": "many"}
    broken["rows"][1]["then"] = {"step": "shout", "volume": 11}
    broken["rows"][2]["id"] = broken["rows"][3]["id"]
    found = "\n".join(errors_of(broken))
    assert "row deceased-review, column is_dead: no such input" in found
    assert "row deceased-review, column days_past_due: 'many' is no fact and no output of a decision" in found
    assert "row hold-none, column volume: no such output" in found
    assert "row hold-none, column step: 'shout' is not one of message, call, review, none" in found
    assert "row promise-missed-call: the id is used twice" in found


def test_a_table_that_leaves_records_undecided_is_refused(shipped: dict[str, Any]) -> None:
    shipped["rows"].pop()
    assert errors_of(shipped) == (
        "row m7-review: the last row must be a catch-all, or some records are not decided",
    )


def test_a_catch_all_above_other_rows_is_refused(shipped: dict[str, Any]) -> None:
    shipped["rows"][3]["when"] = {"overdue_minor": "-"}
    assert errors_of(shipped) == (
        "row promise-missed-call: every record passes it, so no row below can fire",
    )


def test_an_unknown_hit_policy_and_type_are_refused(shipped: dict[str, Any]) -> None:
    shipped["hit_policy"] = "SOME"
    shipped["inputs"][0]["type"] = "bool"
    found = errors_of(shipped)
    assert found == (
        "input is_deceased: type 'bool' is not one of integer, number, text, boolean, date",
    )
    shipped["inputs"][0]["type"] = "boolean"
    assert errors_of(shipped) == (
        "hit policy 'SOME' is not one of UNIQUE, ANY, FIRST, PRIORITY, RULE ORDER, OUTPUT ORDER, COLLECT",
    )


def test_a_title_that_yaml_cut_at_a_comma_is_refused(shipped: dict[str, Any]) -> None:
    shipped["rows"][1]["title"] = yaml.safe_load("{zh: 停催,不触达, en: No contact}")
    shipped["rows"][1]["note"] = "x"
    assert errors_of(shipped) == (
        "row hold-none: 'note' is no part of a row",
        "row hold-none: '不触达' is no language of a title",
    )


def test_an_empty_document_is_refused_without_a_crash() -> None:
    assert "the strategy has no rows" in errors_of({})
