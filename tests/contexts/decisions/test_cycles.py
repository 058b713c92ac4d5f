"""A night is opened once, closed once, never out of order, and its counts add up by constraint."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import psycopg
import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, IntegrityError, transaction

from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.decisions.models import Decision
from fairdue.contexts.decisions.operations.cycles import LOCK_KEY
from fairdue.kernel.actor import Actor, PermissionRefused, system
from fairdue.storage.bulk import database_url

NOW = datetime(2025, 10, 9, 18, 0, tzinfo=UTC)
NIGHT = date(2025, 10, 10)
ACTOR = system("cycle")

pytestmark = pytest.mark.django_db


@pytest.fixture
def strategy_id() -> int:
    return decisions.load_strategies(actor=ACTOR, now=NOW)[0].strategy_id


def open_cycle(strategy_id: int, day: date = NIGHT) -> decisions.CycleCard:
    return decisions.open_cycle(cycle_date=day, strategy_id=strategy_id, actor=ACTOR, now=NOW)


def finish(cycle_id: int, name: str = "facts", **counts: object) -> None:
    result = {
        "in_count": 3,
        "out_count": 2,
        "rejected": {"cycle.facts.not_in_ledger": 1},
        "detail": {},
    } | counts
    decisions.finish_stage(
        cycle_id=cycle_id,
        name=name,
        position=1,
        result=decisions.StageResult(**result),  # type: ignore[arg-type]
        actor=ACTOR,
        started_at=NOW,
        now=NOW,
    )


def decision(person_id: int, **more: object) -> dict[str, object]:
    return {
        "person_id": person_id,
        "step": "none",
        "rows_fired": "hold-none",
        "template": "",
        "planned_for": None,
        "outcome": "none",
        "reasons": "",
        "days_past_due": 3,
        "overdue_minor": 100,
        "rank": 0,
        "facts_digest": -5,
    } | more


def test_a_night_is_opened_once_and_keeps_its_strategy(strategy_id: int) -> None:
    first = open_cycle(strategy_id)
    assert open_cycle(strategy_id) == first
    assert (first.status, first.strategy_code) == ("running", "reminders-cn")
    assert len(decisions.cycles()) == 1


def test_a_date_before_the_latest_finished_one_is_refused_and_nothing_is_opened(strategy_id: int) -> None:
    cycle = open_cycle(strategy_id)
    decisions.close_cycle(cycle_id=cycle.cycle_id, actor=ACTOR, now=NOW)
    with pytest.raises(decisions.CycleIsOutdated, match="2025-10-10 is finished"):
        open_cycle(strategy_id, date(2025, 10, 9))
    assert [card.cycle_date for card in decisions.cycles()] == [NIGHT]
    assert open_cycle(strategy_id).status == "finished"


def test_a_stage_is_finished_once(strategy_id: int) -> None:
    cycle = open_cycle(strategy_id)
    finish(cycle.cycle_id)
    with pytest.raises(IntegrityError, match="decisions_stage_once"), transaction.atomic():
        finish(cycle.cycle_id)
    assert list(decisions.finished_stages(cycle.cycle_id)) == ["facts"]


def test_the_database_refuses_counts_that_do_not_add_up(strategy_id: int) -> None:
    cycle = open_cycle(strategy_id)
    with pytest.raises(IntegrityError, match="decisions_stage_in_equals_out"), transaction.atomic():
        finish(cycle.cycle_id, out_count=3)
    assert decisions.finished_stages(cycle.cycle_id) == {}


def test_only_who_may_run_a_night_opens_one(strategy_id: int) -> None:
    collector = Actor(kind="staff", label="c", role="collector", permissions=frozenset({"cases.work"}))
    with pytest.raises(PermissionRefused):
        decisions.open_cycle(cycle_date=NIGHT, strategy_id=strategy_id, actor=collector, now=NOW)
    assert decisions.cycles() == ()


def test_the_latest_decision_says_in_words_why(strategy_id: int) -> None:
    for day, row in ((date(2025, 10, 9), "m1-wait"), (NIGHT, "m1-call")):
        cycle = open_cycle(strategy_id, day)
        rows = [decision(7, rows_fired=row, reasons="CN-HRS-01,CN-FRQ-02"), decision(8)]
        decisions.land_decisions(pl.DataFrame(rows), cycle_id=cycle.cycle_id)
    card = decisions.latest_decision(7)
    assert card is not None
    assert (card.cycle_date, card.row_ids, card.title_zh) == (NIGHT, ("m1-call",), "三轮提醒后仍逾期：致电")
    assert card.reasons == ("CN-HRS-01", "CN-FRQ-02")
    assert decisions.latest_decision(9) is None


def test_a_person_is_decided_once_a_night_and_a_decision_is_never_altered(strategy_id: int) -> None:
    cycle = open_cycle(strategy_id)
    frame = pl.DataFrame([decision(7)])
    assert decisions.land_decisions(frame, cycle_id=cycle.cycle_id) == 1
    with pytest.raises(IntegrityError, match="decisions_decision_once"), transaction.atomic():
        decisions.land_decisions(frame, cycle_id=cycle.cycle_id)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Decision.objects.update(step="call")
    assert Decision.objects.get().step == "none"


def test_decisions_of_a_cycle_that_is_not_there_are_refused(strategy_id: int) -> None:
    with pytest.raises(ObjectDoesNotExist), transaction.atomic():
        decisions.land_decisions(pl.DataFrame([decision(7)]), cycle_id=12345)
    assert not Decision.objects.exists()


def test_a_night_that_was_never_run_has_no_report() -> None:
    with pytest.raises(decisions.CycleUnknown, match="no cycle was run for 2025-10-10"):
        decisions.cycle_report(NIGHT)


def test_a_second_night_at_the_same_time_is_refused_until_the_first_is_gone() -> None:
    with psycopg.connect(database_url(), autocommit=True) as other:
        other.execute("select pg_advisory_lock(%s)", [LOCK_KEY])
        with pytest.raises(decisions.CycleIsRunning), decisions.cycle_lock(wait_seconds=0.2):
            pytest.fail("the lock was given twice")
    with decisions.cycle_lock():
        pass
