"""`fairdue deadlines`: list, meet, extend by two persons, sweep."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Deadline
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from tests.web.desk_world import make_staff, make_world

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: object):
    return CliRunner().invoke(build(), ["deadlines", *map(str, words)])


def complaint(days_ago: int = 1) -> law.DeadlineCard:
    world, now = make_world(), clock.now()
    identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)
    for role, name in (("supervisor", "wang"), ("compliance", "li")):
        make_staff(role, username=name, team="head")
    return law.record_request(
        person_id=world.person.pk, kind="complaint", channel="call", summary="fee", actor=system("test"), now=now,
        received_at=now - timedelta(days=days_ago),
    ).deadlines[0]  # fmt: skip


def test_a_deadline_is_listed_extended_by_two_and_met():
    card = complaint()
    listed = json.loads(run("list", "--json").stdout)
    assert (listed["count"], listed["deadlines"][0]["rule_id"]) == (1, "CN-CMP-01")
    assert run("list", "--state", "never").exit_code == 2
    assert run("extend", card.deadline_id, "--by", "nobody", "--reason", "x").exit_code == 2
    asked = json.loads(
        run("extend", card.deadline_id, "--by", "wang", "--reason", "complex", "--json").stdout
    )
    assert run("extend", "--approve", asked["extension_id"], "--by", "wang").exit_code == 2
    assert Deadline.objects.get().step == ""
    assert run("extend", "--approve", asked["extension_id"], "--by", "li").exit_code == 0
    assert Deadline.objects.get().due_date == card.start_date + timedelta(days=30)
    assert run("meet", card.deadline_id, "--by", "li", "--note", "letter", "--at", "soon").exit_code == 2
    assert run("meet", card.deadline_id, "--by", "li", "--note", "letter").exit_code == 0
    assert Deadline.objects.get().status == "met"


def test_a_sweep_finds_what_was_missed_once_and_meeting_it_late_says_so():
    card = complaint(days_ago=20)
    assert json.loads(run("sweep", "--json").stdout)["missed_count"] == 1
    assert json.loads(run("sweep", "--json").stdout)["missed_count"] == 0
    assert run("meet", card.deadline_id, "--by", "li", "--note", "letter").exit_code == 1
    assert Deadline.objects.get().status == "met_late"
