"""Due dates that are no working days: whether and where they move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from fairdue.engine.ledger.products.terms import HolidayTerms
from fairdue.kernel.working_days import is_working_day

ONE_DAY = timedelta(days=1)


def moved(day: date, rule: HolidayTerms) -> date:
    """Return the day on which an instalment falls due that is agreed for a day.

    1. `none`: the day itself.
    2. `following`, `preceding`: the next or the previous working day.
    3. `modified_following`: the next working day, but the previous one if that lies in the next month.
    """
    if rule.convention == "none":
        return day
    is_working = is_working_day if rule.calendar == "cn" else _is_weekday
    if rule.convention == "preceding":
        return _search(day, -ONE_DAY, is_working)
    found = _search(day, ONE_DAY, is_working)
    if rule.convention == "modified_following" and found.month != day.month:
        return _search(day, -ONE_DAY, is_working)
    return found


def _is_weekday(day: date) -> bool:
    return day.weekday() < 5


def _search(day: date, step: timedelta, is_working: Callable[[date], bool]) -> date:
    while not is_working(day):
        day += step
    return day
