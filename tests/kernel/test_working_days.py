"""The Chinese working calendar: swap days, long holidays, and years nobody has announced yet."""

from __future__ import annotations

from datetime import date

import pytest

from fairdue.kernel.working_days import (
    LAST_CERTAIN_YEAR,
    first_working_day_after,
    is_certain,
    is_working_day,
    next_working_day,
    working_days_between,
)


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        (date(2025, 10, 1), False),  # National Day, a Wednesday
        (date(2025, 9, 28), True),  # a Sunday that was swapped for the long holiday
        (date(2025, 10, 11), True),  # a Saturday that was swapped
        (date(2025, 10, 9), True),
        (date(2025, 6, 7), False),  # an ordinary Saturday
    ],
)
def test_a_day_is_worked_as_the_state_council_announced(day: date, is_worked: bool) -> None:
    assert is_working_day(day) is is_worked
    assert is_certain(day)


def test_the_first_working_day_after_a_due_date_skips_the_long_holiday() -> None:
    assert first_working_day_after(date(2025, 9, 30)) == date(2025, 10, 9)


def test_the_first_working_day_after_a_friday_may_be_a_swapped_sunday() -> None:
    assert first_working_day_after(date(2025, 9, 27)) == date(2025, 9, 28)


def test_a_working_day_is_its_own_next_working_day() -> None:
    assert next_working_day(date(2025, 10, 9)) == date(2025, 10, 9)


def test_working_days_are_counted_after_the_start_and_up_to_the_end() -> None:
    assert working_days_between(date(2025, 9, 30), date(2025, 10, 8)) == 0
    assert working_days_between(date(2025, 9, 30), date(2025, 10, 11)) == 3
    assert working_days_between(date(2025, 10, 11), date(2025, 9, 30)) == 0


def test_a_year_that_is_not_announced_counts_monday_to_friday_and_says_so() -> None:
    monday = date(LAST_CERTAIN_YEAR + 2, 1, 1)
    while monday.weekday():
        monday = monday.replace(day=monday.day + 1)
    assert is_working_day(monday)
    assert not is_certain(monday)
    assert not is_working_day(monday.replace(day=monday.day + 5))
