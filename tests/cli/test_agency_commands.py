"""`fairdue agency` as a person or a machine uses it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.parties import facade as parties
from tests.agency_standing import make_fit
from tests.case_world import World

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: str):
    return CliRunner().invoke(build(), list(words))


@pytest.fixture
def file(db, tmp_path):
    world = World.build()
    world.staff("agency", creditors=("north",), agency="swift")
    person = world.person()
    account, value = world.account(person), parties.open_contact_point(world.phone(person).pk)
    make_fit("swift")
    path = tmp_path / "october.csv"
    path.write_text(
        "contact_ref,creditor,account_ref,channel,contact_value,occurred_at,result\n"
        f"c1,north,{account.external_ref},call,{value},2026-10-12T23:30:00+08:00,conversation\n"
        f"c2,north,{account.external_ref},call,{value},2026-10-13T10:30:00+08:00,no_answer\n"
        f"c3,north,nothing,call,{value},2026-10-13T10:30:00+08:00,no_answer\n",
        encoding="utf-8",
    )
    return path


def test_an_upload_counts_judges_and_ends_with_status_one_if_anything_is_wrong(file, tmp_path):
    rejects = tmp_path / "rejects.csv"
    answer = run("agency", "upload", str(file), "--agency", "swift", "--rejects", str(rejects), "--json")
    document = json.loads(answer.stdout)
    counts = {
        name: document["upload"][name] for name in ("rows", "accepted", "repeated", "rejected", "breaches")
    }
    assert (answer.exit_code, counts) == (
        1, {"rows": 3, "accepted": 2, "repeated": 0, "rejected": 1, "breaches": 1},
    )  # fmt: skip
    assert [each["contact_ref"] for each in document["breaches"]] == ["c1"]
    assert rejects.read_text(encoding="utf-8").splitlines() == [
        "line,code,field",
        "4,law.agency.debt_unknown,account_ref",
    ]


def test_agencies_and_breaches_are_listed(file):
    assert json.loads(run("agency", "list", "--json").stdout) == {
        "agencies": [{"agency": "swift", "told": 0, "broke": 0}]
    }
    assert run("agency", "breaches").exit_code == 0
    run("agency", "upload", str(file), "--agency", "swift")
    answer = run("agency", "breaches", "--agency", "swift", "--json")
    assert (answer.exit_code, len(json.loads(answer.stdout)["breaches"])) == (1, 1)
    assert json.loads(run("agency", "list", "--json").stdout)["agencies"][0]["broke"] == 1


def test_an_unknown_agency_is_refused_with_status_two(file):
    assert run("agency", "upload", str(file), "--agency", "nobody").exit_code == 2


def test_the_key_of_a_demonstration_is_printed(file):
    assert len(run("agency", "key", "swift").stdout.strip()) == 64
