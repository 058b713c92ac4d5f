"""Courses: what becomes of one account, event by event, with its real numbers; for paths that anybody can follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fairdue.engine.strategy.catalogue import Catalogue
from fairdue.engine.strategy.checks.findings import PathStep
from fairdue.engine.strategy.interpret import decide_one
from fairdue.engine.strategy.model import Outcome, Strategy

NEXT_MONTH = 30
_EDGES = (30, 60, 90, 120, 150, 180)

Record = dict[str, Any]


def moved(
    record: Mapping[str, Any],
    event: str,
    catalogue: Catalogue,
    *,
    said_round: int = 0,
    to: Mapping[str, Any] | None = None,
) -> Record:
    """Return an account after an event; `to` says how far a fact falls where the event leaves it open."""
    after = dict(record)
    for name, value in record.items():
        fact = catalogue.facts.get(name)
        effect = fact.moves.get(event, "") if fact else ""
        if effect:
            after[name] = _value(effect, value, (to or {}).get(name), said_round)
    late, since = after.get("days_past_due"), after.get("days_since_reminder")
    if "rounds_sent" in after and late is not None and event == "part_payment":
        is_of_now = since is not None and since < late
        after["rounds_sent"] = record["rounds_sent"] if is_of_now else 0
    if "bucket" in after and late is not None:
        after["bucket"] = f"M{sum(late > edge for edge in (0, *_EDGES))}" + ("+" if late > _EDGES[-1] else "")
    return after


def _value(effect: str, value: Any, to: Any, said_round: int) -> Any:
    fixed = {
        "true": True,
        "false": False,
        "false or same": False,
        "missing": None,
        "zero": 0,
        "next month": NEXT_MONTH,
    }
    if effect in fixed:
        return fixed[effect]
    if effect == "true if round 0":
        return True if said_round == 0 else value
    if effect == "round of the message":
        return said_round
    if effect.startswith("at least"):
        return max(value or 0, int(effect[-1]))
    if value is None or effect in ("any", "lower or same", "zero or same", "follows days_past_due"):
        return value
    if effect in ("up", "up or same") or (effect == "up if above 0" and value > 0):
        return value + 1
    if effect == "down":
        return value - 1 if value > 0 else NEXT_MONTH
    if effect in ("lower", "lower above 0"):
        least = 1 if effect.endswith("0") else 0
        return to if to is not None else max(value // 2, least)
    return value + 1 if effect == "higher" else value


@dataclass(slots=True)
class Course:
    """One account on its way; every step is kept."""

    strategy: Strategy
    catalogue: Catalogue
    record: Record
    day: int = 0
    steps: list[PathStep] = field(default_factory=list)
    known: dict[tuple[Any, ...], Outcome] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._note("start", {})

    def decide(self) -> Outcome:
        """Return what the strategy says of the account as it stands."""
        key = tuple(self.record.values())
        if key not in self.known:
            self.known[key] = decide_one(self.record, self.strategy, on_conflict="reject")
        return self.known[key]

    def stage(self) -> str:
        """Return the stage in which the account is."""
        return _stage(self.strategy, self.decide().row_id)

    def happen(self, event: str, *, said_round: int = 0, to: Mapping[str, Any] | None = None) -> None:
        """Let an event happen."""
        before = self.record
        self.record = moved(before, event, self.catalogue, said_round=said_round, to=to)
        self.day += event == "day_passes"
        self._note(event, before)

    def night(self, *, is_sent: bool = True) -> Outcome:
        """Let a night decide, send what it says or let the call go unanswered, and pass to the next day."""
        outcome = self.decide()
        step = outcome.outputs.get("step")
        if is_sent and step == "message":
            self.happen("message_sent", said_round=outcome.outputs.get("round") or 0)
        elif step == "call":
            self.happen("call_unanswered")
        self.happen("day_passes")
        return outcome

    def _note(self, event: str, before: Mapping[str, Any]) -> None:
        outcome = self.decide()
        changed = {
            name: value for name, value in self.record.items() if not before or before.get(name) != value
        }
        stage = _stage(self.strategy, outcome.row_id)
        self.steps.append(PathStep(self.day, event, changed, outcome.row_id, stage))

    def told(self) -> tuple[PathStep, ...]:
        """Return the steps that matter: the first, the last, each event but a day, each change of row."""
        kept = [
            step
            for number, step in enumerate(self.steps)
            if number in (0, len(self.steps) - 1)
            or step.event not in ("day_passes", "call_unanswered")
            or step.row_id != self.steps[number - 1].row_id
        ]
        return tuple(kept)


def part_of(strategy: Strategy, decision_id: str) -> Strategy:
    """Return one decision of a strategy with those on which it depends."""
    needed = {decision_id}
    for decision in reversed(strategy.decisions):
        if decision.decision_id in needed:
            needed |= {
                each.decision_id for each in strategy.decisions if set(each.outputs) & set(decision.requires)
            }
    decisions = tuple(each for each in strategy.decisions if each.decision_id in needed)
    return replace(strategy, decisions=decisions, result=decision_id)


def _stage(strategy: Strategy, row_id: str | None) -> str:
    return next((row.stage for row in strategy.rows if row.row_id == row_id), "")
