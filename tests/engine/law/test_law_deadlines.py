"""Clocks of the law on ordinary days and at the edges of months, years and holidays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.law.bureau import Entry, display_faults, repair_hidden_by
from fairdue.engine.law.calendars import add_working_days, add_years, weekdays_without
from fairdue.engine.law.classification import Forbearance
from fairdue.engine.law.deadlines import china, europe, united_kingdom, united_states
from fairdue.engine.law.numbers import RuleNotInForce, rule_ids, shipped_numbers

NUMBERS = shipped_numbers()
DAYS = st.dates(min_value=date(2022, 1, 1), max_value=date(2090, 12, 31))


@pytest.mark.parametrize(
    ("complexity", "is_approved", "last"),
    [
        ("simple", False, date(2026, 3, 17)),
        ("complex", False, date(2026, 4, 1)),
        ("special", True, date(2026, 5, 1)),
        ("special", False, date(2026, 4, 1)),
    ],
)
def test_a_complaint_is_decided_in_15_30_or_60_days_and_60_only_with_approval(complexity, is_approved, last):
    found = china.complaint_deadline(
        date(2026, 3, 2), complexity=complexity, is_extension_approved=is_approved, numbers=NUMBERS
    )
    assert found.last_date == last
    assert found.is_met(last) and not found.is_met(last + timedelta(days=1))


def test_a_complaint_before_the_measures_came_into_force_has_no_clock_here():
    with pytest.raises(RuleNotInForce, match="CN-CMP-01 is not in force on 2020-02-29"):
        china.complaint_deadline(
            date(2020, 2, 29), complexity="simple", is_extension_approved=False, numbers=NUMBERS
        )


def test_an_objection_is_annotated_the_same_day_and_answered_in_twenty():
    assert china.objection_annotation_deadline(date(2028, 2, 29), numbers=NUMBERS).last_date == date(
        2028, 2, 29
    )
    assert china.objection_answer_deadline(date(2028, 2, 10), numbers=NUMBERS).last_date == date(2028, 3, 1)


def test_three_months_after_the_last_of_november_end_with_february():
    assert china.unpaid_beyond_three_months(date(2025, 11, 30), numbers=NUMBERS).first_date == date(
        2026, 3, 1
    )
    assert china.unpaid_beyond_three_months(date(2027, 11, 30), numbers=NUMBERS).first_date == date(
        2028, 3, 1
    )


def test_a_second_demand_counts_from_the_thirtieth_day():
    found = china.second_effective_demand(date(2026, 1, 10), numbers=NUMBERS)
    assert not found.is_met(date(2026, 2, 8))
    assert found.is_met(date(2026, 2, 9))


def entry(**changes):
    facts = {"overdue_from": date(2024, 5, 15), "amount_minor": 1_000_000, "repaid_date": date(2026, 1, 20)}
    return Entry(**(facts | changes))


@pytest.mark.parametrize(
    ("repaid", "hidden_by"),
    [
        (date(2025, 11, 30), date(2026, 1, 1)),
        (date(2025, 12, 1), date(2026, 1, 31)),
        (date(2025, 12, 31), date(2026, 1, 31)),
        (date(2026, 1, 20), date(2026, 2, 28)),
        (date(2026, 3, 31), date(2026, 4, 30)),
    ],
)
def test_a_repaired_entry_is_hidden_by_the_end_of_the_month_after(repaid, hidden_by):
    assert repair_hidden_by(entry(repaid_date=repaid), numbers=NUMBERS).last_date == hidden_by


@pytest.mark.parametrize(
    "changes",
    [
        {"repaid_date": date(2026, 4, 1)},
        {"repaid_date": None},
        {"amount_minor": 1_000_001},
        {"overdue_from": date(2019, 12, 31)},
        {"overdue_from": date(2026, 1, 1)},
    ],
)
def test_an_entry_outside_the_repair_is_not_hidden(changes):
    assert repair_hidden_by(entry(**changes), numbers=NUMBERS) is None


def test_an_entry_is_shown_through_the_last_day_of_five_years_and_while_the_event_lasts():
    ended = Entry(overdue_from=date(2018, 1, 1), ended_date=date(2020, 2, 29))
    assert display_faults(ended, on=date(2025, 2, 28), numbers=NUMBERS) == ()
    assert rule_ids(display_faults(ended, on=date(2025, 3, 1), numbers=NUMBERS)) == ["CN-CR-02"]
    assert display_faults(Entry(overdue_from=date(2000, 1, 1)), on=date(2026, 1, 1), numbers=NUMBERS) == ()


def test_a_business_day_is_no_saturday_sunday_or_holiday():
    calendar = weekdays_without([date(2026, 5, 25)])
    assert add_working_days(date(2026, 5, 22), 1, calendar) == date(2026, 5, 26)
    assert add_working_days(date(2026, 5, 26), -1, calendar) == date(2026, 5, 22)
    assert add_working_days(date(2026, 5, 23), 1, calendar) == date(2026, 5, 26)


@given(DAYS, st.integers(1, 30))
def test_working_days_forth_and_back_return_to_the_same_working_day(start, count):
    calendar = weekdays_without([])
    landed = add_working_days(start, count, calendar)
    assert calendar(landed) and landed >= start + timedelta(days=count)
    if calendar(start):
        assert add_working_days(landed, -count, calendar) == start


def test_a_year_after_the_leap_day_is_the_last_of_february():
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)


def notices(*days, returned=()):
    return [united_states.ValidationNotice(sent_date=day, is_undeliverable=day in returned) for day in days]


def test_the_validation_period_runs_from_the_notice_that_did_not_come_back():
    first, second = date(2026, 1, 1), date(2026, 1, 15)
    calendar = weekdays_without([date(2026, 1, 19), date(2026, 2, 16)])
    found = united_states.validation_period(
        notices(first, second, returned=[first]), is_working=calendar, numbers=NUMBERS
    )
    assert found.last_date == date(2026, 2, 22)
    assert rule_ids(found.rules) == ["US-VAL-02", "US-VAL-04"]
    kept = united_states.validation_period(notices(first, second), is_working=calendar, numbers=NUMBERS)
    assert kept.last_date == date(2026, 2, 7)
    with pytest.raises(united_states.NoNoticeArrived):
        united_states.validation_period(
            notices(first, returned=[first]), is_working=calendar, numbers=NUMBERS
        )


def test_no_validation_notice_is_due_after_the_information_was_given_at_once():
    found = united_states.validation_notice_deadline(
        date(2026, 6, 1), is_given_in_communication=True, numbers=NUMBERS
    )
    assert found.last_date is None and found.is_met(date(2027, 1, 1))


def test_the_deposit_window_starts_no_earlier_than_the_acceptance():
    calendar = weekdays_without([date(2026, 7, 3)])
    asked = {"is_working": calendar, "numbers": NUMBERS}
    found = united_states.deposit_notice_window(date(2026, 7, 20), accepted_date=date(2026, 7, 10), **asked)
    assert (found.first_date, found.last_date) == (date(2026, 7, 10), date(2026, 7, 15))
    with pytest.raises(united_states.WindowImpossible):
        united_states.deposit_notice_window(date(2026, 7, 20), accepted_date=date(2026, 7, 16), **asked)


def test_a_breathing_space_of_sixty_days_counts_its_start():
    space = united_kingdom.BreathingSpace(variant="standard", started_date=date(2026, 6, 2))
    assert united_kingdom.breathing_space_end(space, numbers=NUMBERS).last_date == date(2026, 7, 31)
    crisis = united_kingdom.BreathingSpace(variant="crisis", started_date=date(2026, 4, 13))
    with pytest.raises(united_kingdom.TreatmentNotEnded):
        united_kingdom.breathing_space_end(crisis, numbers=NUMBERS)


@pytest.mark.parametrize(
    ("months", "balance", "step"),
    [
        (17, 20_000, "none"),
        (18, 20_000, "first_letter"),
        (18, 19_999, "none"),
        (27, 20_000, "second_letter"),
        (36, 20_000, "repayment_plan"),
    ],
)
def test_persistent_debt_goes_up_its_steps(months, balance, step):
    card = united_kingdom.CardRepayment(
        months=months, interest_and_fees_minor=40_001, principal_paid_minor=40_000, balance_minor=balance
    )
    assert united_kingdom.persistent_debt_step(card, numbers=NUMBERS).step == step


def test_equal_interest_and_principal_are_no_persistent_debt():
    card = united_kingdom.CardRepayment(
        months=36, interest_and_fees_minor=40_000, principal_paid_minor=40_000, balance_minor=90_000
    )
    assert united_kingdom.persistent_debt_step(card, numbers=NUMBERS).step == "none"


def test_forbearance_ends_two_years_after_the_exit_at_the_earliest():
    measure = {"granted_date": date(2024, 2, 29), "state_at_grant": "non_performing"}
    assert europe.forbearance_end(Forbearance(**measure), numbers=NUMBERS).first_date == date(2027, 2, 28)
    late = Forbearance(**measure, signs_ended_date=date(2025, 8, 31))
    assert europe.exit_from_non_performing(late, numbers=NUMBERS).first_date == date(2025, 9, 1)
    assert europe.forbearance_end(late, numbers=NUMBERS).first_date == date(2027, 9, 1)
    with pytest.raises(europe.StateUnfit):
        europe.exit_from_non_performing(
            Forbearance(granted_date=date(2024, 1, 1), state_at_grant="performing"), numbers=NUMBERS
        )


def test_default_by_days_comes_on_day_ninety_one_after_the_due_date():
    found = europe.default_by_days(date(2026, 3, 1), numbers=NUMBERS)
    assert found.first_date == date(2026, 3, 1) + timedelta(days=91)
