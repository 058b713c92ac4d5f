"""Months, year fractions and rounding."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.kernel.day_counts import add_months, round_half_up, round_to, year_fraction


@pytest.mark.parametrize(
    ("start", "months", "day", "expected"),
    [
        (date(2024, 1, 31), 1, None, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, None, date(2025, 2, 28)),
        (date(2024, 2, 29), 1, 31, date(2024, 3, 31)),
        (date(2024, 1, 15), -13, None, date(2022, 12, 15)),
    ],
)
def test_months_are_clipped_to_the_end_of_a_short_month(start, months, day, expected):
    assert add_months(start, months, day=day) == expected


@pytest.mark.parametrize(
    ("day_count", "start", "end", "expected"),
    [
        ("act/365", date(2024, 1, 1), date(2024, 2, 1), Fraction(31, 365)),
        ("act/360", date(2024, 1, 1), date(2024, 2, 1), Fraction(31, 360)),
        ("act/364", date(2024, 1, 1), date(2024, 2, 1), Fraction(31, 364)),
        ("act/act", date(2023, 12, 1), date(2024, 1, 31), Fraction(31, 365) + Fraction(30, 366)),
        ("30/360", date(2024, 1, 15), date(2024, 3, 1), Fraction(46, 360)),
        ("30/360", date(2024, 1, 31), date(2024, 3, 31), Fraction(60, 360)),
    ],
)
def test_year_fractions_follow_the_day_count(day_count, start, end, expected):
    assert year_fraction(start, end, day_count) == expected


def test_an_unknown_day_count_is_refused():
    with pytest.raises(ValueError, match="act/366"):
        year_fraction(date(2024, 1, 1), date(2024, 2, 1), "act/366")


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("half_even", ["0.02", "0.04", "-0.02"]), ("half_up", ["0.03", "0.04", "-0.03"]),
     ("up", ["0.03", "0.04", "-0.03"]), ("down", ["0.02", "0.03", "-0.02"])],
)  # fmt: skip
def test_rounding_modes_differ_on_ties(mode, expected):
    values = [Fraction("0.025"), Fraction("0.035"), Fraction("-0.025")]
    assert [round_to(value, Fraction("0.01"), mode) for value in values] == [
        Fraction(text) for text in expected
    ]


@given(st.fractions(), st.integers(min_value=0, max_value=6))
def test_rounding_half_up_moves_by_at_most_half_a_unit_and_mirrors(value, decimals):
    rounded = round_half_up(value, decimals)
    assert abs(rounded - value) * 2 <= Fraction(1, 10**decimals)
    assert round_half_up(-value, decimals) == -rounded
    assert (rounded * 10**decimals).denominator == 1
