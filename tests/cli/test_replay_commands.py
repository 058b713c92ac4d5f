"""`fairdue replay` and `fairdue next` as a person or a machine uses them."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.law import facade as law
from fairdue.kernel.actor import system
from tests.case_world import NOW, World

pytestmark = pytest.mark.django_db(transaction=True)
PERIOD = ("--from", "2026-11-10", "--to", "2026-11-14")


def run(*words: str):
    return CliRunner().invoke(build(), list(words))


def at(day, hour):
    return datetime(2026, 11, day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def person(db):
    world = World.build()
    person = world.person()
    world.account(person)
    point = world.phone(person)
    for hour in (9, 12):
        law.record_contact(
            person_id=person.pk, channel="sms", result="delivered", occurred_at=at(14, hour), made_by="lender",
            actor=system("t"), now=NOW, contact_point_id=point.pk,
        )  # fmt: skip
    return person


@pytest.fixture
def folder(tmp_path):
    """The house's pack as a draft that allows one message a day."""
    rules = tmp_path / "rules"
    for name in ("house", "schema"):
        shutil.copytree(settings.PACKS_DIR / "rules" / name, rules / name)
    path = rules / "house" / "parameters" / "contact.yaml"
    text = path.read_text(encoding="utf-8")
    assert "value: 2, citation" in text
    path.write_text(text.replace("value: 2, citation", "value: 1, citation"), encoding="utf-8")
    return rules / "house"


def test_a_period_that_was_lawful_ends_with_status_zero(person):
    answer = run("replay", *PERIOD, "--json")
    document = json.loads(answer.stdout)
    assert (answer.exit_code, document["judged"], document["broken"]) == (0, 2, 0)
    assert run("replay", *PERIOD).exit_code == 0


def test_a_draft_in_a_folder_says_what_it_would_stop_and_how_much_money_is_behind(person, folder):
    answer = run("replay", *PERIOD, "--pack", str(folder), "--json")
    assert answer.exit_code == 1, answer.output
    document = json.loads(answer.stdout)
    assert (document["draft_broken"], document["newly_broken"], document["by_rule"]) == (
        1,
        1,
        {"HOUSE-MSG-01": 1},
    )
    assert document["balance"] == [{"amount": "1000.00", "currency": "CNY"}]
    assert document["rows"][0]["name_masked"] == "李**"
    assert run("replay", *PERIOD, "--pack", str(folder)).exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("--from", "yesterday", "--to", "2026-11-14"),
        ("--from", "2026-11-14", "--to", "2026-11-10"),
        (*PERIOD, "--pack", "nothing"),
        (*PERIOD, "--as-if", "soon"),
    ],
)
def test_what_cannot_be_read_ends_with_status_two(person, words):
    assert run("replay", *words).exit_code == 2


def test_the_next_ways_to_a_person_are_listed(person):
    asked = ("next", "--person", str(person.pk), "--json")
    night = json.loads(run(*asked, "--at", "2026-11-20T23:00:00+08:00").stdout)
    assert {way["is_now"] for way in night["ways"]} == {False}
    assert night["ways"][0]["at"].startswith("2026-11-21")
    assert run("next", "--person", str(person.pk)).exit_code == 0
    assert run("next", "--person", "999999").exit_code == 2
    law.place_hold(person_id=person.pk, kind="cease", reason="asked", actor=system("t"), now=NOW)
    assert run(*asked).exit_code == 1
