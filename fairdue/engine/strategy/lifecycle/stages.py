"""Checks of the stages: reached, left, never skipped; no dead ends; an exit for every protection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from fairdue.engine.strategy.checks.findings import Finding
from fairdue.engine.strategy.checks.kinds import finding
from fairdue.engine.strategy.checks.space import Space, Undecided
from fairdue.engine.strategy.interpret import decide_one
from fairdue.engine.strategy.lifecycle.course import Course, moved, part_of
from fairdue.engine.strategy.lifecycle.walk import CONTACTS, MOST_DECIDED, PROTECTIONS, QUIET, States, Walk
from fairdue.engine.strategy.model import Outcome, Row, Strategy, Table

MOST_DAYS = 420
"""A course is followed for so many days: longer than any limit that strategies set on days past due."""

LOOKED_AT = (1, 7, 30, 90, 365)

_DEBTS = ("days_past_due", "overdue_minor", "balance_minor")


def stage_findings(walk: Walk) -> Iterator[Finding]:
    """Yield what is wrong with the course of accounts through a strategy."""
    strategy = walk.space.strategy
    yield from _names(strategy)
    if any(row.stage for row in strategy.rows):
        stages = Stages(walk)
        yield from stages.unreachable()
        yield from stages.inescapable()
        yield from skipped(walk)
    yield from dead_ends(walk)


def _names(strategy: Strategy) -> Iterator[Finding]:
    used = {row.stage for row in strategy.rows}
    for stage in strategy.stages:
        if stage.stage_id not in used:
            yield finding("stage_unused", strategy.result, (), stage=stage.stage_id)
    if strategy.stages:
        for row in strategy.rows:
            if not row.stage:
                yield finding("stage_unnamed", strategy.result, (row.row_id,))


class Stages:
    """Which stages are reached, by the course of events and by each protection."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.strategy = walk.space.strategy
        reached = walk.reached
        self.open = self._stages(walk.rows[reached])
        self.by_event = {event: self._protected(event) for event in PROTECTIONS}

    def _stages(self, rows: Any) -> set[str]:
        return {self.strategy.rows[number].stage for number in np.unique(rows) if number >= 0}

    def _protected(self, event: str) -> set[str]:
        changed = set_by(self.walk.space, event)
        if not changed:
            return set()
        reached = self.walk.reached
        return self._stages(self.walk.decided(changed, reached)[reached])

    @property
    def reached(self) -> set[str]:
        """Every stage in which some account comes."""
        return self.open.union(*self.by_event.values())

    def unreachable(self) -> Iterator[Finding]:
        """Stages that have rows, but no course of events."""
        for stage in self.strategy.stages:
            rows = [row for row in self.strategy.rows if row.stage == stage.stage_id]
            if rows and stage.stage_id not in self.reached:
                ids = tuple(row.row_id for row in rows)
                yield finding(
                    "stage_unreachable", self.strategy.result, ids, self._somebody(rows), stage=stage.stage_id
                )

    def _somebody(self, rows: list[Row]) -> Mapping[str, Any] | None:
        """An account as the stage would have it, though none comes to be so."""
        table = self.strategy.decision(self.strategy.result)
        for row in rows if isinstance(table, Table) else ():
            box = self.walk.space.box(table, row)  # type: ignore[arg-type]
            try:
                found = self.walk.space.account(box, partial(_is_decided_by, self.strategy, row.row_id))
            except Undecided:
                continue
            if found is not None:
                return found
        return None

    def inescapable(self) -> Iterator[Finding]:
        """Stages that no event leads out of."""
        for stage in self.strategy.stages:
            name = stage.stage_id
            if stage.is_final or name not in self.reached:
                continue
            if name in self.open:
                stuck = self._stuck(name)
                if stuck.any():
                    yield self._told(name, stuck)
            elif {event for event, stages in self.by_event.items() if name in stages} == {"death_known"}:
                rows = tuple(row.row_id for row in self.strategy.rows if row.stage == name)
                yield finding("stage_inescapable", self.strategy.result, rows, stage=name)

    def _stuck(self, stage: str) -> States:
        """States of a stage from which nothing leads out."""
        walk = self.walk
        rows = [n for n, row in enumerate(self.strategy.rows) if row.stage == stage]
        inside = walk.where_rows(rows)
        states = inside & walk.reached
        for event in ("paid_in_full", "paid_up"):
            after = walk.image(states, event)
            if after.any() and not (after & inside).any():
                return np.zeros_like(states)
        found: States = states & ~walk.leading_to(walk.possible & ~inside, with_debtor=True)
        return found

    def _told(self, stage: str, stuck: States) -> Finding:
        course = Course(self.strategy, self.walk.space.catalogue, self.walk.account(stuck))
        for event in ("paid_up", "paid_in_full", "day_passes"):
            course.happen(event)
        row = course.steps[0].row_id or ""
        return finding(
            "stage_inescapable",
            self.strategy.result,
            (row,),
            course.steps[0].facts,
            tuple(course.steps),
            stage=stage,
        )


def _is_decided_by(strategy: Strategy, row_id: str, record: Mapping[str, Any]) -> bool:
    return decide_one(record, strategy, on_conflict="reject").row_id == row_id


