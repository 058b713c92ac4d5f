"""`fairdue strategy`: check, publish, list; a changed version is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings
from typer.testing import CliRunner

from fairdue.cli.main import build

SHIPPED = settings.PACKS_DIR / "strategies" / "reminders-cn" / "strategy.yaml"

pytestmark = pytest.mark.django_db


def strategy(*words: object) -> tuple[int, dict]:
    result = CliRunner().invoke(build(), ["strategy", *map(str, words), "--json"])
    return result.exit_code, json.loads(result.stdout)


def edited(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = SHIPPED.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "strategy.yaml"
    path.write_text(text)
    return path


def test_a_faulty_cell_is_named_with_its_row_and_column_and_nothing_is_published(tmp_path):
    path = edited(tmp_path, ('days_until_due: "[1..3]"', 'days_until_due: "[3..1]"'))
    status, answer = strategy("check", path)
    assert (status, answer["rows"], len(answer["errors"])) == (1, 0, 1)
    assert answer["errors"][0].startswith(
        "decision next_step, row pre-due-remind, column days_until_due: the interval"
    )
    assert strategy("publish", path)[0] == 1
    assert strategy("list") == (0, {"strategies": []})


def test_a_new_version_is_published_and_the_one_before_retired(tmp_path):
    assert strategy("publish", SHIPPED)[1]["status"] == "published"
    path = edited(tmp_path, ('version: "2026.3"', 'version: "2026.4"'), ('"[1..3]"', '"[1..5]"'))
    assert strategy("check", path) == (
        0,
        {"strategy": "reminders-cn@2026.4", "rows": 31, "errors": [], "findings": []},
    )
    assert strategy("publish", path) == (
        0,
        {"strategy": "reminders-cn@2026.4", "status": "published", "errors": []},
    )
    versions = [(each["version"], each["status"]) for each in strategy("list")[1]["strategies"]]
    assert versions == [("2026.4", "published"), ("2026.3", "retired")]


def test_another_content_under_a_published_version_is_refused(tmp_path):
    strategy("publish", SHIPPED)
    status, answer = strategy("publish", edited(tmp_path, ('"[1..3]"', '"[1..5]"')))
    assert status == 1
    assert "give the change a new version" in answer["errors"][0]
    assert len(strategy("list")[1]["strategies"]) == 1


def test_the_check_names_a_shipped_strategy_by_its_code_and_shows_the_account_of_a_gap(tmp_path):
    assert strategy("check", "reminders-cn")[1]["errors"] == []
    path = edited(tmp_path, ('days_past_due: "> 180"', 'days_past_due: "> 181"'))
    status, answer = strategy("check", path)
    said = (
        'No row fits days_past_due: 181; standing: "open"; is_promise_missed: false; is_promise_open: false; '
        "is_plan_broken: false."
    )
    assert (status, answer["errors"]) == (1, [said])
    (gap,) = answer["findings"]
    assert (gap["kind"], gap["decision"], gap["example"]["days_past_due"]) == ("gap", "next_step", 181)


def test_the_map_is_written_as_a_picture_and_as_bpmn(tmp_path):
    svg, bpmn = tmp_path / "map.svg", tmp_path / "map.bpmn"
    status, answer = strategy("map", "reminders-cn", "--svg", svg, "--bpmn", bpmn, "--language", "zh")
    assert (status, answer["start"], len(answer["stages"])) == (0, "current", 15)
    assert svg.read_text().startswith("<svg")
    assert "<process" in bpmn.read_text()
    old = Path(__file__).parents[1] / "engine/strategy/data/one_table.yaml"
    result = CliRunner().invoke(build(), ["strategy", "map", str(old)])
    assert (result.exit_code, "has no stages" in result.output) == (1, True)
