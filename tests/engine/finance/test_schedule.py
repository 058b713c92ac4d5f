"""Repayment schedules: dates that return after short months, and rows that add up."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.finance.schedule import NeverRepaid, Terms, schedule


def terms(**more) -> Terms:
    defaults = {
        "principal": Fraction(900),
        "rate": Fraction(12, 100),
        "interest": "declining",
        "disbursed_date": date(2024, 1, 15),
        "first_due_date": date(2024, 3, 1),
        "instalments": 3,
    }
    return Terms(**{**defaults, **more})


def test_the_first_period_counts_its_own_days_and_the_others_thirty():
    rows = schedule(terms(is_equal_principal=True))
    assert [(row.principal, row.interest) for row in rows] == [
        (300, Fraction("13.80")),
        (300, Fraction("6.00")),
        (300, Fraction("3.00")),
    ]


def test_the_thirty_first_returns_after_a_short_month():
    rows = schedule(terms(first_due_date=date(2024, 1, 31), disbursed_date=date(2023, 12, 31)))
    assert [row.due_date for row in rows] == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)]


def test_a_flat_loan_spreads_the_interest_on_what_was_lent():
    rows = schedule(terms(interest="flat", disbursed_date=date(2024, 1, 1), first_due_date=date(2024, 2, 1)))
    assert [(row.principal, row.interest) for row in rows] == [(300, 9), (300, 9), (300, 9)]


@pytest.mark.parametrize("interest", ["declining", "flat"])
def test_an_instalment_below_the_interest_is_refused(interest):
    with pytest.raises(NeverRepaid):
        schedule(terms(interest=interest, instalments=None, instalment_amount=Fraction(5)))


@given(
    st.integers(min_value=1_00, max_value=1_000_000_00),
    st.integers(min_value=0, max_value=4000),
    st.integers(min_value=1, max_value=60),
    st.sampled_from(["none", "flat", "declining"]),
    st.booleans(),
)
def test_the_principal_of_all_rows_is_what_was_lent(minor, rate, instalments, interest, is_equal_principal):
    rows = schedule(
        terms(
            principal=Fraction(minor, 100),
            rate=Fraction(rate, 10_000),
            instalments=instalments,
            interest=interest,
            is_equal_principal=is_equal_principal,
        )
    )
    assert sum(row.principal for row in rows) == Fraction(minor, 100)
    assert len(rows) <= instalments
    assert all((row.interest * 100).denominator == 1 for row in rows)
