"""What is kept, what is due, what is stopped, and what falls due when: counted, nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl

from fairdue.contexts.audit import facade as audit
from fairdue.engine.law.record_classes import RecordClass, shipped_inventory
from fairdue.journeys.retention.facts import person_facts
from fairdue.journeys.retention.rules import Rules, inventory_sha256, is_due, judged
from fairdue.kernel.actor import Actor
from fairdue.storage.erasing import records

Progress = Callable[[str, int, int], None]
MONTHS_AHEAD = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPlan:
    """One class on one day: `total` = `open` (no end known) + `waiting` (an end is known) + `due` + `stopped`."""

    code: str
    total: int
    open: int
    waiting: int
    due: int
    stopped: int
    overdue: int
    """Of the due ones: those that should be gone already."""
    erased: int
    """By this run."""
    earliest_due_date: date | None
    stops: dict[str, int] = field(default_factory=dict)
    rules: dict[str, int] = field(default_factory=dict)
    """Due and waiting records by the rule that keeps them longest."""
    by_month: dict[str, int] = field(default_factory=dict)
    """What falls due in each month; the present one holds what is due already, `later` what lies further ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Every class on one day, with the packs by which it was judged."""

    as_of: date
    classes: tuple[ClassPlan, ...]
    pack_versions: dict[str, str]

    @property
    def due(self) -> int:
        """How many records may go now."""
        return sum(each.due for each in self.classes)

    @property
    def overdue(self) -> int:
        """How many should be gone already."""
        return sum(each.overdue for each in self.classes)

    def summary(self) -> dict[str, Any]:
        """Return the plan as a run keeps it."""
        return {"classes": [asdict(each) for each in self.classes]}


def plan(
    *, as_of: date, actor: Actor, now: datetime, is_stored: bool = False, progress: Progress | None = None
) -> Plan:
    """This function will count what may go on a day and what may not, by class and rule, and change nothing.

    1. `is_stored`: the plan is kept among the runs, so that screens can show it without counting again.

    :raises PermissionRefused: if the actor may not see it
    """
    actor.require("retention.run" if is_stored else "retention.view")
    found = _planned(as_of, progress or (lambda code, done, total: None), {})
    if is_stored:
        opened = audit.open_deletion_run(
            kind="plan", as_of=as_of, pack_versions=found.pack_versions, inventory_sha256=inventory_sha256(),
            actor=actor, now=now,
        )  # fmt: skip
        audit.finish_deletion_run(run_id=opened.run_id, summary=found.summary(), actor=actor, now=now)
    return found


def stored_plan() -> tuple[Plan, audit.DeletionRunCard] | None:
    """Return the latest plan that was kept, with its run; None before the first."""
    card = next((run for run in audit.deletion_runs(limit=5) if run.finished_at is not None), None)
    return None if card is None else (_read(card), card)


def _read(card: audit.DeletionRunCard) -> Plan:
    classes = tuple(
        ClassPlan(
            **{
                **item,
                "earliest_due_date": date.fromisoformat(found)
                if (found := item["earliest_due_date"])
                else None,
            }
        )
        for item in card.summary.get("classes", ())
    )
    return Plan(as_of=card.as_of, classes=classes, pack_versions=card.pack_versions)


def planned_after(as_of: date, erased: dict[str, int]) -> Plan:
    """Return the plan of a day on which some records of each class have just been erased."""
    return _planned(as_of, lambda code, done, total: None, erased)


def _planned(as_of: date, progress: Progress, erased: dict[str, int]) -> Plan:
    facts, rules, found = person_facts(as_of), Rules(as_of), []
    rules.of("")
    classes = shipped_inventory().classes
    for place, cls in enumerate(classes):
        progress(cls.code, place, len(classes))
        found.append(
            _class_plan(cls, judged(cls, records(cls), facts, rules), as_of, erased.get(cls.code, 0))
        )
    progress("", len(classes), len(classes))
    return Plan(as_of=as_of, classes=tuple(found), pack_versions=dict(sorted(rules.versions.items())))


def _class_plan(cls: RecordClass, frame: pl.DataFrame, as_of: date, erased: int) -> ClassPlan:
    due = frame.filter(is_due(as_of))
    stopped = frame.filter(pl.col("stop").is_not_null() & (pl.col("due_date") <= as_of))
    dated = frame.filter(pl.col("due_date").is_not_null())
    return ClassPlan(
        code=cls.code, total=frame.height, open=frame.height - dated.height,
        waiting=dated.height - due.height - stopped.height, due=due.height, stopped=stopped.height,
        overdue=due.filter(pl.col("late_date") < as_of).height, erased=erased,
        earliest_due_date=dated["due_date"].min() if dated.height else None,  # type: ignore[arg-type]
        stops=_counts(stopped, pl.col("stop")), rules=_counts(dated, pl.col("rule")),
        by_month=_counts(dated.filter(pl.col("stop").is_null()), _month(as_of)),
    )  # fmt: skip


def _month(as_of: date) -> pl.Expr:
    end = pl.lit(as_of).dt.offset_by(f"{MONTHS_AHEAD}mo")
    shown = pl.max_horizontal("due_date", pl.lit(as_of)).dt.strftime("%Y-%m")
    return pl.when(pl.col("due_date") < end).then(shown).otherwise(pl.lit("later"))


def _counts(frame: pl.DataFrame, by: pl.Expr) -> dict[str, int]:
    counted = frame.group_by(by.alias("word")).len().sort("word")
    return dict(counted.iter_rows())
