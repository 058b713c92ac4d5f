"""`fairdue care`: matters on the command line, and those of the demonstration."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.book.models import Product
from fairdue.contexts.care import facade as care
from fairdue.contexts.identity import facade as identity
from fairdue.journeys import seed_matters
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from tests.web.desk_world import make_account, make_case, make_person, make_staff, make_world

pytestmark = pytest.mark.django_db


def run(*words: str):
    answer = CliRunner().invoke(build(), ["care", *words, "--json"])
    return answer.exit_code, json.loads(answer.stdout) if answer.exit_code == 0 else answer.output


def test_matters_are_opened_listed_shown_and_counted():
    world = make_world()
    make_staff("supervisor")
    person = str(world.person.pk)
    given = ["--person", person, "--kind", "complaint", "--words", "too many calls", "--by", "supervisor"]
    status, told = run("open", *given, "--cause", "calls")
    assert (status, told["state"], told["clock"]["rule_id"]) == (0, "open", "CN-CMP-01")
    assert run("open", *given, "--cause", "weather")[0] == 1
    assert run("open", *given, "--received", "yesterday")[0] == 2
    assert run("list", "--kind", "revenge")[0] == 2
    assert [row["number"] for row in run("list", "--kind", "complaint")[1]["matters"]] == [told["number"]]
    shown = run("show", str(told["matter_id"]), "--by", "supervisor")[1]
    assert (shown["words"], [entry["kind"] for entry in shown["entries"]]) == ("too many calls", ["opened"])
    assert run("show", "999999", "--by", "supervisor")[0] == 1
    assert run("night") == (0, {"overdue_count": 0, "lifted_count": 0, "released_count": 0})
    watched = run("watch")[1]
    assert watched == {"near_count": 0, "late_count": 0, "extended_count": 0, "mailed_count": 0}
    today = clock.business_date(clock.now()).isoformat()
    found = run("figures", "--from", today, "--until", today)[1]["figures"]
    assert [(row["kind"], row["opened_count"]) for row in found] == [("complaint", 1)]


def test_the_demonstration_shows_each_kind_once_seeded(monkeypatch):
    monkeypatch.setattr(seed_matters, "SKIPPED", 0)
    world, actor, now = make_world(), system("demo"), clock.now()
    assert seed_matters.seed_matters(actor=actor, now=now) == 0
    identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)
    for role in ("collector", "supervisor", "compliance"):
        make_staff(role, team="head")
    product = Product.objects.filter(creditor=world.lender).first()
    for number in range(len(seed_matters.TOLD)):
        person, _ = make_person(f"人{number}", f"+86138111100{number:02d}", f"1101051949123100{number:02d}")
        make_account(product, person, f"D-{number}", 20_000, 9)
        make_case(person, world.lender.pk, rank=number, overdue_minor=20_000, days_past_due=9)
    assert [seed_matters.seed_matters(actor=actor, now=now) for _ in range(2)] == [11, 0]
    cards = care.matter_queue(actor=actor, now=now, state="all").rows
    assert {card.kind for card in cards} == set(care.kind_terms())
    assert Counter(card.state for card in cards) == {
        "open": 7,
        "answered": 2,
        "waiting_approval": 1,
        "closed": 1,
    }
    assert {card.clock.tone for card in cards} >= {"neutral", "amber", "red", "done"}
