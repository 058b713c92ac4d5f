"""The tutorial's files do what docs/tutorial/first-night.md says: five accounts, one night, one row each."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.cli.setup import load_data

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "examples" / "first_night"
TUTORIAL = ROOT / "docs" / "tutorial" / "first-night.md"
KINDS = ("parties", "contact_points", "accounts", "dues", "transactions")
NIGHT = "2026-03-11"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(autouse=True)
def own_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def fairdue(*words: object) -> dict[str, Any]:
    result = CliRunner().invoke(build(), [*map(str, words), "--json"])
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def import_book(tmp_path: Path) -> list[dict[str, Any]]:
    return [
        fairdue(
            "import", BOOK / f"{kind}.csv", "--kind", kind, "--creditor", "MY-BANK", "--rejects", tmp_path
        )["files"][0]
        for kind in KINDS
    ]


def test_five_accounts_of_four_persons_are_decided_as_the_tutorial_says(tmp_path: Path):
    load_data()
    lender = {"creditor_code": "MY-BANK", "product_codes": ["CARD"], "team_codes": ["DESK"]}
    assert fairdue("lender", BOOK / "lender.yaml") == lender
    reports = import_book(tmp_path)
    assert [(each["accepted_count"], each["rejected_count"]) for each in reports] == [
        *((5, 0), (5, 0), (5, 0)),
        *((6, 0), (2, 0)),
    ]
    night = fairdue("cycle", "run", "--date", NIGHT)
    stages = {stage["name"]: (stage["in_count"], stage["out_count"]) for stage in night["stages"]}
    assert list(stages) == ["import", "promises", "facts", "decide", "gate", "capacity", "land", "report"]
    assert (stages["decide"], stages["gate"], stages["land"], stages["report"]) == (
        (4, 4),
        (3, 3),
        (4, 4),
        (4, 4),
    )
    rows = {row["code"]: row["count"] for row in night["by_row"]}
    assert rows == {"pre-due-remind": 1, "m1-first-reminder": 1, "m2-call": 1, "m7-review": 1}
    assert set(rows) <= set(re.findall(r"`([a-z0-9-]+)`", TUTORIAL.read_text()))


def test_the_same_files_again_change_nothing(tmp_path: Path):
    load_data()
    fairdue("lender", BOOK / "lender.yaml")
    import_book(tmp_path)
    assert {each["status"] for each in import_book(tmp_path)} == {"repeated"}
    fairdue("lender", BOOK / "lender.yaml")


def test_the_tutorial_shows_the_files_as_they_are():
    text = TUTORIAL.read_text()
    for name in ("lender.yaml", *(f"{kind}.csv" for kind in KINDS)):
        assert (BOOK / name).read_text().strip() in text, name


def test_a_document_that_is_no_lender_is_refused_and_changes_nothing(tmp_path: Path):
    from fairdue.contexts.book.models import Creditor

    wrong = tmp_path / "lender.yaml"
    wrong.write_text((BOOK / "lender.yaml").read_text().replace("due_plus_1", "whenever"))
    result = CliRunner().invoke(build(), ["lender", str(wrong), "--json"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'whenever' is none of due_plus_1, due_date" in result.stderr
    wrong.write_text("creditor: {code: X}\n")
    assert "the document has no products, teams" in CliRunner().invoke(build(), ["lender", str(wrong)]).stderr
    assert not Creditor.objects.exists()


def test_a_team_keeps_the_creditors_that_it_worked_for_before(tmp_path: Path):
    from fairdue.contexts.identity import facade as identity

    second = tmp_path / "second.yaml"
    second.write_text((BOOK / "lender.yaml").read_text().replace("MY-BANK", "OTHER"))
    fairdue("lender", BOOK / "lender.yaml")
    fairdue("lender", second)
    [team] = identity.teams()
    assert team.creditor_ids is not None
    assert len(team.creditor_ids) == 2
