"""Limitation of claims: counting, interruption, evidence, suspension, expiry, revival."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.law.calendars import add_years, weekdays_without
from fairdue.engine.law.limitation import (
    Act,
    Claim,
    Receipt,
    Suspension,
    claim_status,
    limitation,
)
from fairdue.engine.law.numbers import rule_ids, shipped_numbers
from fairdue.kernel.working_days import is_working_day

NUMBERS = shipped_numbers()
CARD = Claim(
    kind="instalment_loan", start_date=date(2024, 12, 20), product="credit_card", amount_minor=900_000
)
LOAN = Claim(kind="instalment_loan", start_date=date(2024, 12, 20), product="consumer_loan")


def course(claim, *acts, holidays=(), **asked):
    found = limitation(claim, acts, is_working=weekdays_without(holidays), numbers=NUMBERS, **asked)
    assert found.is_certain
    return found.without_unproven


def act(kind, on, **facts):
    return Act(kind=kind, on_date=on, **facts)


def test_three_years_end_on_the_corresponding_day():
    found = course(CARD)
    assert found.last_date == date(2027, 12, 20)
    assert rule_ids(found.rules) == ["CN-LIM-01", "CN-LIM-02"]


def test_a_period_from_the_leap_day_ends_with_february():
    claim = Claim(kind="simple_money", start_date=date(2024, 2, 29))
    assert course(claim).last_date == date(2027, 3, 1)  # 28 February 2027 is a Sunday
    assert "CN-LIM-10" in rule_ids(course(claim).rules)


def test_the_end_moves_over_a_weekend_and_the_holiday_behind_it():
    claim = Claim(kind="simple_money", start_date=date(2026, 6, 10))
    assert course(claim).last_date == date(2029, 6, 11)
    assert course(claim, holidays=[date(2029, 6, 11)]).last_date == date(2029, 6, 12)


def test_the_chinese_calendar_with_its_swap_days_can_stand_in():
    claim = Claim(kind="simple_money", start_date=date(2023, 10, 1))
    found = limitation(claim, [], is_working=is_working_day, numbers=NUMBERS).without_unproven
    assert found.last_date == date(2026, 10, 8)


def test_a_contract_cannot_lengthen_the_period():
    found = course(Claim(kind="simple_money", start_date=date(2024, 12, 20), contract_period_years=5))
    assert found.last_date == date(2027, 12, 20)
    assert "CN-LIM-10" in rule_ids(found.rules)


def test_two_years_to_apply_for_execution():
    found = course(Claim(kind="judgment", start_date=date(2025, 6, 30)))
    assert found.last_date == date(2027, 6, 30)
    assert rule_ids(found.rules) == ["CN-LIM-11"]


def test_a_text_to_a_reserved_number_interrupts_a_card_debt_even_without_proof_of_receipt():
    sent = act("demand", date(2026, 3, 2), receipt=Receipt.UNPROVEN, is_to_reserved_data=True)
    assert course(CARD, sent).last_date == date(2029, 3, 2)
    assert rule_ids(course(CARD, sent).rules) == ["CN-LIM-01", "CN-LIM-02", "CN-LIM-05", "CN-LIM-03"]


def test_the_same_text_about_a_loan_is_a_matter_of_evidence():
    sent = act("demand", date(2026, 3, 2), receipt=Receipt.UNPROVEN, is_to_reserved_data=True)
    found = limitation(LOAN, [sent], is_working=weekdays_without([]), numbers=NUMBERS)
    assert not found.is_certain and not found.is_interruption_certain
    assert found.without_unproven.last_date == date(2027, 12, 20)
    assert found.with_unproven.last_date == date(2029, 3, 2)


def test_evidence_stops_mattering_once_a_later_payment_restarted_the_period_anyway():
    sent = act("demand", date(2026, 3, 2), receipt=Receipt.UNPROVEN)
    paid = act("payment", date(2027, 5, 10))
    assert course(LOAN, sent, paid).last_date == date(2030, 5, 10)


def test_a_demand_that_reached_nobody_does_not_interrupt():
    assert not course(LOAN, act("demand", date(2026, 3, 2), receipt=Receipt.NONE)).is_interrupted


def test_a_demand_for_part_interrupts_for_the_whole():
    found = course(CARD, act("demand", date(2026, 3, 2), amount_minor=100_000))
    assert found.is_interrupted and "CN-LIM-07" in rule_ids(found.rules)


def test_an_act_on_the_last_day_interrupts_and_one_a_day_later_does_not():
    last = date(2027, 12, 20)
    assert course(LOAN, act("demand", last)).last_date == date(2030, 12, 20)
    late = course(LOAN, act("demand", last + timedelta(days=1)))
    assert (late.last_date, late.is_interrupted, late.is_revived) == (last, False, False)
    assert "CN-LIM-09" in rule_ids(late.rules)


def test_a_payment_after_the_end_revives_and_an_assignment_notice_does_not():
    after = date(2028, 2, 1)
    paid = course(LOAN, act("payment", after))
    assert (paid.is_revived, paid.is_interrupted, paid.last_date) == (True, False, date(2031, 2, 3))
    assert not course(LOAN, act("assignment_notice", after)).is_revived


def test_expiry_gives_a_defence_that_the_court_may_not_raise():
    found = course(LOAN)
    before = claim_status(found, on=date(2027, 12, 20), numbers=NUMBERS)
    after = claim_status(found, on=date(2027, 12, 21), numbers=NUMBERS)
    assert (before.status, before.has_defence) == ("running", False)
    assert (after.status, after.has_defence, after.may_court_raise) == ("expired", True, False)


def test_acts_after_the_day_asked_about_are_not_known():
    assert course(LOAN, act("payment", date(2026, 5, 8)), on=date(2026, 5, 7)).last_date == date(2027, 12, 20)


def test_an_obstacle_in_the_last_six_months_moves_the_end_to_six_months_after_it():
    obstacle = Suspension(from_date=date(2027, 8, 1), to_date=date(2027, 11, 15))
    found = course(LOAN, suspensions=[obstacle])
    assert found.last_date == date(2028, 5, 15)
    assert "CN-LIM-04" in rule_ids(found.rules)
    early = Suspension(from_date=date(2025, 1, 1), to_date=date(2027, 6, 20))
    assert course(LOAN, suspensions=[early]).last_date == date(2027, 12, 20)


@given(st.lists(st.dates(date(2022, 1, 1), date(2034, 12, 31)), max_size=8))
def test_payments_never_shorten_a_period_and_it_ends_three_years_after_one_that_counts(days):
    acts = [act("payment", day) for day in days]
    found = course(LOAN, *acts)
    assert found.last_date >= course(LOAN).last_date
    counted = [day for day in days if day > LOAN.start_date]
    if counted:
        assert timedelta(0) <= found.last_date - add_years(max(counted), 3) <= timedelta(days=2)


@given(
    st.lists(st.dates(date(2025, 1, 1), date(2034, 12, 31)), max_size=6),
    st.dates(date(2025, 1, 1), date(2034, 12, 31)),
)
def test_one_more_demand_never_shortens_a_period(days, more):
    acts = [act("demand", day) for day in days]
    assert course(LOAN, *acts, act("demand", more)).last_date >= course(LOAN, *acts).last_date
