"""Counting days as laws count them: working days of a calendar, months and years, the day of a moment."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fairdue.kernel.day_counts import add_months

IsWorkingDay = Callable[[date], bool]
"""Whether people work on a day: the Chinese calendar of the kernel, or Monday to Friday without holidays."""

CHINA = ZoneInfo("Asia/Shanghai")


def weekdays_without(holidays: Collection[date]) -> IsWorkingDay:
    """Return the calendar that works Monday to Friday except on the holidays given."""
    closed = frozenset(holidays)
    return lambda day: day.weekday() < 5 and day not in closed


def next_working(day: date, is_working: IsWorkingDay) -> date:
    """Return the day itself if it is worked, else the next that is."""
    while not is_working(day):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int, is_working: IsWorkingDay) -> date:
    """Return the working day so many working days after a day, or before it if `count` is negative.

    The day itself is not counted, whether it is worked or not.
    """
    step = timedelta(days=1 if count >= 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_working(day):
            day += step
    return day


def add_years(day: date, years: int) -> date:
    """Return the corresponding day so many years later; 29 February becomes 28 where there is none."""
    return add_months(day, 12 * years)


def day_in(moment: datetime, zone: ZoneInfo = CHINA) -> date:
    """Return the calendar day of a moment in a zone."""
    return moment.astimezone(zone).date()
