"""The IFRS 9 stage of one account over its history of lateness: backstops, cure and forbearance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fairdue.engine.law.classification import ifrs_stage
from fairdue.engine.law.numbers import Numbers
from fairdue.engine.ledger.standing.history import Span
from fairdue.engine.ledger.standing.levels import (
    OFF_BOOKS,
    Classification,
    Reason,
    Run,
    counts_of,
    levels,
    reason_of_part,
    reason_of_rule,
)
from fairdue.engine.ledger.standing.rules import SchemeRules
from fairdue.kernel.day_counts import add_months


@dataclass(frozen=True, slots=True)
class _Cure:
    """A stage that days no longer ask for: since when it is curing, and the first day without it, if curing."""

    stage: int
    since: date | None
    until: date | None


def stage_of(
    spans: Sequence[Span],
    *,
    numbers: Numbers,
    rules: SchemeRules,
    forborne_dates: Sequence[date] = (),
    charged_off_date: date | None = None,
) -> Classification:
    """This function will return the stage of an account on the last day of its spans.

    1. By days: stage 2 above 30, stage 3 above 90 (EU-IFRS-01); charged off is stage 3.
    2. Stage 3 is left only after its cure period without a day above the limit of stage 2, longer after a
       forbearance measure; stage 2 after its own. IFRS 9 leaves their length to the house.
    3. After a forbearance measure it is at least stage 2 for two years (EU-FORB-02).
    4. The highest of these is reported.
    """
    final = spans[-1]
    on, days = final.to_date, counts_of(final, rules.counting)[1]
    if final.status in OFF_BOOKS:
        return _result(rules, "none", {}, None, None, final, [])
    stage, rule = ifrs_stage(days_past_due=days, numbers=numbers, on=on)
    limits = [rule.integer("stage_2_more_than") + 1, rule.integer("stage_3_more_than") + 1]
    by_rule = {rule.id: stage}
    reasons = [reason_of_rule(rule, str(stage), days_past_due=days, charged_off_date=charged_off_date)]
    ends: dict[int, date | None] = {}
    if charged_off_date is not None and charged_off_date <= on:
        by_rule[rule.id] = stage = 3
    cure = _cure(spans, limits, rules, forborne_dates)
    if cure is not None:
        part = rules.part("cure")
        by_rule[part["rule"]], ends[cure.stage] = cure.stage, cure.until
        reasons.append(reason_of_part(part, str(cure.stage), clean_since=cure.since, until=cure.until))
    forborne = rules.part("forborne")
    until = add_months(max(forborne_dates), forborne["months"]) if forborne_dates else None
    if until is not None and on < until:
        by_rule[forborne["rule"]] = 2
        ends[2] = max(ends.get(2) or until, until)
        reasons.append(reason_of_part(forborne, "2", forborne_dates=list(forborne_dates), until=until))
    value = max(by_rule.values())
    since = levels(spans, limits, rules.counting)[-1].from_date if value == stage else None
    words = {name: str(one) for name, one in by_rule.items()}
    held_until = None if value == stage else ends.get(value)
    return _result(rules, str(value), words, since, held_until, final, reasons)


def _cure(
    spans: Sequence[Span], limits: Sequence[int], rules: SchemeRules, forborne_dates: Sequence[date]
) -> _Cure | None:
    """Return the highest stage that earlier days still hold."""
    part, runs = rules.part("cure"), levels(spans, limits, rules.counting)
    for stage in (3, 2):
        entered = next((run.from_date for run in runs if run.level + 1 >= stage), None)
        is_forborne = entered is not None and any(entered <= day for day in forborne_dates)
        months = part["stage_3_months_forborne" if is_forborne else "stage_3_months"]
        held = _held(runs, stage, months if stage == 3 else part["stage_2_months"])
        if held is not None:
            return held
    return None


def _held(runs: Sequence[Run], stage: int, months: int) -> _Cure | None:
    """Follow one stage: entered by days, left after so many months in a row without the limit of stage 2."""
    is_held, since, until = False, None, None
    for run in runs:
        if run.level + 1 >= stage:
            is_held, since, until = True, None, None
        elif is_held and run.level == 0:
            since, until = run.from_date, add_months(run.from_date, months)
            is_held = run.to_date < until
        else:
            since = until = None
    is_by_days = runs[-1].level + 1 >= stage
    return _Cure(stage, since, until) if is_held and not is_by_days else None


def _result(
    rules: SchemeRules,
    value: str,
    by_rule: dict[str, str],
    since: date | None,
    until: date | None,
    final: Span,
    reasons: list[Reason],
) -> Classification:
    words = rules.words(value)
    days = counts_of(final, rules.counting)[1]
    return Classification(
        scheme=rules.scheme,
        value=value,
        zh=words["zh"],
        en=words["en"],
        by_rule=by_rule,
        since_date=since,
        probation_until=until,
        counters={"days_past_due": final.final_days_past_due, "counted_days": days},
        reasons=tuple(reasons),
    )
