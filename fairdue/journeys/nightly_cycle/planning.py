"""Making the plan of a night: what the database and the packs say, as plain data."""

from __future__ import annotations

import os
import pickle

from fairdue.contexts.law import facade as law
from fairdue.contexts.outreach import facade as outreach
from fairdue.journeys.nightly_cycle.arms import choice_by
from fairdue.journeys.nightly_cycle.choose import Choice
from fairdue.journeys.nightly_cycle.night import Night
from fairdue.journeys.nightly_cycle.plan import NightPlan

PLAN_FILE = "plan.pickle"
"""Beside the facts: a night that is resumed goes on by the plan that it began with."""


def plan_of(night: Night) -> NightPlan:
    """Return the plan of a night, made once: what is approved or published meanwhile counts from the next night on."""
    path = night.facts_dir / PLAN_FILE
    if path.exists():  # written below, by this installation
        return pickle.loads(path.read_bytes())  # type: ignore[no-any-return]  # noqa: S301
    plan = make_plan(night)
    draft = path.with_suffix(".draft")
    draft.write_bytes(pickle.dumps(plan))
    os.replace(draft, path)
    return plan


def make_plan(night: Night) -> NightPlan:
    """Gather strategies, law and texts."""
    return NightPlan(
        cycle_date=night.cycle_date,
        now=night.now,
        choice=choice_of(night),
        law=law.law_book(),
        texts=_live_texts(),
        has_other_laws=night.has("told", 0),
    )


def choice_of(night: Night) -> Choice:
    """Return what decides tonight: the version that the night was opened with, experiments' arms, shadows."""
    return choice_by(night.cycle.strategy_id or 0)


def _live_texts() -> tuple[tuple[str, str, str], ...]:
    """Which template can be said on which channel in which language: approved, and not retired."""
    live = {(card.code, card.channel, card.locale) for card in outreach.templates() if card.is_live}
    return tuple(sorted(live))
