"""Grades, default and stages at their edges."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.law.classification import (
    GRADES,
    Arrears,
    DefaultPending,
    Forbearance,
    NoLongerForborne,
    classify_five_grades,
    classify_forborne,
    default_by_arrears,
    default_by_restructuring,
    ifrs_stage,
)
from fairdue.engine.law.numbers import shipped_numbers

NUMBERS = shipped_numbers()


@pytest.mark.parametrize(
    ("days", "card", "general"),
    [
        (0, "normal", "normal"),
        (1, "special_mention", "special_mention"),
        (90, "special_mention", "special_mention"),
        (91, "substandard", "substandard"),
        (120, "substandard", "substandard"),
        (121, "doubtful", "substandard"),
        (180, "doubtful", "substandard"),
        (181, "loss", "substandard"),
        (270, "loss", "substandard"),
        (271, "loss", "doubtful"),
        (360, "loss", "doubtful"),
        (361, "loss", "loss"),
    ],
)
def test_a_card_has_both_grades_and_reports_the_stricter(days, card, general):
    found = classify_five_grades(product="credit_card", days_past_due=days, numbers=NUMBERS)
    assert found.by_rule == {"CN-CLS-01": card, "CN-CLS-02": general}
    assert found.reported == card


def test_a_loan_knows_only_the_general_table_and_a_card_of_2020_only_its_own():
    loan = classify_five_grades(product="consumer_loan", days_past_due=91, numbers=NUMBERS)
    assert loan.by_rule == {"CN-CLS-02": "substandard"}
    card = classify_five_grades(product="credit_card", days_past_due=91, numbers=NUMBERS, on=date(2020, 1, 1))
    assert card.by_rule == {"CN-CLS-01": "substandard"}


@given(st.integers(0, 1000), st.integers(0, 400))
def test_more_days_overdue_never_give_a_milder_grade(days, more):
    grades = [
        classify_five_grades(product="credit_card", days_past_due=count, numbers=NUMBERS).reported
        for count in (days, days + more)
    ]
    assert GRADES.index(grades[0]) <= GRADES.index(grades[1])


def state(arrears, on, *, exposure=1_000_000, is_retail=True):
    return default_by_arrears(
        [Arrears(from_date=day, amount_minor=amount) for day, amount in arrears],
        exposure_minor=exposure, is_retail=is_retail, on=on, numbers=NUMBERS,
    )  # fmt: skip


def test_default_begins_on_the_ninety_first_day_of_material_arrears():
    first = date(2026, 1, 1)
    assert not state([(first, 10_001)], first + timedelta(days=89)).is_default
    assert state([(first, 10_001)], first + timedelta(days=90)).is_default is True


@pytest.mark.parametrize(
    ("amount", "exposure", "is_retail"),
    [(10_000, 900_000, True), (10_001, 1_000_100, True), (50_000, 900_000, False)],
)
def test_arrears_at_either_limit_are_not_material(amount, exposure, is_retail):
    found = state([(date(2026, 1, 1), amount)], date(2026, 12, 31), exposure=exposure, is_retail=is_retail)
    assert (found.is_default, found.days_counted) == (False, 0)


def test_the_counter_goes_back_to_zero_and_starts_anew():
    arrears = [(date(2026, 1, 1), 15_000), (date(2026, 3, 1), 10_000), (date(2026, 3, 11), 16_000)]
    assert state(arrears, date(2026, 2, 28)).days_counted == 59
    assert state(arrears, date(2026, 3, 10)).days_counted == 0
    assert state(arrears, date(2026, 4, 10)).days_counted == 31


def test_default_lasts_until_three_months_after_the_arrears_were_no_longer_material():
    arrears = [(date(2026, 1, 1), 20_000), (date(2026, 6, 1), 0)]
    assert state(arrears, date(2026, 8, 31)).is_default
    assert not state(arrears, date(2026, 9, 1)).is_default


def test_a_loss_of_exactly_one_percent_is_no_default():
    assert not default_by_restructuring(Fraction("0.01"), numbers=NUMBERS).is_default
    assert default_by_restructuring(Fraction("0.0101"), numbers=NUMBERS).is_default


CURED = Forbearance(
    granted_date=date(2024, 1, 15), state_at_grant="non_performing", cured_date=date(2025, 2, 1)
)


@pytest.mark.parametrize(("days", "is_performing"), [(0, True), (30, True), (31, False)])
def test_over_thirty_days_in_probation_make_a_cured_exposure_non_performing_again(days, is_performing):
    found = classify_forborne(CURED, days_past_due=days, on=date(2026, 3, 10), numbers=NUMBERS)
    assert (found.state == "performing") is is_performing
    assert found.is_probation_interrupted is not is_performing


def test_a_forborne_exposure_leaves_its_class_after_probation():
    assert (
        classify_forborne(CURED, days_past_due=0, on=date(2027, 1, 31), numbers=NUMBERS).state == "performing"
    )
    with pytest.raises(NoLongerForborne):
        classify_forborne(CURED, days_past_due=0, on=date(2027, 2, 1), numbers=NUMBERS)


def test_an_always_performing_exposure_is_assessed_instead():
    measure = Forbearance(granted_date=date(2025, 1, 1), state_at_grant="performing")
    found = classify_forborne(measure, days_past_due=31, on=date(2026, 1, 1), numbers=NUMBERS)
    assert (found.state, found.is_viability_assessment_due) == ("performing", True)
    with pytest.raises(DefaultPending):
        classify_forborne(measure, days_past_due=91, on=date(2026, 1, 1), numbers=NUMBERS)


@pytest.mark.parametrize(("days", "stage"), [(0, 1), (30, 1), (31, 2), (90, 2), (91, 3)])
def test_the_stage_follows_the_days_unless_rebutted(days, stage):
    assert ifrs_stage(days_past_due=days, numbers=NUMBERS)[0] == stage


def test_each_presumption_is_rebutted_by_itself():
    assert ifrs_stage(days_past_due=31, is_increase_rebutted=True, numbers=NUMBERS)[0] == 1
    assert ifrs_stage(days_past_due=91, is_default_rebutted=True, numbers=NUMBERS)[0] == 2
