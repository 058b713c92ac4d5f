"""Grades of assets and states of default: the Chinese five grades, EU default, forbearance, IFRS 9."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from fairdue.engine.law.calendars import add_years
from fairdue.engine.law.numbers import Numbers, Rule
from fairdue.kernel.day_counts import add_months

Grade = Literal["normal", "special_mention", "substandard", "doubtful", "loss"]
GRADES: tuple[Grade, ...] = ("normal", "special_mention", "substandard", "doubtful", "loss")
"""From the mildest to the strictest."""

State = Literal["performing", "non_performing"]


class NoLongerForborne(ValueError):
    """The probation is over; the exposure has no forborne class any more."""


class DefaultPending(ValueError):
    """More than 90 days past due: the default rules decide before the forbearance rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiveGrades:
    """The grade by each rule that applies, and the strictest, which is reported."""

    by_rule: Mapping[str, Grade]
    reported: Grade
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrears:
    """What is past due from a day on, in minor units."""

    from_date: date
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultState:
    """Whether an exposure is in default, and the days past due that count."""

    is_default: bool
    days_counted: int
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbearance:
    """A forbearance measure; `signs_ended_date` is the last day with signs of default."""

    granted_date: date
    state_at_grant: State
    cured_date: date | None = None
    signs_ended_date: date | None = None
    second_measure_date: date | None = None

    def grants(self, on: date | None = None) -> tuple[date, ...]:
        """Return the days on which measures were granted, up to a day."""
        second = self.second_measure_date
        is_known = second is not None and (on is None or second <= on)
        return (self.granted_date, second) if second is not None and is_known else (self.granted_date,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForborneState:
    """The class of a forborne exposure and what follows from it."""

    state: State
    is_probation_interrupted: bool
    is_viability_assessment_due: bool
    rules: tuple[Rule, ...]


def grade_by_days(rule: Rule, days_past_due: int) -> Grade:
    """Return the strictest grade whose first day is reached."""
    reached = [grade for grade in GRADES[1:] if days_past_due >= rule.integer(grade)]
    return reached[-1] if reached else "normal"


def classify_five_grades(
    *, product: str, days_past_due: int, numbers: Numbers, on: date | None = None
) -> FiveGrades:
    """This function will grade an asset by its days past due under each Chinese rule that applies.

    1. Cards by their own table (CN-CLS-01), every asset by the general one (CN-CLS-02).
    2. Where both apply, both are kept and the stricter is reported (CN-CLS-03).

    :raises RuleNotInForce: if none applies on the day
    """
    ids = ["CN-CLS-01"] if product == "credit_card" else []
    ids += ["CN-CLS-02"] if numbers.has("CN-CLS-02", on) or not ids else []
    rules = [numbers.rule(rule_id, on) for rule_id in ids]
    by_rule = {rule.id: grade_by_days(rule, days_past_due) for rule in rules}
    reported = max(by_rule.values(), key=GRADES.index)
    if len(rules) > 1:
        rules.append(numbers.rule("CN-CLS-03", on))
    return FiveGrades(by_rule=by_rule, reported=reported, rules=tuple(rules))


def is_material(*, arrears_minor: int, exposure_minor: int, is_retail: bool, rule: Rule) -> bool:
    """Tell whether arrears exceed the absolute and the relative limit, both (EU-DOD-02)."""
    return arrears_minor > rule.minor("retail" if is_retail else "other") and (
        Fraction(arrears_minor) > exposure_minor * rule.ratio("relative")
    )


def default_by_arrears(
    arrears: Sequence[Arrears], *, exposure_minor: int, is_retail: bool, on: date, numbers: Numbers
) -> DefaultState:
    """This function will tell whether arrears put an exposure in default on a day.

    1. Counted are consecutive days on which both limits are exceeded, the first being day 1 (EU-DOD-02);
       when one no longer is, the count goes back to zero (EU-DOD-03).
    2. Default from more than 90 such days (EU-DOD-01), until three months have passed since the arrears
       were no longer material (EU-DOD-04).
    """
    limit, material, back = (numbers.rule(key, on) for key in ("EU-DOD-01", "EU-DOD-02", "EU-DOD-04"))
    rules = (limit, material, numbers.rule("EU-DOD-03", on))
    days = 0
    for first, last in _material_spans(arrears, exposure_minor, is_retail, on, material):
        is_over = (last - first).days + 1 > limit.integer("days_more_than")
        if last == on:
            days = (last - first).days + 1
            if is_over:
                return DefaultState(is_default=True, days_counted=days, rules=rules)
        elif is_over and on < add_months(date.fromordinal(last.toordinal() + 1), back.integer("months")):
            return DefaultState(is_default=True, days_counted=0, rules=(*rules, back))
    return DefaultState(is_default=False, days_counted=days, rules=rules)


def _material_spans(
    arrears: Sequence[Arrears], exposure_minor: int, is_retail: bool, on: date, rule: Rule
) -> list[tuple[date, date]]:
    """Return the spans of consecutive material days up to a day, latest first, both ends included."""
    spans: list[tuple[date, date]] = []
    ordered = sorted((item for item in arrears if item.from_date <= on), key=lambda item: item.from_date)
    for index, item in enumerate(ordered):
        ends = ordered[index + 1].from_date.toordinal() - 1 if index + 1 < len(ordered) else on.toordinal()
        last = date.fromordinal(ends)
        if last < item.from_date or not is_material(
            arrears_minor=item.amount_minor, exposure_minor=exposure_minor, is_retail=is_retail, rule=rule
        ):
            continue
        if spans and (item.from_date - spans[-1][1]).days == 1:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((item.from_date, last))
    return spans[::-1]


def default_by_restructuring(npv_loss: Fraction, *, numbers: Numbers, on: date | None = None) -> DefaultState:
    """This function will tell whether the loss of present value makes a restructuring a default (EU-DOD-05)."""
    rule = numbers.rule("EU-DOD-05", on)
    return DefaultState(is_default=npv_loss > rule.ratio("loss_more_than"), days_counted=0, rules=(rule,))


def classify_forborne(
    forbearance: Forbearance, *, days_past_due: int, on: date, numbers: Numbers
) -> ForborneState:
    """This function will return the class of a forborne exposure on a day.

    1. Non-performing at the grant and not cured yet: non-performing (EU-FORB-01).
    2. Cured and in probation: more than 30 days past due or a second measure makes it non-performing again
       and interrupts the probation (EU-FORB-03), which then does not end on the day on which it would have.
    3. Always performing: the same facts only call for an assessment of viability (EU-FORB-02, -03). A second
       measure is forbearance as well, so that its own two years run from its own grant.

    :raises NoLongerForborne: when the probation is over
    :raises DefaultPending: if a performing exposure is more than 90 days past due
    """
    rule = numbers.rule("EU-FORB-03", on)
    was_cured = forbearance.cured_date is not None and forbearance.cured_date <= on
    if forbearance.state_at_grant == "non_performing" and not was_cured:
        return _forborne("non_performing", numbers.rule("EU-FORB-01", on))
    end = probation_end(forbearance, on=on, numbers=numbers)
    limit = rule.integer("days_more_than")
    days_in_probation = days_past_due - max((on - end).days + 1, 0)
    is_disturbed = days_in_probation > limit or _has_second_measure(forbearance, on, numbers)
    is_over = on >= end and not (is_disturbed and forbearance.state_at_grant == "non_performing")
    if on < forbearance.granted_date or is_over:
        raise NoLongerForborne(f"the measure of {forbearance.granted_date} bears on days before {end}")
    if forbearance.state_at_grant == "non_performing":
        state: State = "non_performing" if is_disturbed else "performing"
        return _forborne(state, rule, numbers.rule("EU-FORB-01", on), is_interrupted=is_disturbed)
    if days_past_due > numbers.rule("EU-DOD-01", on).integer("days_more_than"):
        raise DefaultPending(f"{days_past_due} days past due")
    return _forborne("performing", rule, numbers.rule("EU-FORB-02", on), is_assessed=is_disturbed)


def _forborne(
    state: State, *rules: Rule, is_interrupted: bool = False, is_assessed: bool = False
) -> ForborneState:
    return ForborneState(
        state=state,
        is_probation_interrupted=is_interrupted,
        is_viability_assessment_due=is_assessed,
        rules=rules,
    )


def _has_second_measure(forbearance: Forbearance, on: date, numbers: Numbers) -> bool:
    """Tell whether a further measure was granted in the probation, by a day."""
    start = forbearance.cured_date or forbearance.granted_date
    second = forbearance.second_measure_date
    if second is None or not start <= second <= on:
        return False
    return second < probation_end(forbearance, on=second - timedelta(days=1), numbers=numbers)


def probation_end(forbearance: Forbearance, *, on: date, numbers: Numbers) -> date:
    """Return the first day after a probation that nothing interrupts, by what was granted up to a day."""
    if forbearance.state_at_grant == "performing":
        years = numbers.rule("EU-FORB-02", on).integer("years")
        return max(add_years(granted, years) for granted in forbearance.grants(on))
    rule = numbers.rule("EU-FORB-01", on)
    earliest = add_years(forbearance.granted_date, rule.integer("cure_years"))
    left = max(forbearance.cured_date or earliest, earliest)
    return add_years(left, rule.integer("probation_years"))


def ifrs_stage(
    *,
    days_past_due: int,
    is_increase_rebutted: bool = False,
    is_default_rebutted: bool = False,
    numbers: Numbers,
    on: date | None = None,
) -> tuple[int, Rule]:
    """This function will return the IFRS 9 stage that days past due presume (EU-IFRS-01).

    Stage 3 above 90 days, stage 2 above 30, each unless its presumption is rebutted.
    """
    rule = numbers.rule("EU-IFRS-01", on)
    if days_past_due > rule.integer("stage_3_more_than") and not is_default_rebutted:
        return 3, rule
    if days_past_due > rule.integer("stage_2_more_than") and not is_increase_rebutted:
        return 2, rule
    return 1, rule
