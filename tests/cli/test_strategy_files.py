"""`fairdue strategy export` and `import`: a shipped strategy to a file and back, and what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from fairdue.cli.main import build

SHIPPED = Path(__file__).parents[2] / "packs" / "strategies" / "reminders-cn" / "strategy.yaml"


def run(*words: str):
    return CliRunner().invoke(build(), ["strategy", *words])


@pytest.mark.parametrize("form", ["xlsx", "yaml", "dmn"])
def test_a_strategy_goes_to_a_file_and_comes_back_as_it_was(tmp_path, form):
    file = tmp_path / f"mine.{form}"
    assert run("export", str(SHIPPED), "--format", form, "-o", str(file)).exit_code == 0
    answer = run("import", str(file))
    assert answer.exit_code == 0
    assert yaml.safe_load(answer.stdout) == yaml.safe_load(SHIPPED.read_text("utf-8"))


def test_a_file_that_cannot_be_read_names_its_places_and_ends_with_status_one(tmp_path):
    file = tmp_path / "broken.xlsx"
    file.write_bytes(b"no workbook")
    answer = run("import", str(file), "--json")
    assert answer.exit_code == 1
    problem = json.loads(answer.stdout)["problems"][0]
    assert problem["en"].startswith("This is no readable .xlsx workbook")
    assert problem["zh"].startswith("这不是可读的 .xlsx 工作簿")


def test_a_form_that_there_is_not_is_refused(tmp_path):
    assert run("export", str(SHIPPED), "--format", "pdf").exit_code == 2