def set_by(space: Space, event: str) -> dict[str, Any]:
    """Return the facts of protection that an event sets and the strategy reads."""
    found = {}
    for name in space.strategy.inputs:
        fact = space.catalogue.facts.get(name)
        if fact and fact.moves.get(event) == "true":
            found[name] = True
    return found


# ------------------------------------------------------------------------------------------------- dead ends


def dead_ends(walk: Walk) -> Iterator[Finding]:
    """Rows from which an overdue account is never acted on or reviewed again, if only time passes."""
    if "step" not in walk.space.strategy.outputs:
        return
    owing = next((name for name in _DEBTS if name in walk.facts), None)
    if owing is None:
        return
    is_owing = walk.of(owing, lambda value: value is not None and value > 0)
    waiting = walk.of("is_promise_open", bool) if "is_promise_open" in walk.facts else np.zeros_like(is_owing)
    walk.learn(walk.possible if walk.possible.sum() <= MOST_DECIDED else walk.reached)
    doing = walk.possible & ~walk.where_rows([-1, *walk.rows_with(*QUIET)])
    alive = walk.leading_to(doing | (walk.possible & ~is_owing) | waiting, with_debtor=False)
    dead = is_owing & ~alive
    for number in np.unique(walk.rows[dead]):
        inside = dead & walk.where_rows([number])
        first = inside & walk.reached if (inside & walk.reached).any() else inside
        yield _dead_end(walk, walk.account(first), int(number))


def _dead_end(walk: Walk, record: Mapping[str, Any], number: int) -> Finding:
    strategy = walk.space.strategy
    course = Course(strategy, walk.space.catalogue, dict(record))
    for _ in range(max(LOOKED_AT)):
        course.night()
    steps = [course.steps[0], *(next(s for s in course.steps if s.day == day) for day in LOOKED_AT)]
    rows = (strategy.rows[number].row_id,) if number >= 0 else ()
    return finding("dead_end", strategy.result, rows, record, tuple(steps))


# --------------------------------------------------------------------------------------------------- skipped


def skipped(walk: Walk) -> Iterator[Finding]:
    """Stages that an account passes over once a part payment moved its oldest due date.

    1. The plain course: nothing is paid, every reminder arrives, every call goes unanswered.
    2. From the first day of each stage a part payment lowers the days past due to each earlier limit. As late as it then is,
       the plain course was in some stage: while the days past due lie where that stage lies on the plain course, the account
       must come into it too.
    """
    strategy = walk.space.strategy
    if "days_past_due" not in strategy.inputs:
        return
    known: dict[tuple[Any, ...], Outcome] = {}
    short = part_of(strategy, strategy.result)
    plain = _plain_course(walk, short, known)
    places = _ranges(plain)
    told: set[str] = set()
    for begin in sorted({days for days, _ in places.values()})[1:]:
        for landing in sorted({1, 2, 5, *(first for first, _ in places.values())}):
            if landing >= begin:
                continue
            found = _after_payment(
                Course(short, walk.space.catalogue, dict(plain[begin][0]), known=known),
                begin,
                landing,
                places,
            )
            if found is not None and found.message_en not in told:
                told.add(found.message_en)
                yield found


def _plain_course(
    walk: Walk, strategy: Strategy, known: dict[tuple[Any, ...], Outcome]
) -> dict[int, tuple[dict[str, Any], str]]:
    """The account and its stage on each day past due, if nothing is ever paid."""
    record = walk.account(walk.start)
    for name in walk.space.strategy.inputs:
        if name in ("is_working_day", "is_calendar_certain"):
            record[name] = True
    catalogue = walk.space.catalogue
    record = moved(record, "falls_due", catalogue)
    if "working_days_past_due" in record:
        record["working_days_past_due"] = 1
    course = Course(strategy, catalogue, record, known=known)
    found: dict[int, tuple[dict[str, Any], str]] = {}
    for _ in range(MOST_DAYS):
        days = course.record["days_past_due"]
        found.setdefault(days, (dict(course.record), course.stage()))
        course.night()
    return found


def _ranges(plain: Mapping[int, tuple[dict[str, Any], str]]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for days, (_, stage) in plain.items():
        first, _ = found.get(stage, (days, days))
        found[stage] = (first, days)
    return found


def _after_payment(
    course: Course, begin: int, landing: int, places: Mapping[str, tuple[int, int]]
) -> Finding | None:
    strategy, before = course.strategy, dict(course.record)
    course.happen(
        "part_payment", to={"days_past_due": landing, "working_days_past_due": max(landing * 5 // 7, 1)}
    )
    needed = {stage for stage, (first, last) in places.items() if stage and first < begin and last >= landing}
    seen: set[str] = set()
    instead: dict[int, str] = {}
    while course.record["days_past_due"] <= begin and course.day < MOST_DAYS:
        stage = course.stage()
        seen.add(stage)
        if needed <= seen:
            return None
        instead[course.record["days_past_due"]] = stage
        course.night()
    for stage, (first, _) in places.items():
        if stage not in needed - seen:
            continue
        days = max(landing, first)
        return finding(
            "stage_skipped", strategy.result, _rows(strategy, stage), before, course.told(),
            days=days, stage=stage, instead=instead.get(days, "-"),
        )  # fmt: skip
    return None


def _rows(strategy: Strategy, stage: str) -> tuple[str, ...]:
    return tuple(row.row_id for row in strategy.rows if row.stage == stage)


__all__ = ["CONTACTS", "Stages", "stage_findings"]
