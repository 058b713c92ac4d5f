"""Answers to the law's `gate` and `count` cases, by the engine's gate with the packs as shipped.

Facts of a case become candidate rows, one a debt, and the same judgement as everywhere gives the answer. A case with
a fact that these rules do not know is not answered at all.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fairdue.engine.conformance.law_facts import rows
from fairdue.engine.conformance.law_history import Histories, histories, of_debt
from fairdue.engine.conformance.law_scene import Scene, scene_of
from fairdue.engine.conformance.running import Answer, Unsupported
from fairdue.engine.law.explaining import counted
from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.packs import Check, load_pack
from fairdue.engine.law.trying import try_case
from fairdue.engine.law.verdict import RANK, Verdict

RULES_DIR = Path(__file__).resolve().parents[3] / "packs" / "rules"
PACKS = frozenset({"cn", "us", "us-ny-nyc", "us-ma", "uk", "eu", "ie", "in", "au", "hk", "sg"})
PROCEDURES = frozenset({"US-EMAIL-01", "US-TEXT-01"})


def answer_gate(question: dict[str, Any]) -> Answer:
    """This function will answer a gate case.

    Answers: outcome, retry_after (a moment or None), rules (ids of the broken rules), flags, requires, safe_procedure.

    :raises Unsupported: if a pack is not known, or the case holds a fact that the rules here do not know
    """
    rulebook, scene = _rulebook(frozenset(question["packs"])), scene_of(question)
    verdicts = _judged(scene, rulebook)
    outcome = _strictest(verdicts)
    rules = [rule for verdict in verdicts for rule in verdict.rule_ids]
    return {
        "outcome": outcome,
        "retry_after": _retry_after(scene, rulebook, verdicts) if outcome == "defer" else None,
        "rules": list(dict.fromkeys(rules)),
        "flags": list(dict.fromkeys(flag for verdict in verdicts for flag in verdict.flags)),
        "requires": list(dict.fromkeys(need for verdict in verdicts for need in verdict.requires)),
        "safe_procedure": not PROCEDURES & set(rules),
    }


@lru_cache(maxsize=32)
def _rulebook(codes: frozenset[str]) -> Rulebook:
    if unknown := codes - PACKS:
        raise Unsupported(f"packs {sorted(unknown)}")
    return Rulebook(tuple(load_pack(RULES_DIR / code) for code in sorted(codes)))


def _judged(scene: Scene, rulebook: Rulebook) -> list[Verdict]:
    return [try_case(facts, rulebook) for facts in rows(scene, rulebook)]


def _strictest(verdicts: list[Verdict]) -> str:
    return max((verdict.outcome for verdict in verdicts), key=RANK.__getitem__)


def _retry_after(scene: Scene, rulebook: Rulebook, verdicts: list[Verdict]) -> datetime | None:
    """Return the first whole minute at which every debt's verdict would allow if nothing else happened.

    1. Between two days on which a statement begins or ends to apply, the facts stand still, and each verdict's own
    moment holds. 2. A moment found is judged again before it is believed.
    """
    starts = [scene.at, *_turning_points(scene)]
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        if start != scene.at:
            verdicts = _judged(scene.later(start), rulebook)
        outcome, moments = _strictest(verdicts), [verdict.retry_after for verdict in verdicts]
        if outcome == "allow":
            return start
        found = [moment for moment in moments if moment is not None]
        is_known = all(verdict.retry_after is not None for verdict in verdicts if verdict.outcome == "defer")
        if outcome != "defer" or not is_known or (end is not None and max(found) >= end):
            continue
        if _strictest(_judged(scene.later(max(found)), rulebook)) == "allow":
            return max(found)
    return None


def _turning_points(scene: Scene) -> list[datetime]:
    """Return the later midnights at which a statement begins or ends to apply."""
    home, days = ZoneInfo(scene.home_zone), set()
    for event in scene.events:
        for field in ("until", "valid_on"):
            if event.get(field):
                named = date.fromisoformat(event.get(field))
                days |= {named, named + timedelta(days=1)}
        if event.kind == "consent":
            days.add(scene.day(event.at) + timedelta(days=7))
    midnights = [datetime(day.year, day.month, day.day, tzinfo=home) for day in sorted(days)]
    return [moment for moment in midnights if moment > scene.at]


def answer_count(question: dict[str, Any]) -> Answer:
    """This function will count the contacts that a rule counts, in its window that ends with the day of `at`.

    Answers: count (each contact once) and by_debt (calls and conversations).

    A rule that counts apart by place counts each in its own window; of two windows for the same contacts the first.

    :raises Unsupported: if the rule is not known
    """
    scene = scene_of(question)
    caps = _caps(_rulebook(frozenset(question["packs"])), scene)
    found = {debt: _columns(scene, debt) for debt in scene.when["debts"]}
    within = {
        debt: set().union(*(_within(scene, cap, columns, cap.parameters["column"]) for cap in caps))
        for debt, columns in found.items()
    }
    is_of_talks = caps[0].parameters["column"].startswith("debt_talks")
    calls = {
        debt: _within(scene, caps[0], columns, "debt_calls") if is_of_talks else within[debt]
        for debt, columns in found.items()
    }
    talks = {debt: _within(scene, caps[0], columns, "debt_talks") for debt, columns in found.items()}
    return {
        "count": len(set().union(*within.values())),
        "by_debt": {debt: {"calls": len(calls[debt]), "conversations": len(talks[debt])} for debt in found},
    }


def _caps(rulebook: Rulebook, scene: Scene) -> list[Check]:
    """Return the checks of the rule asked about that count and bind, the first for every column."""
    day = scene.today
    found = [
        check
        for check in rulebook.checks
        if check.id == scene.when["rule"] and check.uses == "count.reached" and check.yields == "defer"
        and check.effective_from <= day and (check.effective_to is None or day <= check.effective_to)
    ]  # fmt: skip
    if not found:
        raise Unsupported(f"no cap of rule {scene.when['rule']}")
    return list({check.parameters["column"]: check for check in reversed(found)}.values())[::-1]


def _columns(scene: Scene, debt: str) -> Histories:
    return histories(scene, debt) | of_debt(scene, debt)


def _within(scene: Scene, check: Check, columns: Histories, name: str) -> set[int]:
    """Return the places of the events of a column that the window of a check holds."""
    events = columns.get(name, [])
    moments = set(counted([event.at for event in events], scene.at, scene.home_zone, check.parameters))
    return {event.place for event in events if event.at in moments}
