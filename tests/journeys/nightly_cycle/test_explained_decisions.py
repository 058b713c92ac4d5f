"""One night with an experiment and a shadow: the record, what the shadow leaves, and every decision in sentences."""

from __future__ import annotations

import copy
import json
import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.identity.facade import PERMISSIONS_BY_ROLE
from fairdue.engine.strategy.experiments import assign
from fairdue.journeys.explain_decision import NothingDecided, explain_decision
from fairdue.journeys.nightly_cycle.arms import deal_of
from fairdue.journeys.nightly_cycle.lake import Lake
from fairdue.kernel.actor import Actor
from tests.journeys.nightly_cycle.conftest import NIGHT, PERSONS, morning_before

NOW = morning_before(NIGHT)


def staff(number: int, role: str) -> Actor:
    return Actor(kind="staff", id=number, label=role, role=role, permissions=PERMISSIONS_BY_ROLE[role])


ANN, SUE = staff(1, "strategist"), staff(2, "supervisor")


def changed(version: str) -> dict[str, Any]:
    """The live strategy with one change: nobody in M2 is called."""
    document = copy.deepcopy(dict(decisions.published_strategy("reminders-cn").content))
    document["version"] = version
    for table in document["decisions"]:
        for row in table["rows"]:
            if row["id"].startswith("m2-call"):
                row["then"] = {"step": "none"}
    return document


def stand(version: str, *, is_approved: bool) -> int:
    """Bring a version as far as the shadow, or to its approval."""
    card = decisions.save_draft(code="reminders-cn", document=changed(version), actor=ANN, now=NOW)
    key = {"strategy_id": card.strategy_id, "now": NOW}
    checked = decisions.check_version(acknowledge=True, actor=ANN, **key)
    assert checked.is_publishable, checked.findings
    decisions.start_shadow(actor=ANN, **key)
    if is_approved:
        decisions.approve_version(actor=SUE, **key)
    return card.strategy_id


@pytest.fixture
def world(book: int, night: Callable[..., Any], tmp_path: Path) -> dict[str, Any]:
    live = decisions.published_strategy("reminders-cn").strategy_id
    new, shadow = stand("2099.1", is_approved=True), stand("2099.2", is_approved=False)
    arms = (
        decisions.NewArm(code="old", strategy_id=live, weight=4_000),
        decisions.NewArm(code="new", strategy_id=new, weight=4_000),
        decisions.NewArm(code="holdout", strategy_id=None, weight=2_000),
    )
    card = decisions.start_experiment(
        code="fewer-calls", title="Do fewer calls cost?", strategy_code="reminders-cn", share=6_000, arms=arms,
        actor=ANN, now=NOW,
    )  # fmt: skip
    report = night()
    return {
        "live": live,
        "new": new,
        "shadow": shadow,
        "card": card,
        "report": report,
        "lake": Lake(str(tmp_path / "facts")),
    }


def test_a_night_with_an_experiment_and_a_shadow(
    world: dict[str, Any], rows: Callable[..., Any], tmp_path: Path
) -> None:
    decided = rows(
        "select person_id, step, rows_fired, strategy_id, experiment, arm, probability, dropped, outcome, days_past_due"
        " from decisions_decision order by person_id"
    )
    assert len(decided) == PERSONS
    dealt = assign(
        pl.DataFrame({"person_id": [line["person_id"] for line in decided]}), (deal_of(world["card"]),)
    )
    for line, (_, experiment, arm, strategy_id, probability) in zip(decided, dealt.rows(), strict=True):
        assert (line["experiment"], line["arm"]) == (experiment, arm)
        assert line["probability"] == pytest.approx(probability)
        assert line["strategy_id"] == (strategy_id or world["live"])
        is_left_alone = arm == "holdout" and line["dropped"] == "holdout"
        assert line["step"] in (
            {"none"} if is_left_alone else {"none", "sms", "email", "inapp", "call", "review"}
        )
    called = {
        line["arm"] for line in decided if line["step"] == "call" and line["rows_fired"].startswith("m2-")
    }
    assert called == {"", "old"}
    untouched = [line for line in decided if line["arm"] == "holdout"]
    assert {line["step"] for line in untouched} <= {"none", "review"} and len(untouched) > 100

    # The shadow: compared with everybody whom no experiment takes, and nobody is decided by it.
    (shown,) = decisions.shadow_nights(world["shadow"])
    assert shown.persons == sum(line["experiment"] == "" for line in decided)
    different = [pair for pair in shown.pairs if pair.is_different]
    assert {pair.live_row for pair in different} and all(
        pair.live_row.startswith("m2-call") for pair in different
    )
    assert {(pair.live_step, pair.shadow_step) for pair in different} == {("call", "none")}
    assert all(1 <= len(pair.examples) <= 5 for pair in different)
    assert world["shadow"] not in {line["strategy_id"] for line in decided}
    assert rows("select 1 from decisions_shadowdifference where strategy_id <> %s", world["shadow"]) == []

    explain(world, decided, tmp_path)


