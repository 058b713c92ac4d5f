"""The Chinese five grades (五级分类) of one account over its history of lateness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from fairdue.engine.law.classification import GRADES, Grade, classify_five_grades
from fairdue.engine.law.numbers import Numbers, Rule
from fairdue.engine.ledger.standing.history import DAY, Span
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

NON_PERFORMING = GRADES.index("substandard")


@dataclass(frozen=True, slots=True)
class _Held:
    """A grade that something other than days gives, until a day."""

    grade: Grade
    until: date | None
    reason: Reason


def five_grades(
    spans: Sequence[Span],
    *,
    product: str,
    numbers: Numbers,
    rules: SchemeRules,
    due_dates: Sequence[date] = (),
    restructured_dates: Sequence[date] = (),
    charged_off_date: date | None = None,
) -> Classification:
    """This function will grade an account on the last day of its spans.

    1. By days past due under each rule that applies to the product; both kept (CN-CLS-01, -02).
    2. Once non-performing it stays at least substandard until all arrears are paid and two due dates or six
       months, the longer, have passed without any (CN-CLS-06).
    3. Restructured in arrears: at least special mention for a year; again within it: doubtful (CN-CLS-05).
    4. Charged off: loss. Written off, settled or assigned: no longer on the books.
    5. Reported is the strictest (CN-CLS-03).
    """
    final = spans[-1]
    on, days = final.to_date, counts_of(final, rules.counting)[1]
    counters = {"days_past_due": days, "clean_days": _clean_days(spans)}
    if final.status in OFF_BOOKS:
        return _result(rules, "none", {}, None, None, counters, ())
    graded = classify_five_grades(product=product, days_past_due=days, numbers=numbers, on=on)
    by_rule: dict[str, Grade] = dict(graded.by_rule)
    reasons = [
        reason_of_rule(rule, by_rule.get(rule.id, graded.reported), days_past_due=days)
        for rule in graded.rules
    ]
    held = _held(spans, graded.rules, rules, due_dates, restructured_dates, charged_off_date)
    for one in held:
        by_rule[one.reason.rule] = one.grade
        reasons.append(one.reason)
    value = max(by_rule.values(), key=GRADES.index, default="normal")
    ends = [one.until for one in held if one.until is not None and one.grade == value]
    is_by_days = value in graded.by_rule.values()
    since = _since(spans, graded.rules, rules, value) if is_by_days else None
    return _result(
        rules, value, by_rule, since, None if is_by_days else max(ends, default=None), counters, reasons
    )


def _held(
    spans: Sequence[Span],
    law: Sequence[Rule],
    rules: SchemeRules,
    due_dates: Sequence[date],
    restructured_dates: Sequence[date],
    charged_off_date: date | None,
) -> list[_Held]:
    found: list[_Held | None] = []
    if rules.part("observation")["is_applied"]:
        found.append(_observation(spans, law, rules, due_dates))
    if rules.part("restructured")["is_applied"]:
        found.append(_restructured(rules.part("restructured"), restructured_dates, spans[-1].to_date))
    if charged_off_date is not None and charged_off_date <= spans[-1].to_date:
        part = rules.part("charged_off")
        found.append(_Held("loss", None, reason_of_part(part, "loss", charged_off_date=charged_off_date)))
    return [one for one in found if one is not None]


def _observation(
    spans: Sequence[Span], law: Sequence[Rule], rules: SchemeRules, due_dates: Sequence[date]
) -> _Held | None:
    """Hold a debt at substandard after it was non-performing, until its observation is over."""
    part, on = rules.part("observation"), spans[-1].to_date
    started: date | None = None
    cleared: date | None = None
    for run in _days_by_level(spans, law, rules):
        if run.level == 0 and started is not None:
            cleared = run.from_date
            if run.to_date >= _observed_until(cleared, part, due_dates):
                started = cleared = None
        elif run.level:
            cleared = None
            if run.level >= NON_PERFORMING:
                started = started or run.from_date
    if started is None or spans[-1].outstanding_minor == 0:
        return None
    until = None if cleared is None else _observed_until(cleared, part, due_dates)
    facts = {"non_performing_since": started, "arrears_cleared": cleared, "on": on}
    return _Held("substandard", until, reason_of_part(part, "substandard", **facts))


def _observed_until(cleared: date, part: Mapping[str, object], due_dates: Sequence[date]) -> date:
    """The later of so many months and the day after so many due dates since the arrears were cleared."""
    later = sorted({day for day in due_dates if day >= cleared})
    periods = int(str(part["periods"]))
    by_periods = later[periods - 1] + DAY if len(later) >= periods else date.min
    return max(add_months(cleared, int(str(part["months"]))), by_periods)


def _restructured(part: Mapping[str, object], given: Sequence[date], on: date) -> _Held | None:
    dates = sorted(day for day in given if day <= on)
    if not dates:
        return None
    months = int(str(part["months"]))
    until = add_months(dates[-1], months)
    if on >= until:
        return None
    is_repeated = any(later < add_months(earlier, months) for earlier, later in pairwise(dates))
    grade: Grade = "doubtful" if is_repeated else "special_mention"
    return _Held(grade, until, reason_of_part(part, grade, restructured_dates=dates))


def _days_by_level(spans: Sequence[Span], law: Sequence[Rule], rules: SchemeRules) -> tuple[Run, ...]:
    """Return the runs of the strictest grade by days."""
    firsts = [
        min(rule.integer(grade) for rule in law if grade in rule.values)
        for grade in GRADES[1:]
        if any(grade in rule.values for rule in law)
    ]
    return levels(spans, firsts, rules.counting)


def _since(spans: Sequence[Span], law: Sequence[Rule], rules: SchemeRules, value: str) -> date | None:
    runs = _days_by_level(spans, law, rules)
    return runs[-1].from_date if runs and GRADES[runs[-1].level] == value else None


def _clean_days(spans: Sequence[Span]) -> int:
    """Days in a row, up to the last, without anything past due."""
    clean = 0
    for span in reversed(spans):
        if span.final_days_past_due:
            break
        clean += span.days
    return clean


def _result(
    rules: SchemeRules,
    value: str,
    by_rule: Mapping[str, str],
    since: date | None,
    until: date | None,
    counters: Mapping[str, int],
    reasons: Sequence[Reason],
) -> Classification:
    words = rules.words(value)
    return Classification(
        scheme=rules.scheme,
        value=value,
        zh=words["zh"],
        en=words["en"],
        by_rule=by_rule,
        since_date=since,
        probation_until=until,
        counters=counters,
        reasons=tuple(reasons),
    )
