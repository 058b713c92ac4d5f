"""Running a night from whichever stage it has reached."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from fairdue.contexts.book import facade as book
from fairdue.contexts.decisions import facade as decisions
from fairdue.engine.strategy.table import read_strategy
from fairdue.journeys.nightly_cycle.capacity import share_out
from fairdue.journeys.nightly_cycle.deciding import decide_all, tell_gate
from fairdue.journeys.nightly_cycle.engines import LOCAL
from fairdue.journeys.nightly_cycle.facts import gather_facts
from fairdue.journeys.nightly_cycle.inbox import import_inbox
from fairdue.journeys.nightly_cycle.land import land
from fairdue.journeys.nightly_cycle.night import Night, Progress
from fairdue.journeys.nightly_cycle.promises import assess_promises
from fairdue.journeys.nightly_cycle.report import report
from fairdue.kernel.actor import Actor

STRATEGY = "reminders-cn"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage; its effects and its row share one transaction unless its effects are files or idempotent."""

    name: str
    work: Callable[[Night], decisions.StageResult]
    is_atomic: bool = False


STAGES = (
    Stage("import", import_inbox),
    Stage("promises", assess_promises, is_atomic=True),
    Stage("facts", gather_facts),
    Stage("decide", decide_all),
    Stage("gate", tell_gate),
    Stage("capacity", share_out, is_atomic=True),
    Stage("land", land, is_atomic=True),
    Stage("report", report),
)
STAGE_NAMES = tuple(stage.name for stage in STAGES)


def run_cycle(
    *,
    cycle_date: date,
    actor: Actor,
    now: datetime,
    progress: Progress | None = None,
    var_dir: Path | None = None,
    strategy_code: str = STRATEGY,
    partition_persons: int = 0,
    engine: str = LOCAL,
    creditor_code: str = "",
) -> decisions.CycleReport:
    """Run the night of a date, or what is left of it, and return its report.

    1. A stage that is finished is not done again; a finished night is only reported.
    2. A kill at any moment leaves the night at a stage's edge: files are renamed into place before the
       stage's row, and rows land in the transaction of the stage's row.
    3. `engine` says where the partitions are decided: here, or on a Spark cluster; the result is the same.
    4. `now` stamps records; what is decided follows from the cycle date and the facts.
    5. With a creditor: the extra night over that creditor's late book. It decides whom the day has left out for a book
       that was not current, and whom it has not decided at all; nobody whose day is decided is decided again.

    :raises CycleIsRunning: if another process runs a cycle
    :raises CycleIsOutdated: if a later date is finished
    :raises NightNotFinished: if the night of the day has not ended, which an extra night follows
    :raises BookStillPartial: if the creditor's book is not current yet; the extra night goes on once it is
    :raises CreditorUnknown: if there is no such creditor
    :raises StrategyUnknown: if the strategy is not published
    """
    actor.require("cycle.run")
    creditor_id = book.creditor_by_code(creditor_code).creditor_id if creditor_code else None
    with decisions.cycle_lock():
        strategy = decisions.published_strategy(strategy_code)
        cycle = decisions.open_cycle(
            cycle_date=cycle_date,
            strategy_id=strategy.strategy_id,
            creditor_id=creditor_id,
            actor=actor,
            now=now,
        )
        if cycle.status != "finished":
            night = _night(cycle, actor, now, progress, var_dir, partition_persons, engine)
            _run(replace(night, creditor_code=creditor_code))
    return decisions.cycle_report(cycle_date, creditor_id)


def _night(
    cycle: decisions.CycleCard,
    actor: Actor,
    now: datetime,
    progress: Progress | None,
    var_dir: Path | None,
    partition_persons: int,
    engine: str,
) -> Night:
    pinned = decisions.strategy_by_id(cycle.strategy_id or 0)
    return Night(
        cycle=cycle,
        strategy=read_strategy(pinned.content),
        actor=actor,
        now=now,
        var_dir=var_dir or settings.VAR_DIR,
        progress=progress or (lambda stage, done, total: None),
        partition_persons=partition_persons or settings.PARTITION_PERSONS,
        engine=engine,
        lake_place=settings.LAKE,
    )


def _run(night: Night) -> None:
    started = time.perf_counter()
    done = decisions.finished_stages(night.cycle.cycle_id)
    for position, stage in enumerate(STAGES):
        if stage.name not in done:
            _run_stage(night, stage, position, started)
    decisions.close_cycle(cycle_id=night.cycle.cycle_id, actor=night.actor, now=_later(night, started))


def _run_stage(night: Night, stage: Stage, position: int, started: float) -> None:
    night.progress(stage.name, 0, 1)
    began = _later(night, started)
    with transaction.atomic() if stage.is_atomic else nullcontext():
        result = stage.work(night)
        decisions.finish_stage(
            cycle_id=night.cycle.cycle_id,
            name=stage.name,
            position=position,
            result=result,
            actor=night.actor,
            started_at=began,
            now=_later(night, started),
        )
    night.progress(stage.name, max(result.in_count, 1), max(result.in_count, 1))


def _later(night: Night, started: float) -> datetime:
    """The run's own moment plus what has passed since: the clock is an argument, durations are measured."""
    return night.now + timedelta(seconds=time.perf_counter() - started)
