"""`fairdue gate`, `permits` and `packs` as a person or a machine uses them."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairdue.cli.main import build

sys.path.insert(0, str(Path(__file__).parents[1] / "contexts" / "law"))
from law_people import NOW, make_person

RULES = Path(__file__).parents[2] / "packs" / "rules"


def run(*words: str):
    return CliRunner().invoke(build(), list(words))


@pytest.mark.django_db
def test_explain_allows_by_day_with_status_zero():
    person = make_person()
    asked = ["--person", str(person.id), "--channel", "sms", "--contact-point", str(person.mobile)]
    answer = run("gate", "explain", *asked, "--at", NOW.isoformat(), "--json")
    assert answer.exit_code == 0
    document = json.loads(answer.stdout)
    assert (document["outcome"], document["reasons"]) == ("allow", [])


@pytest.mark.django_db
def test_explain_gives_every_reason_at_night_with_status_one():
    person = make_person()
    night = "2026-05-12T23:00:00+08:00"
    answer = run("gate", "explain", "--person", str(person.id), "--channel", "sms", "--at", night, "--json")
    assert answer.exit_code == 1
    document = json.loads(answer.stdout)
    assert document["outcome"] == "defer"
    assert document["retry_after"] == "2026-05-13T00:00:00+00:00"
    assert [reason["rule_id"] for reason in document["reasons"]] == ["CN-TIME-01", "CN-TIME-02", "CN-TIME-03"]
    spoken = run("gate", "explain", "--person", str(person.id), "--channel", "sms", "--at", night)
    assert "CN-TIME-01" in spoken.stdout
    assert "不得催收" in spoken.stdout


@pytest.mark.django_db
def test_explain_without_a_channel_shows_every_way():
    person = make_person()
    answer = run("gate", "explain", "--person", str(person.id), "--at", NOW.isoformat(), "--json")
    assert answer.exit_code == 0
    ways = json.loads(answer.stdout)["channels"]
    assert {way["channel"] for way in ways} == {"call", "sms", "email", "inapp"}


@pytest.mark.django_db
def test_a_person_or_moment_that_is_not_known_is_a_wrong_question():
    assert run("gate", "explain", "--person", "99", "--channel", "sms").exit_code == 2
    assert run("gate", "explain", "--person", "99", "--at", "noon").exit_code == 2
    assert run("gate", "explain", "--person", "99", "--at", "2026-05-12T10:00").exit_code == 2


@pytest.mark.django_db
def test_permits_of_an_empty_house_are_intact():
    answer = run("permits", "verify", "--json")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == {"permits": 0, "chains": 0, "faults": [], "is_intact": True}


def test_the_shipped_packs_are_fit():
    answer = run("packs", "check", "--json")
    assert answer.exit_code == 0
    shipped = ["au", "cn", "eu", "hk", "house", "ie", "in", "sg", "uk", "us", "us-ma", "us-ny-nyc"]
    offers = ["offers/cn", "offers/general", "offers/words"]
    assert [pack["pack"] for pack in json.loads(answer.stdout)["packs"]] == [*shipped, *offers]


def test_a_broken_pack_is_named_with_status_one(tmp_path):
    shutil.copytree(RULES, tmp_path / "rules")
    path = tmp_path / "rules" / "house" / "tests" / "contact.yaml"
    path.write_text(path.read_text().replace("outcome: allow", "outcome: refuse", 1))
    answer = run("packs", "check", "--folder", str(tmp_path / "rules"), "--json")
    assert answer.exit_code == 1
    faulty = [pack["pack"] for pack in json.loads(answer.stdout)["packs"] if pack["faults"]]
    assert faulty == ["house"]
