"""`fairdue import` and `fairdue keys` as a user meets them: words, JSON and exit status."""

from __future__ import annotations

import json

import pytest
from lender_files import ensure_lender, person, write_csv
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.parties.models import Person
from fairdue.storage.keys import KeysElsewhere, add_field_key, load_keys

pytestmark = pytest.mark.django_db
RUNNER = CliRunner()


def run(*words):
    return RUNNER.invoke(build(), [str(word) for word in words])


def imported(path, tmp_path, *more):
    return run(
        "import", path, "--kind", "parties", "--creditor", "BANK", "--rejects", tmp_path, "--json", *more
    )


def test_a_good_file_ends_with_status_0_and_one_json_object(tmp_path):
    ensure_lender()
    result = imported(write_csv(tmp_path / "p.csv", "parties", [person("P1")]), tmp_path)
    [report] = json.loads(result.stdout)["files"]
    assert (result.exit_code, report["status"], report["accepted_count"]) == (0, "accepted", 1)


def test_rejected_rows_end_with_status_1_and_name_the_reject_file(tmp_path):
    ensure_lender()
    result = imported(write_csv(tmp_path / "p.csv", "parties", [person("P1"), person("P1")]), tmp_path)
    [report] = json.loads(result.stdout)["files"]
    assert (result.exit_code, report["rejections"]) == (1, {"intake.row.duplicate": 1})
    assert report["reject_file"].startswith(str(tmp_path))


def test_a_refused_file_ends_with_status_2_and_changes_nothing(tmp_path):
    ensure_lender()
    (tmp_path / "p.csv").write_text("party_ref,nmae\n")
    result = imported(tmp_path / "p.csv", tmp_path)
    [report] = json.loads(result.stdout)["files"]
    assert (result.exit_code, report["status"]) == (2, "refused")
    assert "did you mean 'name'" in report["problem"]
    assert not Person.objects.exists()


def test_an_unknown_creditor_or_kind_ends_with_status_2(tmp_path):
    path = write_csv(tmp_path / "p.csv", "parties", [person("P1")])
    assert imported(path, tmp_path).exit_code == 2
    assert run("import", path, "--kind", "people", "--creditor", "BANK").exit_code == 2


def test_a_field_key_is_added_as_the_newest_and_readable_by_its_owner_only(tmp_path, monkeypatch):
    monkeypatch.delenv("FAIRDUE_KEYS", raising=False)
    before = load_keys(tmp_path, allow_generated=True).field_ring
    sealed = before.seal("x", "p")
    assert add_field_key(tmp_path) == before.newest + 1
    after = load_keys(tmp_path, allow_generated=False).field_ring
    assert (after.newest, after.index_key, after.open(sealed, "p")) == (
        before.newest + 1,
        before.index_key,
        "x",
    )
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


def test_keys_from_the_environment_are_not_changed_by_the_installation(tmp_path, monkeypatch):
    monkeypatch.setenv("FAIRDUE_KEYS", "{}")
    with pytest.raises(KeysElsewhere):
        add_field_key(tmp_path)
