"""Checks of limits: contacts at worst against the caps of the packs, and discounts that grow by waiting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairdue.engine.strategy.checks.findings import Cap, Finding, PathStep
from fairdue.engine.strategy.checks.kinds import finding
from fairdue.engine.strategy.checks.regions import TooMuch, leaves
from fairdue.engine.strategy.checks.regions import boxes_to as _boxes_to
from fairdue.engine.strategy.checks.space import Record, Space, Undecided
from fairdue.engine.strategy.interpret import decide_one
from fairdue.engine.strategy.lifecycle.course import Course, moved, part_of
from fairdue.engine.strategy.lifecycle.walk import DEBTOR, States, Walk
from fairdue.engine.strategy.model import Table

_WORDS = {
    "message": ("消息", "messages"),
    "call": ("来电", "calls"),
    "letter": ("信函", "letters"),
    "visit": ("外访", "visits"),
}

_DISCOUNT = re.compile(r"waiver|discount|remission|forgiv|settlement")
"""Names of outputs that say how much of a debt is given up."""

MOST_ACCOUNTS = 40

Counts = NDArray[np.int16]


def cap_findings(walk: Walk, caps: Sequence[Cap]) -> Iterator[Finding]:
    """Yield caps that the strategy would exceed on some course of events, with the course.

    The bound is an upper one; a course that exceeds the cap is looked for by following it. Where none is found, that is said.
    """
    if "step" not in walk.space.strategy.outputs:
        return
    for cap in caps:
        rows = walk.rows_with(*cap.channels)
        if not rows:
            continue
        bounds = _bounds(walk, rows, cap.days)
        worst = int(bounds[-1][walk.reached].max(initial=0))
        if worst <= cap.max_contacts:
            continue
        course, count = _follow(walk, rows, bounds)
        words = _WORDS.get(cap.channels[0], (cap.channels[0],) * 2)
        if count > cap.max_contacts:
            ids = tuple(
                dict.fromkeys(step.row_id for step in course.steps if step.row_id in _ids(walk, rows))
            )
            yield finding(
                "over_cap", walk.space.strategy.result, ids, course.steps[0].facts, course.told(), days=cap.days,  # type: ignore[arg-type]
                count=count, max=cap.max_contacts, rule=cap.rule, channel_zh=words[0], channel_en=words[1],
            )  # fmt: skip
        else:
            yield finding(
                "not_decided", walk.space.strategy.result, (),
                what_zh=f"{cap.days} 天内的{words[0]}是否会超过规则 {cap.rule} 的上限 {cap.max_contacts}(至多 {worst})",
                what_en=f"whether more than {cap.max_contacts} {words[1]} can fall within {cap.days} days "
                f"(at most {worst}; rule {cap.rule})",
            )  # fmt: skip


def worst_contacts(walk: Walk, channels: Sequence[str], days: Sequence[int]) -> Mapping[int, int]:
    """Return how many contacts of some channels can at most be planned for one person within each number of days."""
    rows = walk.rows_with(*channels)
    if not rows:
        return dict.fromkeys(days, 0)
    bounds = _bounds(walk, rows, max(days))
    return {count: int(bounds[count][walk.reached].max(initial=0)) for count in days}


def _ids(walk: Walk, rows: Sequence[int]) -> set[str]:
    return {walk.space.strategy.rows[number].row_id for number in rows}


def _bounds(walk: Walk, rows: Sequence[int], days: int) -> list[Counts]:
    """Return for 0, 1, … nights how many contacts at most follow from each state, over all courses."""
    reached = walk.reached
    contact = walk.where_rows(rows).astype(np.int16)
    found = [np.where(reached, np.int16(0), np.int16(-999))]
    for _ in range(days):
        after = _best_before_day(walk, found[-1])
        night = np.maximum(after, contact + after)
        for event, said, inside in walk.acts():
            acted = walk.best(after, event, said)
            night = np.maximum(night, np.where(inside, contact + acted, np.int16(-999)))
        best = night
        for event in DEBTOR:
            best = np.maximum(best, walk.best(night, event))
        found.append(np.where(reached, best, np.int16(-999)))
    return found


def _best_before_day(walk: Walk, counts: Counts) -> Counts:
    unpaid = walk.best(walk.best(counts, "falls_due"), "day_passes")
    return np.maximum(walk.best(counts, "day_passes"), np.where(walk.is_due, unpaid, np.int16(-999)))


def _follow(walk: Walk, rows: Sequence[int], bounds: list[Counts]) -> tuple[Course, int]:
    """Follow the bound with real accounts that begin in the worst states, and return what comes to most."""
    worst: States = walk.reached & (bounds[-1] == bounds[-1][walk.reached].max())
    begins = [states for number in rows if (states := worst & walk.where_rows([number])).any()] or [worst]
    return max(
        (_followed(walk, rows, len(bounds) - 1, states) for states in begins), key=lambda each: each[1]
    )


def _followed(walk: Walk, rows: Sequence[int], nights: int, begin: States) -> tuple[Course, int]:
    course = Course(walk.space.strategy, walk.space.catalogue, walk.account(begin))
    ids = _ids(walk, rows)
    count = 0
    for _ in range(nights):
        _pay_if_better(walk, course, ids)
        count += course.night().row_id in ids
    return course, count


def _pay_if_better(walk: Walk, course: Course, ids: set[str]) -> None:
    """Let the debtor do what makes a contact follow, if none would otherwise."""
    if course.decide().row_id in ids:
        return
    late = course.record.get("days_past_due") or 0
    for event, to in product(DEBTOR, (1, 2, 5, late - 1)):
        if event in ("promise_kept", "promise_missed") and not course.record.get("is_promise_open"):
            continue
        if (event == "part_payment" and not 0 < to < late) or (event != "paid_in_full" and not late):
            continue
        after = moved(
            course.record, event, walk.space.catalogue, to={"days_past_due": to, "working_days_past_due": 1}
        )
        if decide_one(after, walk.space.strategy, on_conflict="reject").row_id in ids:
            course.happen(event, to={"days_past_due": to, "working_days_past_due": 1})
            return


# ------------------------------------------------------------------------------------------------- discounts


def waiver_findings(space: Space) -> Iterator[Finding]:
    """Yield outputs by which more is given up merely because days pass, each with an account and the days."""
    for table in space.strategy.tables:
        for name, kind in table.types.items():
            if _DISCOUNT.search(name) and kind in ("integer", "number"):
                found = _growing(space, table, name)
                if found is not None:
                    yield found


def _growing(space: Space, table: Table, name: str) -> Finding | None:
    short = part_of(space.strategy, table.decision_id)
    for record in _accounts(space, table):
        before = decide_one(record, short, on_conflict="reject").outputs.get(name) or 0
        for days in _turns(space, record):
            for is_forgetting in (False, True):
                later = _waited(space, record, days, is_forgetting=is_forgetting)
                after = decide_one(later, short, on_conflict="reject")
                if (after.outputs.get(name) or 0) > before:
                    return _grown(space, table, name, (record, later), (before, after.outputs[name]), days)
    return None


def _grown(
    space: Space, table: Table, name: str, records: tuple[Record, Record], values: tuple[Any, Any], days: int
) -> Finding:
    steps = []
    for day, event, record in ((0, "start", records[0]), (days, "day_passes", records[1])):
        outcome = decide_one(record, space.strategy, on_conflict="reject")
        stage = next((row.stage for row in space.strategy.rows if row.row_id == outcome.row_id), "")
        changed = {fact: value for fact, value in record.items() if not day or records[0][fact] != value}
        steps.append(PathStep(day, event, changed, outcome.row_id, stage))
    fired = set(decide_one(records[1], space.strategy, on_conflict="reject").rows_fired)
    ids = tuple(row.row_id for row in table.rows if row.row_id in fired)
    return finding(
        "waiver_by_waiting", table.decision_id, ids, records[0], tuple(steps), output=name,
        before=values[0], after=values[1],
    )  # fmt: skip


def _accounts(space: Space, table: Table) -> Iterator[Mapping[str, Any]]:
    """Accounts from every part of a table's division."""
    try:
        root = space.root(table)
    except TooMuch:
        return
    for leaf in sorted(leaves(root), key=lambda each: each.rows):
        for number, (box, _) in enumerate(_boxes_to(root, {leaf}, {})):
            if number == MOST_ACCOUNTS:
                break
            try:
                found = space.account(box, lambda _: True)
            except Undecided:
                continue
            if found is not None:
                yield found


def _turns(space: Space, record: Record) -> list[int]:
    """Return the days after which a count of the account passes a limit that some cell sets."""
    found = {1}
    for name, value in record.items():
        fact = space.catalogue.facts.get(name)
        if fact and value is not None and fact.moves.get("day_passes", "").startswith("up"):
            found |= {
                int(low - value) for low, _ in space.axes[name].spans if low is not None and low > value
            }
    return sorted(found)


def _waited(space: Space, record: Record, days: int, *, is_forgetting: bool) -> dict[str, Any]:
    """Return an account some days later; counts of the past have faded if `is_forgetting`."""
    after = moved(record, "day_passes", space.catalogue)
    for name, value in record.items():
        fact = space.catalogue.facts.get(name)
        effect = fact.moves.get("day_passes", "") if fact else ""
        if effect.startswith("up") and value is not None and after[name] != value:
            after[name] = value + days
        elif is_forgetting and effect == "lower or same" and value:
            after[name] = 0
    return after
