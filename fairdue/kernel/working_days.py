"""The Chinese working calendar with its swap days: which days people work, and which day comes next.

The State Council announces each year's holidays and swap days in the preceding autumn; the package
`chinesecalendar` carries them. Outside the announced years Monday to Friday stands in, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

FIRST_CERTAIN_YEAR = min(chinese_calendar.holidays).year
LAST_CERTAIN_YEAR = max(chinese_calendar.holidays).year


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """Whether people work on a day, and whether the official calendar says so or merely the weekday."""

    is_working: bool
    is_certain: bool


@lru_cache(maxsize=4096)
def look_up(day: date) -> WorkingDay:
    """Return what the calendar knows about a day.

    1. In announced years: swap days are worked, holidays and weekends are not.
    2. In other years: Monday to Friday are worked, and `is_certain` is False.
    """
    is_certain = FIRST_CERTAIN_YEAR <= day.year <= LAST_CERTAIN_YEAR
    is_working = chinese_calendar.is_workday(day) if is_certain else day.weekday() < 5
    return WorkingDay(is_working=is_working, is_certain=is_certain)


def holiday_names(day: date) -> tuple[str, str] | None:
    """This function will return the public holiday of China on a day, in zh and en; None if there is none or it is unknown."""
    if not is_certain(day):
        return None
    found = chinese_calendar.get_holiday_detail(day)[1]
    named = next((item for item in chinese_calendar.Holiday if item.value == found), None)
    return (named.chinese, named.value) if named else None


def is_working_day(day: date) -> bool:
    """Tell whether people work on a day."""
    return look_up(day).is_working


def is_certain(day: date) -> bool:
    """Tell whether the official calendar of the day's year is known."""
    return look_up(day).is_certain


def next_working_day(day: date) -> date:
    """Return the day itself if people work on it, else the next day on which they do."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def first_working_day_after(due_date: date) -> date:
    """Return the first working day that is later than a due date."""
    return next_working_day(due_date + timedelta(days=1))


def working_days_between(start: date, end: date) -> int:
    """Count the working days after `start` up to and including `end`; zero if `end` is not later."""
    return sum(is_working_day(start + timedelta(days=offset)) for offset in range(1, (end - start).days + 1))
