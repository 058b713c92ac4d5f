"""Why a night decided something for a person, from the facts that it read, and what would have changed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl
from django.conf import settings

from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.law import facade as law
from fairdue.engine.strategy.digest import facts_digest
from fairdue.engine.strategy.table import read_strategy
from fairdue.journeys.decision_words import sentences
from fairdue.journeys.nearest_decision import Nearest, nearest
from fairdue.journeys.nightly_cycle.hashing import part_of_person
from fairdue.journeys.nightly_cycle.lake import Lake, NightAltered, NightNotStored

Words = tuple[str, str]
"""Chinese, English."""

FactsState = Literal["proven", "gone", "altered"]


class NothingDecided(LookupError):
    """No night of that date decided anything for the person."""

    code = "decisions.decision.none"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionExplanation:
    """What was decided and why.

    `facts_state`: `proven` if the stored facts have the digest that the decision kept; `gone` if the night's files are
    no longer there; `altered` if they are not what was decided on. Only of proven facts there is a `trace`.
    """

    decision: decisions.DecisionCard
    facts_state: FactsState
    facts: Mapping[str, Any]
    trace: decisions.StrategyTrace | None
    nearest: tuple[Nearest, ...]
    sentences: tuple[Words, ...]


def lake_of_nights() -> Lake:
    """Return the lake of this installation."""
    return Lake(settings.LAKE or str(settings.VAR_DIR / "facts"))


def explain_decision(*, person_id: int, cycle_date: date | None, lake: Lake) -> DecisionExplanation:
    """Return why the night of a date (or the latest one) decided what it did for a person.

    1. The facts are those that the night kept; their digest must be the decision's.
    2. The strategy is the version that decided: the night's, or that of the person's arm.
    3. What would have changed it is tried out, one fact at a time, never guessed.

    :raises NothingDecided: if nothing was decided for the person
    """
    if cycle_date is None:
        decision = decisions.latest_decision(person_id)
    else:
        decision = decisions.decision_on(person_id, cycle_date)
    if decision is None:
        raise NothingDecided(
            f"no night{f' of {cycle_date}' if cycle_date else ''} decided for person {person_id}"
        )
    document = decisions.strategy_by_id(decision.strategy_id or 0).content
    state, facts = _facts(decision, document, lake)
    trace = decisions.trace_document(document, facts) if state == "proven" else None
    found = nearest(document, facts, decision.row_ids[0]) if state == "proven" else ()
    return DecisionExplanation(
        decision=decision,
        facts_state=state,
        facts=facts,
        trace=trace,
        nearest=found,
        sentences=sentences(decision, document, state, trace, found, _rule_titles(decision)),
    )


def _facts(
    decision: decisions.DecisionCard, document: Mapping[str, Any], lake: Lake
) -> tuple[FactsState, dict[str, Any]]:
    """Read the inputs of the strategy as the night kept them, and hold them against the digest."""
    try:
        night = lake.night(decision.cycle_date, decision.creditor_id)
        part = part_of_person(decision.person_id, len(night.parts))
        frame = night.frame("persons", part).filter(pl.col("person_id") == decision.person_id)
    except (NightNotStored, FileNotFoundError):
        return "gone", {}
    except NightAltered:
        return "altered", {}
    if frame.height == 0:
        return "gone", {}
    strategy = read_strategy(document)
    if any(name not in frame.columns for name in strategy.inputs):
        return "altered", {}
    digest = frame.select(facts_digest(frame, strategy)).item()
    if digest != decision.facts_digest:
        return "altered", {}
    return "proven", frame.select(list(strategy.inputs)).row(0, named=True)


def _rule_titles(decision: decisions.DecisionCard) -> dict[str, Words]:
    """Return what the rules that the gate named are called."""
    if not decision.reasons:
        return {}
    return {entry.rule_id: (entry.title_zh, entry.title_en) for entry in law.rulebook()}
