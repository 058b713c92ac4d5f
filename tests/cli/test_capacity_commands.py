"""`fairdue capacity`: set and list, collectors and absences, in words and as JSON."""

from __future__ import annotations

import json

import pytest
from case_world import World
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.identity.models import Staff

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: str):
    return CliRunner().invoke(build(), ["capacity", *arguments])


def listed(*arguments: str):
    return json.loads(run("list", "--json", *arguments).stdout)["capacities"]


def test_what_is_set_is_listed_until_it_is_lifted():
    World.build()
    assert listed() == []
    assert run("set", "calls", "40", "--name", "m1", "--hours", "9-11", "--days", "1-5").exit_code == 0
    assert run("set", "messages", "900", "--name", "sms", "--creditor", "north").exit_code == 0
    assert [(line["kind"], line["hour"], line["amount"]) for line in listed("--on", "2099-01-05")] == [
        ("calls", 9, 40), ("calls", 10, 40), ("messages", None, 900),
    ]  # fmt: skip
    assert run("set", "messages", "unlimited", "--name", "sms", "--creditor", "north").exit_code == 0
    assert listed("--on", "2099-01-05")[-1]["amount"] is None


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (("set", "calls", "many"), 2),
        (("set", "messages", "4"), 1),
        (("set", "calls", "4", "--hours", "nine"), 2),
        (("set", "calls", "4", "--creditor", "nobody"), 2),
        (("set", "calls", "4", "--from", "tomorrow"), 2),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(said, status):
    World.build()
    assert run(*said).exit_code == status
    assert listed() == []


def test_collectors_are_described_and_may_be_away():
    actor = World.build().staff("collector")
    name = Staff.objects.get(pk=actor.id).username
    assert (
        run(
            "collector",
            name,
            "--queues",
            "m1,m2",
            "--languages",
            "zh",
            "--max-cases",
            "80",
            "--hours",
            "9-18",
        ).exit_code
        == 0
    )
    assert run("absent", name, "--from", "2099-01-05").exit_code == 0
    (card,) = json.loads(run("collectors", "--json", "--on", "2099-01-05").stdout)["collectors"]
    assert (card["queues"], card["max_cases"], card["end_hour"], card["is_absent"]) == (
        ["m1", "m2"],
        80,
        18,
        True,
    )
    assert run("collector", "nobody", "--queues", "m1").exit_code == 2
