"""Annuities, annual rates, minimum payments, ratios and budgets: exact values and their limits."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.finance import annuity, apr, budget, interest, minimum_payment, ratios
from fairdue.kernel.day_counts import round_half_up

LOAN = annuity.Annuity(principal=Fraction(2000), rate=Fraction(10, 1200), periods=24)


def test_the_parts_of_all_payments_add_up_to_the_principal_and_each_payment_to_the_instalment():
    assert LOAN.principal_between(1, 24) == 2000
    assert LOAN.remaining(24) == 0
    assert LOAN.interest_between(5, 5) + LOAN.principal_between(5, 5) == LOAN.exact_payment


def test_without_interest_every_payment_is_an_equal_part():
    loan = annuity.Annuity(principal=Fraction(100), rate=Fraction(0), periods=8)
    assert (loan.exact_payment, loan.interest_between(1, 8)) == (Fraction("12.5"), 0)


def test_a_payment_below_the_interest_never_repays():
    with pytest.raises(ValueError, match="never repaid"):
        annuity.periods_needed(Fraction(1000), Fraction(1, 10), Fraction(100))


@given(
    st.integers(min_value=1, max_value=60),
    st.fractions(min_value=Fraction(1, 1000), max_value=Fraction(1, 5)),
)
def test_the_effective_rate_of_an_annuity_is_the_rate_it_was_made_with(periods, rate):
    loan = annuity.Annuity(principal=Fraction(1000), rate=rate, periods=periods)
    payments = [(Fraction(number), loan.exact_payment) for number in range(1, periods + 1)]
    found = apr.effective_rate([(Fraction(0), Fraction(1000))], payments)
    assert abs(found - rate) < Fraction(1, 10**20)


def test_payments_below_the_advance_have_a_rate_below_zero():
    found = apr.effective_rate([(Fraction(0), Fraction(100))], [(Fraction(1), Fraction(99))])
    assert abs(found + Fraction(1, 100)) < Fraction(1, 10**20)


def test_an_advance_of_which_nothing_is_repaid_has_no_rate():
    with pytest.raises(apr.NoRate):
        apr.effective_rate([(Fraction(0), Fraction(100))], [])


@pytest.mark.parametrize(
    ("start", "end", "unit", "every", "expected"),
    [
        (date(1978, 2, 10), date(1978, 4, 1), "months", 1, (1, Fraction(19, 30))),
        (date(1978, 5, 23), date(1978, 10, 1), "months", 3, (1, Fraction(39, 90))),
        (date(1978, 3, 20), date(1978, 4, 21), "weeks", 1, (4, Fraction(4, 7))),
        (date(2023, 10, 26), date(2023, 11, 30), "days", 1, (35, Fraction(0))),
        (date(2023, 10, 26), date(2023, 11, 30), "months", 12, (0, Fraction(35, 365))),
        (date(2023, 1, 31), date(2023, 7, 31), "months", 12, (0, Fraction(6, 12))),
        (date(1978, 2, 23), date(1978, 3, 1), "semimonth", 1, (0, Fraction(6, 15))),
    ],
)
def test_unit_periods_are_counted_back_from_the_payment(start, end, unit, every, expected):
    assert apr.unit_periods_between(start, end, unit, every) == expected


def test_late_interest_counts_the_due_date_only_if_the_origin_says_so():
    items = [(date(2024, 3, 1), Fraction(200)), (date(2024, 3, 31), Fraction(200))]
    arguments = {"rate": Fraction(9, 100), "days_in_year": 360, "as_of": date(2024, 3, 31)}
    assert interest.late_interest(items, origin="due_plus_1", **arguments) == [Fraction("1.50"), 0]
    assert interest.late_interest(items, origin="due_date", **arguments) == [
        Fraction("1.55"),
        Fraction("0.05"),
    ]


def test_the_minimum_is_never_more_than_the_balance():
    statement = minimum_payment.Statement(balance=Fraction(260), past_due=Fraction(500))
    entries = [minimum_payment.Entry(amount=Fraction(300))]
    assert minimum_payment.minimum_payment(statement, entries, ["past_due"]) == 260


def test_minimum_payments_below_the_interest_are_reported_not_looped():
    card = minimum_payment.RevolvingBalance(amount=Fraction(1000), rate=Fraction(60))
    with pytest.raises(minimum_payment.NeverRepaid):
        minimum_payment.minimum_payment_plan([card], percent=Fraction(2), floor=Fraction(1))


def test_a_roll_rate_needs_both_neighbours_and_a_base():
    previous = {"M0": Fraction(0), "M1": Fraction(4)}
    rates = ratios.roll_rates(["M0", "M1", "M2"], previous, {"M2": Fraction(1)})
    assert rates == {("M1", "M2"): 25}


def test_offers_are_proportional_to_the_debts():
    offers = budget.pro_rata_offers(Fraction(100), {"a": Fraction(1), "b": Fraction(2)})
    assert offers == {"a": Fraction("33.33"), "b": Fraction("66.67")}
    assert (
        budget.monthly([(Fraction(55), "week")]) == round_half_up(Fraction(55 * 52, 12)) == Fraction("238.33")
    )
