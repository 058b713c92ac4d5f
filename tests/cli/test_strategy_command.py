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
    assert answer["errors"][0].startswith("decision next_step, row pre-due-remind, column days_until_due: the interval")
    assert strategy("publish", path)[0] == 1
    assert strategy("list") == (0, {"strategies": []})


def test_a_new_version_is_published_and_the_one_before_retired(tmp_path):
    assert strategy("publish", SHIPPED)[1]["status"] == "published"
    path = edited(tmp_path, ('version: "2026.2"', 'version: "2026.3"'), ('"[1..3]"', '"[1..5]"'))
    assert strategy("check", path) == (0, {"strategy": "reminders-cn@2026.3", "rows": 29, "errors": []})
    assert strategy("publish", path) == (
        0,
        {"strategy": "reminders-cn@2026.3", "status": "published", "errors": []},
    )
    versions = [(each["version"], each["status"]) for each in strategy("list")[1]["strategies"]]
    assert versions == [("2026.3", "published"), ("2026.2", "retired")]


def test_another_content_under_a_published_version_is_refused(tmp_path):
    strategy("publish", SHIPPED)
    status, answer = strategy("publish", edited(tmp_path, ('"[1..3]"', '"[1..5]"')))
    assert status == 1
    assert "give the change a new version" in answer["errors"][0]
    assert len(strategy("list")[1]["strategies"]) == 1
