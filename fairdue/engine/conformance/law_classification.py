"""Answers to classification cases, by `engine.law.classification`."""

from __future__ import annotations

from fractions import Fraction

from fairdue.engine.conformance.law_deadline import forbearance_of
from fairdue.engine.conformance.law_values import (
    Fields,
    day,
    minor,
    needed,
    numbers_of,
    optional_day,
    require_currency,
)
from fairdue.engine.conformance.running import Answer, Unsupported
from fairdue.engine.law.classification import (
    Arrears,
    DefaultPending,
    NoLongerForborne,
    classify_five_grades,
    classify_forborne,
    default_by_arrears,
    default_by_restructuring,
    ifrs_stage,
)
from fairdue.engine.law.numbers import Numbers, RuleNotInForce, rule_ids

_RETAIL_PRODUCTS = ("credit_card", "charge_card")


def answer_classification(question: Fields) -> Answer:
    """Return the grade, the state of default, the forborne class or the stage."""
    schemes = {
        "cn_five_class": _five_grades,
        "crr_default": _default,
        "finrep_forbearance": _forborne,
        "ifrs9_stage": _stage,
    }
    when = question["when"]
    try:
        return schemes[when["scheme"]](question["given"], when, numbers_of(question))
    except (RuleNotInForce, NoLongerForborne, DefaultPending) as error:
        raise Unsupported(str(error)) from error


def _five_grades(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    found = classify_five_grades(
        product=given.get("product", ""),
        days_past_due=needed(given, "days_past_due"),
        numbers=numbers,
        on=optional_day(when, "at"),
    )
    return {"by_rule": dict(found.by_rule), "reported": found.reported, "rules": rule_ids(found.rules)}


def _default(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    """Both triggers add up: arrears and a restructuring."""
    found = []
    if "restructuring_npv_loss" in given:
        found.append(default_by_restructuring(Fraction(given["restructuring_npv_loss"]), numbers=numbers))
    if "arrears" in given:
        require_currency(given, "EUR")
        found.append(
            default_by_arrears(
                [
                    Arrears(from_date=day(item["from"]), amount_minor=minor(item["amount"]))
                    for item in given["arrears"]
                ],
                exposure_minor=minor(needed(given, "exposure")),
                is_retail=_is_retail(given),
                on=day(needed(when, "at")),
                numbers=numbers,
            )
        )
    if not found:
        raise Unsupported("neither arrears nor a restructuring")
    answer: Answer = {
        "default": any(state.is_default for state in found),
        "rules": rule_ids(rule for state in found for rule in state.rules),
    }
    return answer | ({"days_counted": found[-1].days_counted} if "arrears" in given else {})


def _is_retail(given: Fields) -> bool:
    """A card is retail; of anything else nothing but `retail` can be said, so that its absence says otherwise."""
    return given.get("exposure_class") == "retail" or given.get("product") in _RETAIL_PRODUCTS


def _forborne(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    found = classify_forborne(
        forbearance_of(given),
        days_past_due=given.get("days_past_due", 0),
        on=day(needed(when, "at")),
        numbers=numbers,
    )
    answer: Answer = {
        "class": f"{found.state}_forborne",
        "requires": ["viability_assessment"] if found.is_viability_assessment_due else [],
        "rules": rule_ids(found.rules),
    }
    return answer | ({"probation": "interrupted"} if found.is_probation_interrupted else {})


def _stage(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    """What is rebutted is the presumption that the days raise: above 90 that of default, below it the other."""
    days, is_rebutted = needed(given, "days_past_due"), given.get("rebutted", False)
    is_default = days > numbers.rule("EU-IFRS-01").integer("stage_3_more_than")
    stage, rule = ifrs_stage(
        days_past_due=days,
        is_increase_rebutted=is_rebutted and not is_default,
        is_default_rebutted=is_rebutted and is_default,
        numbers=numbers,
    )
    return {"ifrs_stage": stage, "rules": [rule.id]}
