"""Experiments that run side by side never share a person's bucket, whoever starts them and when."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.decisions.models import Experiment, ExperimentArm, StrategyVersion
from fairdue.contexts.identity.facade import PERMISSIONS_BY_ROLE
from fairdue.kernel.actor import Actor, PermissionRefused

NOW = datetime(2025, 10, 9, 18, 0, tzinfo=UTC)
ANN = Actor(kind="staff", id=1, label="ann", role="strategist", permissions=PERMISSIONS_BY_ROLE["strategist"])

pytestmark = pytest.mark.django_db


def version(status: str, number: str, code: str = "small") -> int:
    return StrategyVersion.objects.create(
        code=code,
        version=number,
        sha256=number,
        content={"code": code},
        status=status,
        origin="desk",
        approved_by_id=7,
        author_label="ann",
        loaded_at=NOW,
    ).pk


@pytest.fixture
def live() -> int:
    return version("published", "1")


@pytest.fixture
def new() -> int:
    return version("approved", "2")


def arms(live: int, new: int | None) -> tuple[decisions.NewArm, ...]:
    return (
        decisions.NewArm(code="old", strategy_id=live, weight=6_000),
        decisions.NewArm(code="new" if new else "holdout", strategy_id=new, weight=4_000),
    )


def start(code: str, live: int, new: int | None, share: int = 3_000, **more: Any) -> decisions.ExperimentCard:
    values = {
        "arms": arms(live, new),
        "title": "Do later calls pay?",
        "strategy_code": "small",
        "actor": ANN,
    } | more
    return decisions.start_experiment(code=code, share=share, now=NOW, **values)


def test_experiments_of_a_layer_stand_side_by_side_and_those_of_another_begin_anew(
    live: int, new: int
) -> None:
    cards = [
        start("spring", live, new),
        start("summer", live, None, 5_000),
        start("tone", live, new, layer="side"),
    ]
    assert [(card.layer, card.first_bucket, card.end_bucket) for card in cards] == [
        ("main", 0, 3_000),
        ("main", 3_000, 8_000),
        ("side", 0, 3_000),
    ]
    assert len({card.salt for card in cards}) == 3 and cards[0].layer_salt == cards[1].layer_salt
    assert [arm.is_holdout for arm in cards[1].arms] == [False, True]
    assert [card.code for card in decisions.running_experiments("small")] == ["spring", "summer", "tone"]
    assert len(audit.events(code="decisions.experiment.started")) == 3


def test_a_layer_that_is_full_takes_no_more_until_one_stops(live: int, new: int) -> None:
    start("spring", live, new, 4_000)
    start("summer", live, None, 5_000)
    with pytest.raises(decisions.ExperimentHasNoRoom), transaction.atomic():
        start("autumn", live, new, 2_000)
    decisions.stop_experiment(code="spring", reason="clear enough", actor=ANN, now=NOW)
    again = start("autumn", live, new, 2_000)
    assert (again.first_bucket, again.end_bucket) == (0, 2_000)
    assert [card.status for card in decisions.experiments()] == ["running", "running", "stopped"]


def test_the_database_itself_refuses_two_running_experiments_on_one_bucket(live: int, new: int) -> None:
    card = start("spring", live, new)
    first = Experiment.objects.get(pk=card.experiment_id)
    same = {
        "title": "x",
        "strategy_code": "small",
        "layer": first.layer,
        "salt": "s",
        "started_at": NOW,
        "status": "running",
    }
    with pytest.raises(IntegrityError, match="decisions_experiments_never_overlap"), transaction.atomic():
        Experiment.objects.create(code="b", first_bucket=2_999, end_bucket=4_000, **same)
    Experiment.objects.create(code="c", first_bucket=3_000, end_bucket=4_000, **same)
    Experiment.objects.create(code="d", first_bucket=0, end_bucket=3_000, **same | {"status": "stopped"})
    assert Experiment.objects.count() == 3


@pytest.mark.parametrize(
    "change", [{"first_bucket": 1}, {"salt": "x"}, {"strategy_code": "y"}, {"end_bucket": 9}]
)
def test_what_was_dealt_out_is_never_dealt_anew(live: int, new: int, change: dict[str, Any]) -> None:
    start("spring", live, new)
    with pytest.raises(DatabaseError, match="was dealt out"), transaction.atomic():
        Experiment.objects.update(**change)
    decisions.stop_experiment(code="spring", reason="", actor=ANN, now=NOW)
    with pytest.raises(DatabaseError, match="was dealt out"), transaction.atomic():
        Experiment.objects.update(status="running")


def arm(code: str, strategy_id: int | None, weight: int) -> decisions.NewArm:
    return decisions.NewArm(code=code, strategy_id=strategy_id, weight=weight)


def test_arms_that_make_no_experiment_are_refused(live: int, new: int) -> None:
    draft, elsewhere = version("draft", "3"), version("published", "1", "other")
    for wrong in (
        [arm("old", live, 10_000)],
        [arm("old", live, 6_000), arm("new", new, 5_000)],
        [arm("old", live, 10_000), arm("new", new, 0)],
        [arm("old", live, 6_000), arm("old", new, 4_000)],
        [arm("old", live, 6_000), arm("same", live, 4_000)],
        [arm("a", None, 6_000), arm("b", None, 4_000)],
        [arm("old", live, 6_000), arm("Not A Code", new, 4_000)],
        [arm("old", live, 6_000), arm("draft", draft, 4_000)],
        [arm("old", live, 6_000), arm("other", elsewhere, 4_000)],
    ):
        with pytest.raises(decisions.ExperimentInvalid), transaction.atomic():
            start("spring", live, new, arms=wrong)
    for wrong_values in ({"share": 0}, {"share": 10_001}, {"title": " "}):
        with pytest.raises(decisions.ExperimentInvalid), transaction.atomic():
            start("spring", live, new, **wrong_values)
    assert decisions.experiments() == () and ExperimentArm.objects.count() == 0


def test_a_code_is_used_once_also_after_its_experiment_stopped(live: int, new: int) -> None:
    start("spring", live, new)
    decisions.stop_experiment(code="spring", reason="", actor=ANN, now=NOW)
    with pytest.raises(decisions.ExperimentCodeTaken), transaction.atomic():
        start("spring", live, new)


def test_an_experiment_is_stopped_once(live: int, new: int) -> None:
    start("spring", live, new)
    first = decisions.stop_experiment(code="spring", reason="clear", actor=ANN, now=NOW)
    assert decisions.stop_experiment(code="spring", reason="again", actor=ANN, now=NOW) == first
    assert (first.status, first.stop_reason) == ("stopped", "clear")
    assert len(audit.events(code="decisions.experiment.stopped")) == 1
    with pytest.raises(decisions.ExperimentUnknown):
        decisions.stop_experiment(code="nothing", reason="", actor=ANN, now=NOW)


def test_a_version_that_decides_in_a_running_experiment_is_not_retired(live: int, new: int) -> None:
    start("spring", live, new)
    for strategy_id in (live, new):
        with pytest.raises(decisions.StrategyInExperiment, match="spring"), transaction.atomic():
            decisions.retire_version(strategy_id=strategy_id, actor=ANN, now=NOW)
    with pytest.raises(decisions.StrategyInExperiment), transaction.atomic():
        decisions.publish_version(strategy_id=new, actor=ANN, now=NOW)
    assert decisions.published_strategy_id("small") == live
    decisions.stop_experiment(code="spring", reason="", actor=ANN, now=NOW)
    decisions.publish_version(strategy_id=new, actor=ANN, now=NOW)
    assert decisions.published_strategy_id("small") == new


def test_who_may_not_starts_and_stops_nothing(live: int, new: int) -> None:
    start("spring", live, new)
    for role in ("supervisor", "risk", "collector", "administrator"):
        other = Actor(kind="staff", id=2, label=role, role=role, permissions=PERMISSIONS_BY_ROLE[role])
        with pytest.raises(PermissionRefused):
            start("summer", live, new, actor=other)
        with pytest.raises(PermissionRefused):
            decisions.stop_experiment(code="spring", reason="", actor=other, now=NOW)
    assert [(card.code, card.status) for card in decisions.experiments()] == [("spring", "running")]


def at_once(*works: Any) -> list[Any]:
    """Do everything at the same moment, each on its own connection, and return what each came to."""
    barrier, found = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int) -> None:
        try:
            barrier.wait()
            found[place] = works[place]()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_leave_one_published_version() -> None:
    version("published", "1")
    rivals = [version("approved", "2"), version("approved", "3")]
    found = at_once(
        *(lambda key=key: decisions.publish_version(strategy_id=key, actor=ANN, now=NOW) for key in rivals)
    )
    assert [card.status for card in found] == ["published", "published"]
    statuses = sorted(StrategyVersion.objects.filter(code="small").values_list("status", flat=True))
    assert statuses == ["published", "retired", "retired"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_a_draft_at_once_one_is_told() -> None:
    card = decisions.save_draft(code="small", document={"version": "1", "note": 0}, actor=ANN, now=NOW)

    def save(note: int) -> decisions.StrategyCard:
        return decisions.save_draft(
            code="small",
            document={"version": "1", "note": note},
            draft_id=card.strategy_id,
            expected_sha256=card.sha256,
            actor=ANN,
            now=NOW,
        )

    found = at_once(lambda: save(1), lambda: save(2))
    told = [each for each in found if isinstance(each, decisions.StrategyChangedMeanwhile)]
    saved = [each for each in found if isinstance(each, decisions.StrategyCard)]
    assert len(told) == len(saved) == 1
    assert decisions.strategy_by_id(card.strategy_id).content == saved[0].content


@pytest.mark.django_db(transaction=True)
def test_two_experiments_that_start_at_once_take_different_buckets() -> None:
    live, new = version("published", "1"), version("approved", "2")
    found = at_once(lambda: start("spring", live, new, 6_000), lambda: start("summer", live, None, 6_000))
    assert sorted(type(each).__name__ for each in found) == ["ExperimentCard", "ExperimentHasNoRoom"]
    assert Experiment.objects.count() == 1
