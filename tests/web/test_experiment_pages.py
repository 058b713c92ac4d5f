"""Experiments are started, read and stopped at the desk; the case page says why a step was decided."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.decisions.models import StrategyVersion
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law.models import Hold
from fairdue.contexts.parties.models import Person
from fairdue.journeys.load_packs import load_packs
from fairdue.kernel import clock
from fairdue.kernel.actor import system

SYSTEM = system("test")
VALID = {
    "title": "Do later calls bring less?", "code": "later-calls", "share": "20", "challenger_share": "40",
    "holdout_share": "10", "layer": "main",
}  # fmt: skip


@pytest.fixture
def office(world, staff, signed_in):
    """Load the packs, approve a challenger, and sign in as a role."""

    def as_role(role: str):
        identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)
        staff(role, username=f"the-{role}", team="head")
        return signed_in(f"the-{role}")

    load_packs(now=clock.now())
    return as_role


@pytest.fixture
def challenger(office) -> int:
    live = decisions.published_strategy("reminders-cn")
    content = dict(live.content) | {"version": "2099.1"}
    return StrategyVersion.objects.create(
        code=live.code,
        version="2099.1",
        sha256="x",
        content=content,
        status="approved",
        origin="desk",
        approved_by_id=99,
        loaded_at=clock.now(),
    ).pk


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def dealt(arms: dict[int, str], **more: Any) -> None:
    now = clock.now()
    day = clock.business_date(now) - timedelta(days=8)
    live = decisions.published_strategy("reminders-cn").strategy_id
    cycle = decisions.open_cycle(cycle_date=day, strategy_id=live, actor=SYSTEM, now=now)
    line = {
        "step": "none", "rows_fired": "m1-wait", "template": "", "planned_for": None, "outcome": "none", "reasons": "",
        "days_past_due": 3, "overdue_minor": 1, "rank": 0, "facts_digest": 0,
    } | more  # fmt: skip
    lines = [line | {"person_id": person, "arm": arm} for person, arm in arms.items()]
    decisions.land_decisions(pl.DataFrame(lines), cycle_id=cycle.cycle_id)


def test_a_strategist_starts_reads_and_stops_an_experiment(office, challenger):
    client = office("strategist")
    assert "No experiment yet" in page(client, "/desk/experiments/")
    answer = client.post("/desk/experiments/", VALID | {"challenger": str(challenger)})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/experiments/later-calls/")
    (card,) = decisions.experiments()
    assert [(arm.code, arm.weight) for arm in card.arms] == [
        ("live", 5_000),
        ("challenger", 4_000),
        ("holdout", 1_000),
    ]
    assert (card.first_bucket, card.end_bucket) == (0, 2_000)
    known = Person.objects.bulk_create(
        Person(name_sealed=b"", name_masked="", name_hash=b"%d" % number, recorded_at=clock.now())
        for number in range(400)
    )
    ids = [person.pk for person in known]
    dealt({key: ("live", "challenger")[key % 2] for key in ids}, experiment="later-calls")
    Hold.objects.bulk_create(  # everybody of the challenger's complains, nobody of the other arm
        Hold(person_id=key, kind="complaint", reason="", started_at=clock.now(), placed_by="")
        for key in ids
        if key % 2
    )
    shown = page(client, "/desk/experiments/later-calls/")
    assert "Challenger: Complained is clearly higher." in shown and "What decides today" in shown
    assert "Below 100 persons" in shown and "Stop the experiment" in shown
    assert "later-calls" in page(client, "/desk/experiments/")
    answer = client.post("/desk/experiments/later-calls/stop", {"reason": "clear enough"})
    assert answer.status_code == 302
    assert decisions.experiment_by_code("later-calls").stop_reason == "clear enough"
    assert "clear enough" in page(client, "/desk/experiments/later-calls/")
    assert client.get("/desk/experiments/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"challenger_share": "0"}, "Give the challenger a part."),
        (
            {"challenger_share": "60", "holdout_share": "40"},
            "Leave a part to the version that decides today.",
        ),
        ({"challenger": "", "holdout_share": "0"}, "Choose a challenger, or give the holdout a part."),
        ({"code": "Not A Code"}, "slug"),
        ({"code": "TWO"}, "These parts make no experiment"),
    ],
)
def test_what_makes_no_experiment_is_said_in_place_and_nothing_starts(office, challenger, change, text):
    client = office("strategist")
    answer = client.post("/desk/experiments/", VALID | {"challenger": str(challenger)} | change)
    assert answer.status_code == 422 and text in answer.content.decode()
    assert decisions.experiments() == ()


def test_who_only_reads_starts_and_stops_nothing(office, challenger):
    client = office("risk")
    assert "Who publishes strategies starts experiments." in page(client, "/desk/experiments/")
    assert client.post("/desk/experiments/", VALID | {"challenger": str(challenger)}).status_code == 403
    assert client.post("/desk/experiments/x/stop", {}).status_code == 403
    assert decisions.experiments() == ()


def test_the_case_page_says_why_and_that_the_facts_are_gone(world, staff, signed_in, settings, tmp_path):
    settings.LAKE = str(tmp_path / "facts")
    load_packs(now=clock.now())
    staff("collector")
    client, case_id = signed_in("collector"), world.case.pk
    assert "Why this step?" not in page(client, f"/desk/case/{case_id}/")
    assert client.get(f"/desk/case/{case_id}/decision").status_code == 404
    dealt({world.person.pk: ""})
    assert "Why this step?" in page(client, f"/desk/case/{case_id}/")
    shown = page(client, f"/desk/case/{case_id}/decision")
    assert "(m1-wait) fired." in shown and "The night&#x27;s files are gone" in shown
    panel = client.get(f"/desk/case/{case_id}/decision", headers={"HX-Request": "true"}).content.decode()
    assert "(m1-wait) fired." in panel and "<html" not in panel
    assert client.get(f"/desk/case/{world.foreign_case.pk}/decision").status_code == 404
