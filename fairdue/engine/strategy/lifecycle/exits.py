"""Checks of exits: after a complaint, a hold, a payment or a death no row plans a contact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairdue.engine.strategy.checks.findings import Finding, PathStep
from fairdue.engine.strategy.checks.kinds import finding
from fairdue.engine.strategy.checks.regions import TooMuch, leaves
from fairdue.engine.strategy.checks.regions import boxes_to as _boxes_to
from fairdue.engine.strategy.checks.space import Space, Undecided
from fairdue.engine.strategy.interpret import decide_one
from fairdue.engine.strategy.lifecycle.walk import CONTACTS
from fairdue.engine.strategy.model import Row, Table

EXITS: Mapping[str, tuple[str, ...]] = {
    "complaint_raised": CONTACTS,
    "dispute_raised": CONTACTS,
    "hardship_told": CONTACTS,
    "hold_placed": CONTACTS,
    "plan_agreed": CONTACTS,
    "death_known": CONTACTS,
    "paid_in_full": CONTACTS,
    "paid_up": ("call", "visit"),
}
"""Events after which steps of these kinds must not be planned; after the arrears are paid, the next due date may be said."""

MOST_BOXES = 60


def exit_findings(space: Space) -> Iterator[Finding]:
    """Yield the events after which some row still plans a contact, with the account before and after."""
    result = space.strategy.decision(space.strategy.result)
    if not isinstance(result, Table) or "step" not in result.outputs:
        return
    try:
        space.root(result)
    except TooMuch:
        return
    for event, barred in EXITS.items():
        yield from _after(space, result, event, barred)


def _after(space: Space, result: Table, event: str, barred: tuple[str, ...]) -> Iterator[Finding]:
    known = _known_after(space, event)
    said: list[tuple[Row, Mapping[str, Any]]] = []
    for row in space.ordered(result):
        if row.outputs.get("step") in barred and row.outputs.get("purpose", "collect") in (
            "",
            "collect",
            None,
        ):
            try:
                record = _account(space, result, row, known)
            except Undecided:
                continue
            if record is not None:
                said.append((row, record))
    if said:
        yield _told(space, event, said)


def _known_after(space: Space, event: str) -> dict[str, int] | None:
    """Return what is known of the facts after an event, as a box; None if the strategy reads none of them."""
    box: dict[str, int] = {}
    for name in space.strategy.inputs:
        fact = space.catalogue.facts.get(name)
        value = {"true": True, "false": False, "zero": 0, "missing": None}.get(
            fact.moves.get(event, "") if fact else "", ...
        )
        if value is not ...:
            axis = space.axes[name]
            place = (
                len(axis.values)
                if value is None
                else next((i for i, v in enumerate(axis.values) if v == value), None)
            )
            if place is not None and axis.full >> place & 1:
                box[name] = 1 << place
    return box or None


def _account(space: Space, result: Table, row: Row, known: dict[str, int] | None) -> Mapping[str, Any] | None:
    """Return an account that a row would contact after the event."""

    def fires(record: Mapping[str, Any]) -> bool:
        return decide_one(record, space.strategy, on_conflict="reject").row_id == row.row_id

    number = space.ordered(result).index(row)
    root = space.root(result)
    places = {leaf for leaf in leaves(root) if leaf.rows[:1] == (number,)}
    for tried, (box, _) in enumerate(_boxes_to(root, places, known or {})):
        if tried == MOST_BOXES:
            raise Undecided
        found = space.account(box, fires)
        if found is not None:
            return found
    return None


def _told(space: Space, event: str, said: list[tuple[Row, Mapping[str, Any]]]) -> Finding:
    row, after = said[0]
    before = dict(after)
    for name in after:
        fact = space.catalogue.facts.get(name)
        if fact and fact.moves.get(event) == "true":
            before[name] = False
        elif (
            fact
            and fact.moves.get(event) == "zero"
            and name in ("days_past_due", "overdue_minor", "balance_minor")
        ):
            before[name] = 1
    outcome = decide_one(before, space.strategy, on_conflict="reject")
    stages = {each.row_id: each.stage for each in space.strategy.rows}
    changed = {name: value for name, value in after.items() if before[name] != value}
    path = (
        PathStep(0, "start", before, outcome.row_id, stages.get(outcome.row_id or "", "")),
        PathStep(0, event, changed, row.row_id, row.stage),
    )
    words = space.catalogue.events[event]
    return finding(
        "no_exit", space.strategy.result, tuple(each.row_id for each, _ in said), after, path,
        event_zh=words.zh, event_en=words.en, step=row.outputs.get("step"), stage=row.stage or "-",
    )  # fmt: skip
