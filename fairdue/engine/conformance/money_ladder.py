"""Answers to reminder ladder cases, by the engine's ladder."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from fairdue.engine.conformance.running import Answer, Unsupported
from fairdue.engine.strategy.ladder import Debt, Ladder, LadderPolicy, RunOutOfOrder


def answer_ladder(question: dict[str, Any]) -> Answer:
    """Return the ladder's state after each event asked about, and the events it refused."""
    ladder = Ladder(policy=_policy(question["given"].get("ladder") or {}))
    states, refused = {}, {}
    for event in question["events"]:
        try:
            ladder = _apply(ladder, event)
        except RunOutOfOrder as refusal:
            refused[event["id"]] = refusal.code
        states[event["id"]] = {
            "reminder": {"level": ladder.level, "status": ladder.status, "sent": ladder.sent_count}
        }
    items = [states[moment["after"]] if "after" in moment else {} for moment in question["questions"]]
    return {"items": items, "refused": refused}


def _policy(given: dict[str, Any]) -> LadderPolicy:
    levels = sorted(given.get("levels", []), key=lambda level: level["level"])
    if [level["level"] for level in levels] != list(range(1, len(levels) + 1)):
        raise Unsupported("levels that are not numbered 1, 2, 3 …")
    return LadderPolicy(
        ages=tuple(level["after_days"] for level in levels),
        min_amount=Fraction(given.get("min_amount", 0)),
        min_count=given.get("min_count", 1),
        max_attempts=given.get("max_attempts"),
        min_gap_days=given.get("min_gap_days", 0),
        is_last_repeated=given.get("repeat_last", False),
    )


def _apply(ladder: Ladder, event: dict[str, Any]) -> Ladder:
    on = date.fromisoformat(event["date"])
    match event["type"]:
        case "debt":
            debt = Debt(due_date=date.fromisoformat(event["due"]), open_amount=Fraction(event["amount"]))
            return ladder.with_debt(event["id"], debt)
        case "pay":
            return ladder.paid(event["of"], Fraction(event["amount"]))
        case "run":
            return ladder.run(on)
        case "send":
            return ladder.sent(on)
        case "block" | "unblock":
            return ladder.blocked(event["type"] == "block")
    raise Unsupported(f"ladder event {event['type']}")
