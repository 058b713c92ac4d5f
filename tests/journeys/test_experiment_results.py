"""What an experiment's arms came to, counted by hand over a few persons and told in intervals over many."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from django.db import connection
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.cases.models import PromiseToPay
from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.decisions.models import StrategyVersion
from fairdue.contexts.identity.models import Staff
from fairdue.contexts.law.models import Contact, Hold
from fairdue.contexts.ledger import facade as ledger
from fairdue.journeys.experiment_results import ArmResult, experiment_results
from fairdue.kernel.actor import system
from tests.case_world import NOW, TODAY, World, cny

pytestmark = pytest.mark.django_db

FIRST = TODAY - timedelta(days=35)
SYSTEM = system("test")


def started(world: World) -> tuple[decisions.ExperimentCard, Any]:
    ids = [
        StrategyVersion.objects.create(
            code="small", version=number, sha256=number, content={"code": "small"}, status=status, origin="desk",
            approved_by_id=7, loaded_at=NOW,
        ).pk
        for number, status in (("1", "published"), ("2", "approved"))
    ]  # fmt: skip
    strategist = world.staff("strategist")
    card = decisions.start_experiment(
        code="later", title="Later calls?", strategy_code="small", share=10_000, actor=strategist,
        now=NOW - timedelta(days=36),
        arms=(
            decisions.NewArm(code="old", strategy_id=ids[0], weight=5_000),
            decisions.NewArm(code="new", strategy_id=ids[1], weight=5_000),
        ),
    )  # fmt: skip
    return card, strategist


def dealt(day: date, strategy_id: int, arms: dict[int, str]) -> None:
    cycle = decisions.open_cycle(cycle_date=day, strategy_id=strategy_id, actor=SYSTEM, now=NOW)
    plain = {
        "step": "none", "rows_fired": "x", "template": "", "planned_for": None, "outcome": "none", "reasons": "",
        "days_past_due": 3, "overdue_minor": 1, "rank": 0, "facts_digest": 0, "experiment": "later",
    }  # fmt: skip
    lines = [plain | {"person_id": person, "arm": arm} for person, arm in arms.items()]
    decisions.land_decisions(pl.DataFrame(lines), cycle_id=cycle.cycle_id)


def at(day: date) -> datetime:
    return NOW - (TODAY - day)


def contact(person: int, day: date) -> None:
    Contact.objects.create(
        person_id=person, institution_group="north", made_by="lender", channel="sms", result="delivered",
        occurred_at=at(day), recorded_at=at(day),
    )  # fmt: skip


def pay(account_id: int, amount: str, day: date) -> None:
    ledger.record_payment(
        account_id=account_id, amount=cny(amount), effective_date=day, external_ref=f"{amount}{day}", source="hand",
        actor=SYSTEM, now=NOW,
    )  # fmt: skip


def figures(line: ArmResult) -> dict[str, tuple[int, float]]:
    return {name: (each.count, each.total) for name, each in line.samples.items()}


def test_the_figures_of_each_arm_are_those_counted_by_hand() -> None:
    world = World.build()
    card, _ = started(world)
    live = card.arms[0].strategy_id or 0
    ann, bob, cat, dan = (world.person(name) for name in ("安", "伯", "卡", "丹"))
    debt = {person.pk: world.account(person).pk for person in (ann, bob, cat, dan)}
    late = FIRST + timedelta(days=10)  # Dan comes in ten days later: his thirty days are not over yet
    dealt(FIRST, live, {ann.pk: "old", bob.pk: "new", cat.pk: "new"})
    dealt(late, live, {ann.pk: "old", bob.pk: "new", dan.pk: "old"})
    contact(ann.pk, FIRST - timedelta(days=1))
    contact(ann.pk, FIRST)
    contact(ann.pk, FIRST + timedelta(days=20))
    contact(cat.pk, late)
    pay(debt[ann.pk], "1.00", FIRST + timedelta(days=6))
    pay(debt[ann.pk], "2.00", FIRST + timedelta(days=29))
    pay(debt[ann.pk], "4.00", FIRST + timedelta(days=30))
    pay(debt[bob.pk], "8.00", FIRST + timedelta(days=7))
    pay(debt[dan.pk], "16.00", late)
    case = world.case(bob)
    for status in ("kept", "cancelled", "broken"):
        PromiseToPay.objects.create(
            case_id=case, person_id=bob.pk, amount_minor=1, currency="CNY", promised_date=TODAY, status=status,
            recorded_at=at(late),
        )  # fmt: skip
    Hold.objects.create(person=cat, kind="complaint", reason="x", started_at=at(late), placed_by="x")
    Hold.objects.create(person=bob, kind="dispute", reason="x", started_at=at(late), placed_by="x")

    old, new = experiment_results(code="later", as_of=TODAY).arms
    assert (old.persons, new.persons) == (2, 2)
    assert figures(old) == {
        "contacts": (2, 2), "promises": (2, 0), "complaints": (2, 0),
        "payers_7": (2, 2), "paid_7": (2, 1_700), "payers_30": (1, 1), "paid_30": (1, 300),
    }  # fmt: skip
    assert figures(new) == {
        "contacts": (2, 1), "promises": (2, 1), "complaints": (2, 1),
        "payers_7": (2, 0), "paid_7": (2, 0), "payers_30": (2, 1), "paid_30": (2, 800),
    }  # fmt: skip
    assert old.against == new.against == {}  # of so few nothing is said
    early = experiment_results(code="later", as_of=FIRST + timedelta(days=5)).arms[0]
    assert (early.persons, early.samples["paid_7"].count, early.samples["contacts"].total) == (1, 0, 1)


def test_of_many_persons_the_differences_come_with_intervals_and_the_commands_tell_them() -> None:
    world = World.build()
    card, strategist = started(world)
    arms = {person: ("old", "new")[person % 2] for person in range(1, 2_001)}
    dealt(FIRST, card.arms[0].strategy_id or 0, arms)
    with (
        connection.cursor() as cursor
    ):  # of the old arm every tenth has a contact, of the new one every second
        cursor.execute(
            "insert into law_contact (person_id, institution_group, made_by, channel, result, occurred_at, recorded_at)"
            " select p, 'north', 'lender', 'sms', 'delivered', %s, %s from generate_series(1, 2000) p"
            " where case when p %% 2 = 0 then p %% 20 = 0 else p %% 4 = 1 end",
            [at(FIRST), at(FIRST)],
        )
    result = experiment_results(code="later", as_of=TODAY)
    found = result.arms[1].against["contacts"]
    assert found.estimate == pytest.approx(0.5 - 0.1) and found.is_clear and found.low > 0.3
    assert not result.arms[1].against["paid_30"].is_clear

    runner, root = CliRunner(), build()
    shown = runner.invoke(root, ["decide", "results", "later", "--date", str(TODAY), "--json"])
    assert json.loads(shown.stdout)["arms"][1]["against"]["contacts"]["estimate"] == pytest.approx(0.4)
    listed = runner.invoke(root, ["decide", "experiments", "--json"])
    assert [each["code"] for each in json.loads(listed.stdout)["experiments"]] == ["later"]
    assert runner.invoke(root, ["decide", "results", "nothing", "--json"]).exit_code == 1
    assert runner.invoke(root, ["decide", "results", "later"]).exit_code == 0
    arms_given = ["--arm", "old=1:50", "--arm", "none=holdout:50", "--strategy", "small", "--json"]

    by = ["--by", Staff.objects.get(pk=strategist.id).username]
    full = runner.invoke(root, ["decide", "start", "more", *arms_given, *by])
    assert (full.exit_code, json.loads(full.stdout)["error"]) == (1, "decisions.experiment.no_room")
    stopped = runner.invoke(root, ["decide", "stop", "later", "--reason", "clear", "--json", *by])
    assert json.loads(stopped.stdout)["status"] == "stopped"
    begun = runner.invoke(root, ["decide", "start", "more", *arms_given, *by])
    assert (begun.exit_code, json.loads(begun.stdout)["end_bucket"]) == (0, 1_000)
    assert runner.invoke(root, ["decide", "start", "third", "--arm", "nonsense", *by]).exit_code == 2
    assert runner.invoke(root, ["decide", "stop", "later", "--by", "nobody"]).exit_code == 2
