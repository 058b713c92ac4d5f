"""`fairdue cycle`: one JSON object on stdout, and an exit status that means something."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.journeys.load_packs import load_packs

NOW = datetime(2025, 10, 14, 18, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def fairdue(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(build(), ["cycle", *words])
    return result.exit_code, result.stdout


def test_a_night_over_an_empty_book_is_run_and_reported() -> None:
    load_packs(now=NOW)
    status, out = fairdue("run", "--date", "2025-10-15", "--json")
    assert status == 0
    document = json.loads(out)
    assert document["cycle"]["status"] == "finished"
    assert [stage["in_count"] for stage in document["stages"]] == [0] * 8
    assert fairdue("report", "--date", "2025-10-15", "--json") == (0, out)
    assert fairdue("report", "--date", "2025-10-15") == (0, "")


def test_an_earlier_night_is_refused_with_status_1() -> None:
    load_packs(now=NOW)
    assert fairdue("run", "--date", "2025-10-15", "--json")[0] == 0
    status, out = fairdue("run", "--date", "2025-10-14", "--json")
    assert (status, json.loads(out)["error"]) == (1, "decisions.cycle.outdated")


def test_a_night_that_was_not_run_has_no_report_and_status_1() -> None:
    status, out = fairdue("report", "--date", "2025-10-15", "--json")
    assert (status, json.loads(out)["error"]) == (1, "decisions.cycle.unknown")


def test_a_night_without_a_strategy_says_which_one_is_missing() -> None:
    status, out = fairdue("run", "--date", "2025-10-15", "--json")
    assert (status, json.loads(out)["error"]) == (1, "decisions.strategy.unknown")


def test_a_text_that_is_no_date_is_bad_usage() -> None:
    assert fairdue("run", "--date", "yesterday", "--json") == (2, "")
