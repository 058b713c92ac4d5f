"""The kit's cases in the shared collection, where it lies beside the clone: none may fail, none be lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.engine.dmn.conformance import run_folder

SHARED = Path(__file__).resolve().parents[4] / "shared" / "conformance" / "dmn"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared cases do not lie beside this clone")


def test_every_case_of_the_kit_passes():
    results = list(run_folder(SHARED))
    assert [(one.test, one.found, one.message) for one in results if not one.is_passed] == []
    assert len(results) >= 81


def test_the_command_prints_one_json_object_and_leaves_with_status_0():
    found = CliRunner().invoke(build(), ["dmn", "tck", str(SHARED), "--json"])
    document = json.loads(found.stdout)
    assert found.exit_code == 0
    assert (document["failed"], document["passed"]) == (0, len(document["cases"]))
    assert set(document["cases"][0]) == {"id", "test", "passed", "expected", "found", "message"}
