"""`fairdue portal link` prints a link that lets one person in, once."""

from __future__ import annotations

import json

import pytest
from case_world import World
from django.test import Client
from typer.testing import CliRunner

from fairdue.cli import portal
from fairdue.cli.main import build

pytestmark = pytest.mark.django_db


def run(*words: str):
    return CliRunner().invoke(build(), ["portal", "link", *words])


@pytest.fixture(autouse=True)
def _stay_in_the_test_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal, "prepare", lambda: "")


def test_the_link_lets_the_person_in_once() -> None:
    person = World.build().person()
    answer = run("--person", str(person.pk), "--json")
    assert answer.exit_code == 0
    path = "/my/" + json.loads(answer.stdout)["url"].rsplit("/", 1)[1]
    assert [Client().post(path).status_code for _ in range(2)] == [302, 403]


def test_an_unknown_person_gets_no_link() -> None:
    answer = run("--person", "999999")
    assert answer.exit_code == 1
    assert "http" not in answer.stdout
