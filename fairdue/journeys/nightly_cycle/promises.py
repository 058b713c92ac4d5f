"""Stage promises: what was promised or agreed and has come due is kept or broken before anything is decided."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, time

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.decisions.facade import StageResult
from fairdue.journeys.nightly_cycle.night import Night
from fairdue.journeys.review_plans import review_plans
from fairdue.kernel.clock import HOUSE_ZONE, business_date


def assess_promises(night: Night) -> StageResult:
    """Judge every open promise and every running plan as of the cycle date."""
    found = asdict(cases.assess_open_promises(now=_moment(night)))
    plans = review_plans(as_of=night.cycle_date, actor=night.actor, now=_moment(night))
    count = sum(found.values()) + plans.count
    detail = {"promises": found} | ({"plans": asdict(plans)} if plans.count else {})
    return StageResult(in_count=count, out_count=count, rejected={}, detail=detail)


def _moment(night: Night) -> datetime:
    """The run's own moment, or the first one of the cycle date if the night is run on another day."""
    if business_date(night.now) == night.cycle_date:
        return night.now
    return datetime.combine(night.cycle_date, time.min, HOUSE_ZONE)