def told(world: dict[str, Any], line: dict[str, Any]) -> Any:
    return explain_decision(person_id=line["person_id"], cycle_date=NIGHT, lake=world["lake"])


def explain(world: dict[str, Any], decided: list[dict[str, Any]], tmp_path: Path) -> None:
    one = next(line for line in decided if line["arm"] == "" and line["rows_fired"].startswith("m2-call,"))
    found = told(world, one)
    assert found.facts_state == "proven" and found.facts["days_past_due"] == one["days_past_due"]
    assert found.trace.row_id == "m2-call" and ",".join(found.trace.rows_fired) == one["rows_fired"]
    english = [en for _, en in found.sentences]
    assert english[0].startswith("On 2025-10-15 the strategy ‘Reminders and calls (mainland China)’")
    assert english[0].endswith("the row ‘M2: call’ (m2-call) fired.")
    assert f"days past due (worst account) is {one['days_past_due']} (asked: from 31 to 60)" in english[1]
    assert found.sentences[0][0].startswith("2025-10-15 批次由策略“提醒与致电催收（中国大陆）”")
    assert f"逾期天数(最重账户)为 {one['days_past_due']}（条件：31 至 60）" in found.sentences[1][0]
    assert len(found.nearest) == 2
    for each in found.nearest:  # what would have changed it does change it
        again = decisions.try_record(world["live"], {**found.facts, each.fact: each.value})
        assert (again.row_id, again.outputs["step"]) == (each.row_id, each.step) and each.step != "call"
        assert any(f"If {each.fact_en} were {each.value_en}" in en for en in english)

    held = next(line for line in decided if line["dropped"] == "holdout")
    english = [en for _, en in told(world, held).sentences]
    assert "experiment fewer-calls, arm holdout, probability 12.0%" in english[0]
    assert any("nothing is done but what is legally due" in en for en in english)

    moved = next(line for line in decided if line["arm"] == "new")
    assert "2099.1" in told(world, moved).sentences[0][1]

    refused = next((line for line in decided if line["outcome"] == "refuse"), None)
    if refused is not None:
        assert any(en.startswith("The gate did not let it pass") for _, en in told(world, refused).sentences)
    for line in decided[:60]:
        assert told(world, line).facts_state == "proven"
        assert all(zh and en for zh, en in told(world, line).sentences)
    with pytest.raises(NothingDecided):
        explain_decision(person_id=one["person_id"], cycle_date=NIGHT - timedelta(days=1), lake=world["lake"])

    # Facts that are not those of then are no grounds, nor are facts that are gone.
    folder = tmp_path / "facts" / f"date={NIGHT}"
    for path in folder.glob("part=*/persons.parquet"):
        pl.read_parquet(path).with_columns(days_past_due=pl.col("days_past_due") + 1).write_parquet(path)
    altered = told(world, one)
    assert (altered.facts_state, altered.trace, altered.nearest) == ("altered", None, ())
    assert "do not have the digest" in altered.sentences[-1][1]
    shutil.rmtree(folder)
    gone = told(world, one)
    assert (gone.facts_state, gone.trace) == ("gone", None) and "files are gone" in gone.sentences[-1][1]
    assert json.dumps(gone.sentences) and re.search("M2", gone.sentences[0][0])
