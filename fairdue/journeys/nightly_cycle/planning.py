"""Making the plan of a night: what the database and the packs say, as plain data."""

from __future__ import annotations

from dataclasses import replace

from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.law import facade as law
from fairdue.contexts.outreach import facade as outreach
from fairdue.journeys.nightly_cycle.arms import choice_by
from fairdue.journeys.nightly_cycle.choose import Choice
from fairdue.journeys.nightly_cycle.engines import plan_in
from fairdue.journeys.nightly_cycle.lake import PLAN
from fairdue.journeys.nightly_cycle.night import Night
from fairdue.journeys.nightly_cycle.plan import NightPlan
from fairdue.journeys.nightly_cycle.plan_document import write_plan
from fairdue.journeys.nightly_cycle.store import DiskStore


def plan_of(night: Night) -> NightPlan:
    """Return the plan of a night, made once: what is approved or published meanwhile counts from the next night on."""
    if not (night.facts_dir / PLAN).exists():
        DiskStore(night.facts_dir).put(PLAN, write_plan(make_plan(night)))
    return plan_in(str(night.facts_dir.parent), night.folder)


def make_plan(night: Night) -> NightPlan:
    """Gather strategies, law and texts."""
    return NightPlan(
        cycle_date=night.cycle_date,
        now=night.now,
        choice=choice_of(night),
        law=law.law_book(),
        texts=_live_texts(),
        has_other_laws=night.has("told", 0),
        left_out=_left_out(night),
    )


def choice_of(night: Night) -> Choice:
    """Return what decides tonight: the version that the night was opened with, experiments' arms, shadows.

    No version shadows an extra night: what it would do is compared over whole nights.
    """
    choice = choice_by(night.cycle.strategy_id or 0)
    return choice if night.creditor_id is None else replace(choice, shadows=())


def _left_out(night: Night) -> dict[int, str]:
    """Creditors whose book is so far from current that their debtors are not contacted: what the import told."""
    stage = decisions.finished_stages(night.cycle.cycle_id).get("import")
    notes = stage.detail.get("books", ()) if stage else ()
    return {note["creditor_id"]: note["reason"] for note in notes if note["is_left_out"]}


def _live_texts() -> tuple[tuple[str, str, str], ...]:
    """Which template can be said on which channel in which language: approved, and not retired."""
    live = {(card.code, card.channel, card.locale) for card in outreach.templates() if card.is_live}
    return tuple(sorted(live))
